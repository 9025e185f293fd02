"""Whether a process lives, and whether it can do its work: `/health/live` and `/health/ready`.

The answers name parts and what to do, never an address, a name or a secret.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from models.errors import Refused
from telemetry.server import Server, configured, listen

CACHED = 2.0
"""Seconds for which an answer is given again: whoever asks often costs the database nothing."""
GRACE_SECONDS = 1


class Part(Protocol):
    """What is known of one part."""

    @property
    def name(self) -> str:
        """Such as database."""

    @property
    def ok(self) -> bool:
        """Whether it serves."""

    @property
    def sentence(self) -> str:
        """What to do about it, or that nothing is."""


Ready = Callable[[], Awaitable[Sequence[Part]]]


class Health:
    """The two pages."""

    def __init__(self, ready: Ready) -> None:
        self._look = ready
        self._parts: Sequence[Part] = ()
        self._until = 0.0
        self._looking = asyncio.Lock()

    async def live(self, request: Request) -> Response:
        """200 while the process answers at all."""
        return _answer([], ok=True)

    async def ready(self, request: Request) -> Response:
        """200 where every part serves, else 503; which part is away is in the answer."""
        async with self._looking:
            if time.monotonic() >= self._until:
                self._parts = await self._look()
                self._until = time.monotonic() + CACHED
            parts = self._parts
        return _answer(parts, ok=all(part.ok for part in parts))

    def routes(self) -> list[Route]:
        """Where the pages are."""
        return [Route("/health/live", self.live), Route("/health/ready", self.ready)]


@contextlib.asynccontextmanager
async def health_page(address: str, ready: Ready) -> AsyncIterator[None]:
    """Serve the pages at host:port while the block runs; nothing where `address` is empty."""
    if not address:
        yield
        return
    host, _, port = address.rpartition(":")
    refused = Refused.because("health_address_unavailable")
    with contextlib.closing(listen(host.strip("[]"), int(port), refused)) as listening:
        server = Server(configured(Starlette(routes=Health(ready).routes()), GRACE_SECONDS))
        serving = asyncio.create_task(server.serve([listening]))
        try:
            yield
        finally:
            server.should_exit = True
            await asyncio.wait({serving})


def _answer(parts: Sequence[Part], *, ok: bool) -> Response:
    told = [{"part": part.name, "ok": part.ok, "sentence": part.sentence} for part in parts]
    return JSONResponse({"ok": ok, "parts": told}, 200 if ok else 503, headers={"Cache-Control": "no-store"})
