"""A receiver of webhooks on loopback, which answers as it is told, or does not."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook

from outbox.webhooks.sending import Sender

HANGS = 0
"""Instead of a status: the receiver takes the request and says nothing."""
RESETS = -1
"""It closes the connection without an answer."""
DIES = -2
"""It is gone, with all of its connections, until it `lives` again."""
HOLDS = -3
"""It takes the request, and answers 204 once it is told to go on: see `held`."""


@dataclass(frozen=True)
class Received:
    """One request."""

    headers: dict[str, str]
    body: bytes
    status: int
    """With which it was answered."""
    path: str = "/"

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def content(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    def verified(self, secret: str) -> dict[str, Any]:
        """The content, which the package of Standard Webhooks verifies."""
        return dict(Webhook(secret).verify(self.body, self.headers))


@dataclass
class Receiver:
    """What came in, and how it is answered."""

    answers: Callable[[int], int] = lambda number: 204
    """The status of the request with this number, counted from 0."""
    text: str = ""
    requests: list[Received] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    held: asyncio.Queue[tuple[str, asyncio.Event]] = field(default_factory=asyncio.Queue)
    """The ids of requests that it holds, each with what has it go on."""
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    @property
    def is_alive(self) -> bool:
        return self._server.is_serving()

    @property
    def taken(self) -> list[Received]:
        """The requests that were answered with 2xx."""
        return [one for one in self.requests if 200 <= one.status < 300]

    async def lives(self) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self.serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def dies(self) -> None:
        """Close everything, also connections in use."""
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    def always(self, status: int) -> None:
        self.answers = lambda _: status

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
        }
        body = await reader.readexactly(int(headers["content-length"]))
        status = self.answers(len(self.requests))
        if status == HOLDS:
            goes_on = asyncio.Event()
            self.held.put_nowait((headers["webhook-id"], goes_on))
            await goes_on.wait()
            status = 204
        self.requests.append(Received(headers, body, status, head[0].split()[1]))
        if status == DIES:
            self.dies()
            return False
        if status == RESETS:
            writer.transport.abort()
            return False
        if status == HANGS:
            await reader.read()  # until the sender gives up
            return False
        text = self.text.encode()
        writer.write(f"HTTP/1.1 {status} Said\r\nContent-Length: {len(text)}\r\n\r\n".encode() + text)
        await writer.drain()
        return True


@asynccontextmanager
async def a_receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    await receiver.lives()
    try:
        yield receiver
    finally:
        receiver.dies()


async def no_names(host: str, port: int) -> list[str]:
    """The resolver of senders that need none."""
    raise AssertionError(f"{host}:{port} is looked up.")


def a_sender(url: str) -> AbstractAsyncContextManager[Sender]:
    """A sender to an address on loopback."""
    return Sender.to(url, loopback=True, resolver=no_names)
