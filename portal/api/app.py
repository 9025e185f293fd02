"""The API as an application of its own, which the portal mounts at `/api/v1`.

A new subject is a module with a `routes` router, and an entry in `ROUTERS`.
"""

from collections.abc import Mapping
from http import HTTPStatus
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from fastapi.telemetry import TelemetryConfig
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.errors import EsimError
from portal.api.caller import Door
from portal.api.catalogue import catalogue
from portal.api.fleet import fleet
from portal.api.orders import orders
from portal.api.people import accounts, api_keys, contacts, users
from portal.api.problems import RESPONSES, ProblemDetails, Problems
from portal.api.rates import Rates
from portal.http.attempts import Attempts
from starter.desks import Desks

PREFIX = "/api/v1"
ROUTERS: Mapping[str, APIRouter] = {
    "Orders": orders.routes,
    "Lines and SIMs": fleet.routes,
    "Catalogue": catalogue.routes,
    "Accounts": accounts.routes,
    "Users and profiles": users.routes,
    "Distributors, employees and groups": contacts.routes,
    "API keys": api_keys.routes,
}
"""The routers by the heading of their routes in the reference."""
PUBLIC = frozenset({"/openapi.json"})
"""The routes without a caller."""

_NO_TRACES_OF_ITS_OWN = TelemetryConfig(
    tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False
)
_ABOUT = """Place eSIM orders, follow them and steer them.

Every call names its caller: `Authorization: Bearer esim_live_...`. Every POST that creates or acts takes an
`Idempotency-Key`. Failures are problem details (RFC 9457). Enumerations may get more values, and answers more
fields, at any time.
"""


class HeadAsGet:
    """Answers HEAD as GET; the server leaves the content out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = {**scope, "method": "GET"} if scope.get("method") == "HEAD" else scope
        await self.app(asked, receive, send)


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
                MutableHeaders(scope=message)["Allow"] = ", ".join(sorted(_methods(self.api, scope)))
            await send(message)

        await self.app(scope, receive, adding)


def _methods(api: FastAPI, scope: Scope) -> set[str]:
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    found: set[str] = set()
    for route in iter_route_contexts(api.routes):
        pattern, _, _ = compile_path(route.path or "")
        if pattern.match(path):
            found |= route.methods or set()
    return found | {"HEAD"} if "GET" in found else found


def create_api(desks: Desks, problems: Problems) -> FastAPI:
    """Make the API over these desks."""
    app = FastAPI(
        title="eSIM orders API",
        version=version("esim-orders"),
        description=_ABOUT,
        servers=[{"url": PREFIX}],
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_NO_TRACES_OF_ITS_OWN,
        responses={**RESPONSES},
        separate_input_output_schemas=False,
        root_path_in_servers=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.door = Door(desks, Rates(desks.settings.api_calls_a_second), Attempts())
    app.add_middleware(HeadAsGet)
    app.add_middleware(AllAllowed, api=app)
    for routes in ROUTERS.values():
        app.include_router(routes)
    for failure in (EsimError, HTTPException, ClientDisconnect, RequestValidationError):
        app.add_exception_handler(failure, problems.answer)
    document = app.openapi

    def with_problems() -> dict[str, object]:
        found = document()
        schemas = found.setdefault("components", {}).setdefault("schemas", {})
        if "ProblemDetails" not in schemas:
            own = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(own.pop("$defs", {}), ProblemDetails=own)
        return found

    app.openapi = with_problems  # type: ignore[method-assign]
    return app
