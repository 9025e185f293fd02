"""A request id for every request (A12): in the answer's header `Request-Id`, its problem, every log line that
it causes, and the origin that the audit joins.
"""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from telemetry.logs import about

_ID = "portal.request_id"


class RequestIds:
    """Gives each request an id of ours: a client's own would let it choose what our log says."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        given = scope[_ID] = f"req_{secrets.token_hex(10)}"

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Request-Id"] = given
            await send(message)

        with about(lambda: {"request_id": given}):
            return await self.app(scope, receive, adding)


def request_id(scope: Scope) -> str | None:
    """The id of a request."""
    return scope.get(_ID)
