"""Health checks of a process: liveness at `/health/live`, readiness at `/health/ready`.

The responses name components and what to do, never an address, a name or a secret.
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
"""Seconds for which a result is cached, so that frequent probes do not load the database."""
GRACE_SECONDS = 1


class Part(Protocol):
    """The result of checking one component."""

    @property
    def name(self) -> str:
        """The component, such as database."""

    @property
    def ok(self) -> bool:
        """Whether it is available."""

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, or that the component works."""


Ready = Callable[[], Awaitable[Sequence[Part]]]


class Health:
    """The handlers of the two paths."""

    def __init__(self, ready: Ready) -> None:
        self._look = ready
        self._parts: Sequence[Part] = ()
        self._until = 0.0
        self._looking = asyncio.Lock()

    async def live(self, request: Request) -> Response:
        """200 while the process answers at all."""
        return _answer([], ok=True)

    async def ready(self, request: Request) -> Response:
        """200 where every component is available, else 503; the body names those that are unavailable."""
        async with self._looking:
            if time.monotonic() >= self._until:
                self._parts = await self._look()
                self._until = time.monotonic() + CACHED
            parts = self._parts
        return _answer(parts, ok=all(part.ok for part in parts))

    def routes(self) -> list[Route]:
        """The routes of both paths."""
        return [Route("/health/live", self.live), Route("/health/ready", self.ready)]


@contextlib.asynccontextmanager
async def health_page(address: str, ready: Ready) -> AsyncIterator[None]:
    """Serve the health checks at host:port while the block runs; nothing where `address` is empty."""
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
    found = [{"part": part.name, "ok": part.ok, "sentence": part.sentence} for part in parts]
    return JSONResponse({"ok": ok, "parts": found}, 200 if ok else 503, headers={"Cache-Control": "no-store"})
