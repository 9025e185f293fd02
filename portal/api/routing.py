"""The class of all routes of the API: `ETag` and 304 for what is read, names with slashes, problem details.

A route is closed until it is opened: one whose signature does not name a permission is refused when the
application is made, unless it is in `portal.api.app.PUBLIC`.
"""

import hashlib
import re
from collections.abc import Callable, Coroutine
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote

from fastapi import APIRouter, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from portal.api.caller import authenticate
from portal.api.problems import JSON_INVALID
from portal.http.middleware import REVALIDATED

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
SLASH = "\ufdd0"
"""Stands for the slash of a name until its route is found: a noncharacter, which no name has."""
_ENCODED_SLASH = re.compile("%2f", re.IGNORECASE)


class NamesWithSlashes:
    """Leaves the slash of a name that is percent-encoded in the path (`Data%2FVoice`) to that name (A7)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = scope.get("raw_path", b"").partition(b"?")[0].decode("latin-1")
        if _ENCODED_SLASH.search(raw):
            scope = {**scope, "path": unquote(_ENCODED_SLASH.sub(quote(SLASH), raw))}
        await self.app(scope, receive, send)


class ApiRoute(APIRoute):
    """A route of the API."""

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names of its query parameters."""
        fields = get_flat_params(self.dependant)
        return frozenset(field.alias for field in fields if isinstance(field.field_info, params.Query))

    def get_route_handler(self) -> Handler:
        """The handler; what it reads gets an `ETag`, and 304 if the caller has it already (A9)."""
        answer = super().get_route_handler()
        if self.body_field:
            answer = _readable(answer)
        answer = _with_slashes(_known_caller(answer))
        if "GET" not in (self.methods or ()):
            return answer

        async def tagged(request: Request) -> Response:
            response = await answer(request)
            if response.status_code != 200 or not isinstance(getattr(response, "body", None), bytes):
                return response
            tag = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
            response.headers.update({"ETag": tag, "Cache-Control": REVALIDATED})
            if tag in _known(request.headers.get("if-none-match", "")):
                kept = {k: v for k, v in response.headers.items() if not k.startswith("content-")}
                return Response(status_code=304, headers=kept)
            return response

        return tagged


def _known_caller(answer: Handler) -> Handler:
    async def handled(request: Request) -> Response:
        await authenticate(request)
        return await answer(request)

    return handled


def _readable(answer: Handler) -> Handler:
    """Refuses a body that is not JSON, whatever is wrong with it: FastAPI does not say so of all."""

    async def handled(request: Request) -> Response:
        if await request.body():
            try:
                await request.json()  # the request keeps it for FastAPI
            except (ValueError, RecursionError):
                unreadable = {"loc": ("body",), "type": JSON_INVALID, "msg": "The body is not valid JSON."}
                raise RequestValidationError([unreadable]) from None
        return await answer(request)

    return handled


def _with_slashes(answer: Handler) -> Handler:
    async def handled(request: Request) -> Response:
        for name, value in request.path_params.items():
            if isinstance(value, str):
                request.path_params[name] = value.replace(SLASH, "/")
        return await answer(request)

    return handled


def _known(header: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in header.split(",")]


def path_of(scope: Scope) -> str:
    """The path of a call below the prefix of the API."""
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


class Subject(APIRouter):
    """The routes of one subject. They are compared with a path only where one of them begins like it: else
    each call would be compared with those of all subjects, which takes a sixth of its time.
    """

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        return frozenset(_beginning(route.path) for route in self.routes if isinstance(route, APIRoute))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether one of its routes is meant."""
        if _beginning(path_of(scope)) not in self._beginnings:
            return Match.NONE, {}
        return super().matches(scope)


def _beginning(path: str) -> str:
    """`lines` of `/lines/L-1`."""
    return path.removeprefix("/").partition("/")[0]


def router(subject: str) -> APIRouter:
    """A router of one subject: the heading of its routes in the reference."""
    return Subject(route_class=ApiRoute, tags=[subject], redirect_slashes=False)
