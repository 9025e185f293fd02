"""The portal process: builds the desk and the pages from the settings and serves them over HTTP.

`esim-portal` runs it until SIGTERM or SIGINT, and then finishes the requests that it has begun.
"""

import argparse
import asyncio
import contextlib
import gc
import logging
from functools import partial

import phonenumbers  # noqa: F401  takes long to import: not during a request

from models.errors import Refused
from portal.app import create_app
from settings import Settings
from starter.desks import Desks
from starter.operations.readiness import readiness
from telemetry.leaving import leave
from telemetry.metrics import gauges
from telemetry.open_files import allow_open_files
from telemetry.process import run
from telemetry.server import Server, configured, listen

GRACE_SECONDS = 30

_log = logging.getLogger("portal")


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Serve the pages until `stop`."""
    allow_open_files()  # each event stream is an open connection
    listening = listen(settings.portal_host, settings.portal_port, _unavailable())
    with contextlib.closing(listening):
        async with Desks.open(settings) as desks, gauges(settings, desks.database):
            app = create_app(
                desks.links, settings, desks=desks, ready=partial(readiness, desks.database, desks.client)
            )
            gc.collect()
            gc.freeze()  # a collection does not go through the objects of all libraries: a tenth of a call
            server = Server(configured(app, GRACE_SECONDS, settings.trusted_proxies))
            serving = asyncio.create_task(server.serve([listening]))
            stopping = asyncio.create_task(stop.wait())
            _log.info("The portal listens on port %d.", listening.getsockname()[1])
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            _log.info("The portal stops: requests that it has begun are finished first.")
            app.state.streams.end_all()  # they would never finish
            server.should_exit = True
            await serving


def _unavailable() -> Refused:
    return Refused.because("portal_address_unavailable")


def main() -> None:
    """Run `esim-portal`."""
    argparse.ArgumentParser(
        prog="esim-portal",
        description="Serve the pages behind the links in mails until SIGTERM; see docs/configuration.md.",
    ).parse_args()
    leave(run("portal", serve))


if __name__ == "__main__":
    main()
