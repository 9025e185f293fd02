"""Serving HTTP in a process of ours: listening, or a sentence why not, and signals left to the process."""

import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from models.errors import Refused
from telemetry.http_protocol import BoundedProtocol


class Server(uvicorn.Server):
    """A server that leaves signals to us: uvicorn's own raises them again when it has ended."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


IDLE_SECONDS = 5
"""How long a connection is kept between two requests, where nothing comes."""
LONGEST_HEAD = 16 * 1024
"""Bytes of a request line with its headers. How long they may take is `telemetry.http_protocol`'s."""


def configured(app: ASGIApp, grace_seconds: int) -> uvicorn.Config:
    """How all our servers are set."""
    return uvicorn.Config(
        app,
        access_log=False,
        server_header=False,
        log_config=None,
        lifespan="off",
        ws="none",
        http=BoundedProtocol,
        h11_max_incomplete_event_size=LONGEST_HEAD,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=grace_seconds,
    )


def listen(host: str, port: int, unavailable: Refused) -> socket.socket:
    """A socket that listens there. Raises `unavailable` where none can."""
    try:
        family, *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError):
        raise unavailable from None
