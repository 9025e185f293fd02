"""The HTTP server of worker and portal: uvicorn's configuration, listening, and no signal handlers."""

import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from models.errors import Refused
from telemetry.http_protocol import BoundedProtocol


class Server(uvicorn.Server):
    """A uvicorn server without signal handlers: uvicorn's own would raise the signals again at its end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


AFTERWARDS = "esim.afterwards"
"""The extension of an ASGI scope with the list of what goes on after the application has returned."""


@dataclass(frozen=True)
class Rest:
    """What is left of a response after the application has returned."""

    go_on: Callable[[Receive, Send], Awaitable[None]]
    give_up: Callable[[], None]
    """Called in its place where the application has failed."""


_KEPT = {"type", "method", "extensions"}
"""What uvicorn reads of a scope while the response goes on. The rest is what the application knew of the
request.
"""


class Afterwards:
    """Goes on with a response, such as a stream of hours, after the application has returned: what the
    application holds for each request, its middleware and routing, takes 30 kB.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, then do what is left of it."""
        left: list[Rest] = []
        if scope["type"] == "http":
            scope.setdefault("extensions", {})[AFTERWARDS] = {"left": left}
        try:
            await self._app(scope, receive, send)
            if left:
                for name in scope.keys() - _KEPT:
                    del scope[name]
            del scope
            while left:
                await left.pop().go_on(receive, send)
        finally:
            for rest in left:
                rest.give_up()


IDLE_SECONDS = 5
"""How long an idle connection is kept open between two requests (keep-alive)."""
LONGEST_HEAD = 16 * 1024
"""Bytes of a request line with its headers. Their timeout is in `telemetry.http_protocol`."""


def configured(app: ASGIApp, grace_seconds: int, trusted_proxies: str = "") -> uvicorn.Config:
    """The configuration that all our HTTP servers share.

    `trusted_proxies`: who may say by X-Forwarded-For which client a request comes from. No other client may:
    uvicorn would believe every program on this machine.
    """
    return uvicorn.Config(
        Afterwards(app),
        access_log=False,
        server_header=False,
        forwarded_allow_ips=trusted_proxies,
        log_config=None,
        lifespan="off",
        ws="none",
        http=BoundedProtocol,
        h11_max_incomplete_event_size=LONGEST_HEAD,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=grace_seconds,
    )


def listen(host: str, port: int, unavailable: Refused) -> socket.socket:
    """A socket that listens at this address. Raises `unavailable` where the address cannot be used."""
    try:
        family, *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError):
        raise unavailable from None
