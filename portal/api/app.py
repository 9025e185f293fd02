"""The API as an application of its own, which the portal mounts at `/api/v1`.

A new subject is a module with a `routes` router, and an entry in `ROUTERS`.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import cache, cached_property
from http import HTTPStatus
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from fastapi.telemetry import TelemetryConfig
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.errors import EsimError
from portal.api.caller import Door, count
from portal.api.catalogue import catalogue
from portal.api.codes import codes, notifications
from portal.api.codes import requests as qr_requests
from portal.api.document import completed
from portal.api.event_stream import HEAD
from portal.api.fleet import fleet, inventory
from portal.api.licences import agents, billing, licences, number_changes, numbers
from portal.api.licences import requests as licence_requests
from portal.api.operations import audit, events, held, jobs, mappings, webhooks
from portal.api.orders import orders
from portal.api.people import accounts, api_keys, contacts, employees, users
from portal.api.problems import RESPONSES, Problems
from portal.api.rates import Rates
from portal.api.routing import NamesWithSlashes, path_of
from portal.api.streams import Streams
from portal.api.travel import esim_lines, plans, reports, stock, subscribers
from portal.http.attempts import Attempts
from portal.http.forms import Incoming
from starter.desks import Desks

PREFIX = "/api/v1"
ROUTERS: Mapping[str, APIRouter] = {
    "Orders": orders.routes,
    "QR codes": codes.routes,
    "Requests for QR codes": qr_requests.routes,
    "Notifications of QR codes": notifications.routes,
    "Inventory": inventory.routes,
    "Lines and SIMs": fleet.routes,
    "Catalogue": catalogue.routes,
    "Accounts": accounts.routes,
    "Users and profiles": users.routes,
    "Distributors": contacts.routes,
    "Employees and groups": employees.routes,
    "API keys": api_keys.routes,
    "Numbers": numbers.routes,
    "Changes of numbers": number_changes.routes,
    "Agents": agents.routes,
    "Licences": licences.routes,
    "Prices and charges of licences": billing.routes,
    "Requests for licences": licence_requests.routes,
    "Subscribers": subscribers.routes,
    "Travel plans": plans.routes,
    "Travel stock": stock.routes,
    "eSIM lines": esim_lines.routes,
    "Reports of eSIM lines": reports.routes,
    "Webhooks": webhooks.routes,
    "Jobs": jobs.routes,
    "Saved mappings": mappings.routes,
    "Events": events.routes,
    "Held work": held.routes,
    "Audit": audit.routes,
}
"""The routers by the heading of their routes in the reference."""
DOCUMENT = "/openapi.json"
"""Made at the first request, in a thread: it takes seconds, and others are answered meanwhile."""
PUBLIC = frozenset({DOCUMENT})
"""The routes without a caller."""

_WITHOUT_ROUTE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
_NO_TRACES_OF_ITS_OWN = TelemetryConfig(
    tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False
)
_ABOUT = """Place eSIM orders, follow them and steer them.

Every call names its caller: `Authorization: Bearer esim_live_...`. A POST that lists `Idempotency-Key`
needs one; any other may be repeated as it is, unless it says otherwise. Failures are problem details
(RFC 9457). Enumerations may get more values, and answers more fields, at any time.
"""


class HeadAsGet:
    """Answers HEAD as GET; the server leaves the content out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = {**scope, "method": "GET", HEAD: True} if scope.get("method") == "HEAD" else scope
        await self.app(asked, receive, send)


class BodyAsJson:
    """Reads every body but a form with a file as JSON: `curl -d` says that it sends a form, others text.

    No form of another site gets in by that: a call is its key's, which no browser sends by itself.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = MutableHeaders(scope=scope) if scope["type"] == "http" else MutableHeaders()
        if not headers.get("content-type", "").strip().lower().startswith("multipart/"):
            headers["content-type"] = "application/json"
        await self.app(scope, receive, send)


class AllAllowed:
    """Names, with a 405, all methods of the path in `Allow`: Starlette names those of one of its routes."""

    def __init__(self, app: ASGIApp, api: FastAPI) -> None:
        self.app = app
        self.api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def adding(message: Message) -> None:
            if (
                message["type"] == "http.response.start"
                and message["status"] == HTTPStatus.METHOD_NOT_ALLOWED
            ):
                MutableHeaders(scope=message)["Allow"] = ", ".join(sorted(self._methods(scope)))
            await send(message)

        await self.app(scope, receive, adding)

    def _methods(self, scope: Scope) -> set[str]:
        path = path_of(scope)
        found = {method for pattern, methods in self._paths if pattern.match(path) for method in methods}
        return found | {"HEAD"} if "GET" in found else found

    @cached_property
    def _paths(self) -> list[tuple[re.Pattern[str], set[str]]]:
        routes = iter_route_contexts(self.api.routes)
        return [(compile_path(route.path or "")[0], route.methods or set()) for route in routes]


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """All routes. They hold nothing of an application, so a process makes them once: it takes long."""
    every = APIRouter(responses={**RESPONSES}, generate_unique_id_function=lambda route: route.name)
    for routes in ROUTERS.values():
        every.include_router(routes)
    return tuple(every.routes)


def _counting(problems: Problems) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Answers that there is no such path or method, and counts the call as every other (A12)."""

    async def answer(request: Request, failure: Exception) -> Response:
        if isinstance(failure, HTTPException) and failure.status_code in _WITHOUT_ROUTE:
            try:
                await count(request)
            except (EsimError, HTTPException) as refused:
                failure = refused
        return await problems.answer(request, failure)

    return answer


def _application() -> FastAPI:
    return FastAPI(
        title="eSIM orders API",
        version=version("esim-orders"),
        description=_ABOUT,
        servers=[{"url": PREFIX}],
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_NO_TRACES_OF_ITS_OWN,
        routes=[*_routes()],
        separate_input_output_schemas=False,
        root_path_in_servers=False,
    )


@cache
def _document() -> dict[str, object]:
    """What the API is, for programs: the same for each application of a process, and long to make."""
    return completed(_application().openapi(), ROUTERS)


@cache
def _as_json() -> bytes:
    return bytes(JSONResponse(_document()).body)


async def _document_served(_: Request) -> Response:
    return Response(await run_in_threadpool(_as_json), media_type="application/json")


def create_api(desks: Desks, problems: Problems) -> FastAPI:
    """Make the API over these desks."""
    app = _application()
    app.state.door = Door(desks, Rates(desks.settings.api_calls_a_second), Attempts())
    app.state.incoming = Incoming()
    app.state.streams = Streams(desks)
    app.add_middleware(HeadAsGet)
    app.add_middleware(NamesWithSlashes)
    app.add_middleware(BodyAsJson)
    app.add_middleware(AllAllowed, api=app)
    # Exception: else Starlette answers a bug in plain text; it raises it again, and `CrashPage` logs it
    for failure in (EsimError, ClientDisconnect, RequestValidationError, Exception):
        app.add_exception_handler(failure, problems.answer)
    app.add_exception_handler(HTTPException, _counting(problems))
    app.openapi = _document  # type: ignore[method-assign]
    app.add_route(DOCUMENT, _document_served)
    return app
