"""The portal process: settings -> desk -> pages, over HTTP. Nothing else wires these.

`esim-portal` runs it until SIGTERM or SIGINT, and then finishes the requests that it has begun.
"""

import argparse
import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Iterator

import uvicorn

from models.errors import EsimError, PartAway, Refused
from portal.app import create_app
from settings import Settings, load
from starter.link_desk import LinkDesk
from starter.qr_desk import QrDesk
from starter.temporal import leave

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
GRACE_SECONDS = 30
QUIET = ("uvicorn", "python_multipart")
"""Libraries that below WARNING write of each request what ours must not say."""

_log = logging.getLogger("portal")


class _Server(uvicorn.Server):
    """A server that leaves signals to us: uvicorn's own raises them again when it has ended."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Serve the pages until `stop`."""
    listening = _listen(settings.portal_host, settings.portal_port)
    with contextlib.closing(listening):
        async with QrDesk.open(settings) as desk:
            config = uvicorn.Config(
                create_app(LinkDesk(desk), settings),
                access_log=False,
                server_header=False,
                log_config=None,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
            server = _Server(config)
            serving = asyncio.create_task(server.serve([listening]))
            stopping = asyncio.create_task(stop.wait())
            _log.info("The portal listens on port %d.", listening.getsockname()[1])
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            _log.info("The portal stops: requests that it has begun are finished first.")
            server.should_exit = True
            await serving


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((host, port), family=family)
    except OSError:
        raise Refused.because(
            "portal_address_unavailable",
            "The portal cannot listen there; see ESIM_PORTAL_HOST and ESIM_PORTAL_PORT.",
        ) from None


async def run_until_signalled(settings: Settings) -> None:
    """Serve the pages until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(settings, stop)


def main() -> None:
    """Run `esim-portal`."""
    argparse.ArgumentParser(
        prog="esim-portal",
        description="Serve the pages behind the links in mails until SIGTERM; see docs/configuration.md.",
    ).parse_args()
    leave(run())


def run() -> int:
    """Read the settings, and run until told to stop. Exit code 2 for a refusal, 3 for a part that is away."""
    try:
        settings = load()
        logging.basicConfig(level=settings.log_level, format=LOG_FORMAT, stream=sys.stderr)
        for name in QUIET:
            logging.getLogger(name).setLevel(logging.WARNING)
        import uvloop  # noqa: PLC0415  not on every platform

        uvloop.run(run_until_signalled(settings))
    except EsimError as failure:
        print(failure, file=sys.stderr)
        return 3 if isinstance(failure, PartAway) else 2
    return 0


if __name__ == "__main__":
    main()
