"""The portal over an invented desk, served on a port as its process serves it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.errors import Refused
from portal.app import create_app
from portal.http.limits import Pace
from settings import Settings
from telemetry.server import Server, configured, listen
from tests.portal.desk import InventedDesk


@asynccontextmanager
async def serving(
    desk: InventedDesk, pace: Pace | None = None, settings: Settings | None = None
) -> AsyncIterator[int]:
    """The portal; its port."""
    settings = settings or Settings()
    with listen("127.0.0.1", 0, Refused.because("portal_address_unavailable")) as listening:
        server = Server(configured(create_app(desk, settings, pace=pace), 0, settings.trusted_proxies))
        task = asyncio.create_task(server.serve([listening]))
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await task
