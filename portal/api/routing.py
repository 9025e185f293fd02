"""The class of all routes of the API: `ETag` and 304 for what is read, the language, problem details.

A route is closed until it is opened: one whose signature does not name a permission is refused when the
application is made, unless it is in `portal.api.app.PUBLIC`.
"""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class ApiRoute(APIRoute):
    """A route of the API."""

    def get_route_handler(self) -> Handler:
        """The handler; what it reads gets an `ETag`, and 304 if the caller has it already (A9)."""
        answer = super().get_route_handler()
        if "GET" not in (self.methods or ()):
            return answer

        async def tagged(request: Request) -> Response:
            response = await answer(request)
            if response.status_code != 200 or not isinstance(getattr(response, "body", None), bytes):
                return response
            tag = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
            response.headers["ETag"] = tag
            if tag in _known(request.headers.get("if-none-match", "")):
                kept = {k: v for k, v in response.headers.items() if not k.startswith("content-")}
                return Response(status_code=304, headers=kept)
            return response

        return tagged


def _known(header: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in header.split(",")]


def router(subject: str) -> APIRouter:
    """A router of one subject: the heading of its routes in the reference."""
    return APIRouter(route_class=ApiRoute, tags=[subject], redirect_slashes=False)
