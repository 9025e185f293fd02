"""A receiver of webhooks for the demonstration: it takes what is signed with its secret, and nothing else."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from esim_orders_client import WebhookVerificationError, webhooks


@dataclass
class Receiver:
    """What came in, by type of event."""

    url: str = ""
    secret: str = field(default="", repr=False)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    wrong: int = 0
    """Requests with a wrong signature."""
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def got(self, event_type: str, seconds: float = 20) -> dict[str, Any]:
        """Wait until an event of this type was taken; empty if none comes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._came:
                await self._came.wait_for(lambda: event_type in self.taken)
        return self.taken.get(event_type, {})

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:]
                pairs = (line.partition(":") for line in head)
                headers = {name.lower(): value.strip() for name, _, value in pairs}
                body = await reader.readexactly(int(headers["content-length"]))
                status = "204 No Content" if self._take(headers, body) else "400 Bad Request"
                async with self._came:
                    self._came.notify_all()
                writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _take(self, headers: Mapping[str, str], body: bytes) -> bool:
        try:
            webhooks.verify(body, headers, self.secret)
        except WebhookVerificationError:
            self.wrong += 1
            return False
        event = json.loads(body)
        self.taken[event["type"]] = event
        return True


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on this machine, while the block runs."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hooks"
    try:
        yield receiver
    finally:
        server.close()
