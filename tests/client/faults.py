"""A network that loses calls: it lies between the client and the portal, and is told what to lose."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

RESET = "the connection is lost before the call arrives"
LOST = "the call arrives, its answer is lost"


def refused(status: int, *headers: str, body: str = "") -> bytes:
    """An answer of a proxy."""
    lines = [f"HTTP/1.1 {status} -", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return ("\r\n".join(lines) + f"\r\n\r\n{body}").encode()


class Faulty:
    """Passes calls on; each of `faults` happens to one connection, in their sequence."""

    def __init__(self, portal: str) -> None:
        self._portal = urlsplit(portal)
        self._open: set[asyncio.StreamWriter] = set()
        self.address = ""
        self.faults: list[str | bytes] = []
        self.heads: list[str] = []
        """The first lines and headers of the calls that arrived."""

    @classmethod
    @asynccontextmanager
    async def before(cls, portal: str) -> AsyncIterator["Faulty"]:
        """Before a portal that runs."""
        here = cls(portal)
        server = await asyncio.start_server(here._serve, "127.0.0.1", 0)
        here.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield here
        finally:
            server.close()
            here.cut()
            await server.wait_closed()

    def sent(self, header: str) -> list[str]:
        """The values of a header, in the sequence of the calls."""
        return [found[1] for head in self.heads if (found := re.search(rf"(?mi)^{header}: (.*?)\r$", head))]

    def cut(self) -> None:
        """Lose every open connection."""
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        self._open.add(answers)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._pass_on(client, answers)
        finally:
            self._open.discard(answers)
            answers.transport.abort()

    async def _pass_on(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        """One call a connection."""
        head = (await client.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        fault = self.faults.pop(0) if self.faults else None
        if fault == RESET:
            return
        length = re.search(r"(?mi)^content-length: (\d+)", head)
        body = await client.readexactly(int(length[1]) if length else 0)
        if isinstance(fault, bytes):
            answers.write(fault)
            await answers.drain()
            answers.close()
            await answers.wait_closed()
            return
        reader, writer = await asyncio.open_connection(self._portal.hostname, self._portal.port)
        try:
            writer.write(head.replace("\r\n", "\r\nConnection: close\r\n", 1).encode() + body)
            while some := await reader.read(65536):
                if fault == LOST:
                    return
                answers.write(some)
                await answers.drain()
            answers.close()
            await answers.wait_closed()
        finally:
            writer.transport.abort()
