"""Who calls the API: the key of the `Authorization` header, and the permission that a route declares.

    async def show(caller: Annotated[Caller, needs(Permission.VIEW_ORDERS)], ...)

A route names its permission in its signature, for the reference and for the test that walks all routes. The
desk asks for it, after it has looked the record up: a foreign record answers 404, whatever the key may do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn

from fastapi import Depends, Header, Request, Response, Security
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer, SecurityScopes

from models.errors import Refused
from models.people.callers import Caller, OfMode, Permission
from portal.api.rates import Rates
from portal.http.attempts import Attempts
from portal.http.request_ids import request_id
from portal.links.pages import spoken
from starter import callers
from starter.callers import Authenticated, Sent
from starter.desks import Desks

_ONCE = ("authorization", "esim-account", "esim-user", "idempotency-key")
"""Headers of which one counts: of two, a proxy and we could take another one."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_bearer = HTTPBearer(
    bearerFormat="esim_(live|test)_...",
    scheme_name="api_key",
    description="An API key: `esim-orders api-key create`. It acts in one account, or, as a platform key, in "
    "the account that `Esim-Account` names.",
    auto_error=False,
)


@dataclass(frozen=True)
class Door:
    """What authentication needs, once for the process."""

    desks: Desks
    rates: Rates
    attempts: Attempts


def needs(permission: Permission, *, any_account: bool = False) -> Any:
    """The dependency of a route's caller, with the permission that its desk requires.

    `any_account`: a platform key need not name an account.
    """
    return Security(_across if any_account else _in_an_account, scopes=[permission.value])


async def authenticated(
    request: Request,
    response: Response,
    _scopes: SecurityScopes,
    _credentials: Annotated[Any, Depends(_bearer)],
    _account: Annotated[
        str | None,
        Header(
            alias="Esim-Account",
            description="With a platform key: the account that the call is for, its name or `A-3`.",
        ),
    ] = None,
    _user: Annotated[
        str | None,
        Header(
            alias="Esim-User",
            description="With a platform key: the user that it acts as, such as `U-3` or an address.",
        ),
    ] = None,
) -> Authenticated:
    """The caller, whom `authenticate` has found; what is declared here is for the reference."""
    response.headers.update(request.state.rate.headers)
    found: Authenticated = request.state.authenticated
    return found


async def authenticate(request: Request) -> None:
    """Find the caller, before anything of the body is read. Refuses the call (401) without a valid key, and
    (429) one that comes too soon.
    """
    changes = request.method not in _SAFE and request.query_params.get("dry_run", "").lower() not in _TRUE
    request.state.authenticated = await _found(request, _unknown_parameters(request), changes=changes)


async def count(request: Request) -> None:
    """Count a call of which there is no route, for the key or the address that it comes from, as all calls
    are counted. Nothing of it is recorded. A call without a key only learns what the reference says, too.
    """
    if "authorization" in request.headers:
        await _found(request, (), changes=False)


async def _found(request: Request, unknown: Sequence[str], *, changes: bool) -> Authenticated:
    """Who sends the key. A key that has called before is counted before the database is asked, so the origin
    of its call can be recorded in the statement that finds the key.
    """
    for name in _ONCE:
        if len(request.headers.getlist(name)) > 1:
            raise Refused.because("header_doubled", header=name.title())
    door: Door = request.app.state.door
    credentials = await _bearer(request)
    if credentials is None:
        raise Refused.because("api_key_needed")

    key = credentials.credentials
    known = door.rates.id_of(key)
    if known is not None:
        _take(request, door, known)

    def admit(key_id: int) -> None:
        if known is None:
            door.rates.remember(key, key_id)
            _take(request, door, key_id)
        if unknown:
            _refuse_parameters(unknown)

    sent = Sent(
        key=key,
        account=_text(request.headers.get("esim-account")),
        user=_text(request.headers.get("esim-user")),
        address=request.client.host if request.client else None,
        request_id=request_id(request.scope),
        changes=changes and not unknown,
    )
    request.state.sent = sent
    language = spoken(request.headers.get("accept-language", ""))
    try:
        return await callers.of_key(
            door.desks.database,
            door.desks.settings.secret_keys,
            sent,
            language=language,
            admit=admit,
            admitted=known is not None,
        )
    except Refused as refused:
        if refused.refusals[0].code == "api_key_invalid":
            door.attempts.check(request)  # only here: valid keys behind the same address go on working
            door.attempts.failed(request)
        raise


def _text(header: str | None) -> str | None:
    """The text of a header in UTF-8, which clients send; it is read as Latin-1."""
    try:
        return None if header is None else header.encode("latin-1").decode()
    except UnicodeDecodeError:
        return header


def _take(request: Request, door: Door, key_id: int) -> None:
    request.state.rate = allowed = door.rates.take(key_id)
    if not allowed.ok:
        raise Refused.because("too_many_calls")


def _unknown_parameters(request: Request) -> list[str]:
    """The parameters that the route does not have: a misspelt filter would list everything, and `dry_run`
    would be ignored where there is none.
    """
    known = request.scope["route"].parameters
    return [name for name in request.query_params if name not in known]


def _refuse_parameters(names: Sequence[str]) -> NoReturn:
    missing = "There is no such parameter."
    raise RequestValidationError(
        [{"loc": ("query", name), "type": "parameter_unknown", "msg": missing} for name in names]
    )


_TRUE = frozenset({"true", "1", "on", "yes", "t", "y"})
Who = Annotated[Authenticated, Depends(authenticated)]


async def _across(found: Who) -> Caller:
    return found.caller


async def _in_an_account(found: Who) -> Caller:
    if isinstance(found.caller.scope, OfMode):
        raise Refused.because("account_header_needed")
    return found.caller


async def desks(request: Request) -> Desks:
    """All desks of the process."""
    door: Door = request.app.state.door
    return door.desks


At = Annotated[Desks, Depends(desks)]
"""A route's desks."""
