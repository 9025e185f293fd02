"""Readers of event streams, of a portal that is served as its process serves it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI

from models.errors import Refused
from portal.api.app import PREFIX
from telemetry.server import Server, configured, listen

PATIENCE = 30.0


@dataclass
class Reader:
    """What came in a stream, as a browser understands it."""

    response: httpx.Response
    ids: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    data: list[dict[str, Any]] = field(default_factory=list)
    pings: int = 0
    ended: bool = False
    came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def read(self) -> None:
        """Read to the end of the stream."""
        message: dict[str, str] = {}
        with suppress(httpx.RemoteProtocolError):
            async for line in self.response.aiter_lines():
                name, _, value = line.partition(": ")
                if not line and message:
                    await self._take(message)
                    message = {}
                elif not name:
                    self.pings += 1
                elif line:
                    message[name] = value
        async with self.came:
            self.ended = True
            self.came.notify_all()

    async def _take(self, message: dict[str, str]) -> None:
        async with self.came:
            self.types.append(message["event"])
            self.data.append(json.loads(message["data"]))
            if "id" in message:
                self.ids.append(message["id"])
            self.came.notify_all()

    async def has(self, number: int) -> None:
        """Wait until so many events came."""
        async with self.came, asyncio.timeout(PATIENCE):
            await self.came.wait_for(lambda: len(self.types) >= number or self.ended)
        assert len(self.types) >= number, self.types

    async def end(self) -> None:
        """Wait until the stream has ended."""
        async with self.came, asyncio.timeout(PATIENCE):
            await self.came.wait_for(lambda: self.ended)


class Served:
    """The API on a port."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.client = httpx.AsyncClient(base_url=address, timeout=PATIENCE, limits=httpx.Limits())

    @asynccontextmanager
    async def following(
        self, path: str, headers: dict[str, str], last: str | None = None, **query: Any
    ) -> AsyncIterator[Reader]:
        """A reader of this stream, which has begun."""
        sent = headers | ({"Last-Event-ID": last} if last else {})
        async with self.client.stream("GET", path, headers=sent, params=query) as response:
            assert response.status_code == 200, await response.aread()
            reader = Reader(response)
            reading = asyncio.create_task(reader.read())
            try:
                yield reader
            finally:
                reading.cancel()
                await asyncio.wait([reading])


@asynccontextmanager
async def served(app: FastAPI, grace: int = 5, send_buffer: int = 0) -> AsyncIterator[Served]:
    """The portal, served; its streams end when it is stopped, as `portal.__main__` ends them. `send_buffer`:
    how much of what is sent the system keeps for a reader that takes nothing, instead of megabytes.
    """
    with closing(listen("127.0.0.1", 0, Refused.because("portal_address_unavailable"))) as listening:
        if send_buffer:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
        server = Server(configured(app, grace))
        task = asyncio.create_task(server.serve([listening]))
        here = Served(f"http://127.0.0.1:{listening.getsockname()[1]}{PREFIX}")
        try:
            yield here
        finally:
            app.state.streams.end_all()
            server.should_exit = True
            await task
            await here.client.aclose()
