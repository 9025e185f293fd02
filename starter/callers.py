"""Make callers: identity, scope and permissions of who asks. No other module makes them.

    caller = callers.operator()                              # the platform's own staff, the CLI, the worker
    caller = await callers.user(database, "ana@acme.example")  # a user of an account, by address or U-3
    caller = await callers.of_key(database, settings.secret_keys, sent)       # who sends an API key
    known = await callers.of_session(database, token, visit)                  # who is signed in in a browser

A surface makes a caller from what it has authenticated, never from an argument of the call itself.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.identifiers import reference
from models.people.account import closed_refusal
from models.people.api_keys import Mode, parse_key
from models.people.callers import (
    OPERATOR,
    PERMISSIONS,
    AllAccounts,
    Caller,
    LinkBearer,
    OfAccount,
    OfDistributor,
    OfMode,
    Permission,
    Role,
    Scope,
)
from models.people.sign_in import Visit
from models.people.views import UserView
from store import lookups, origins
from store.operations import held_views
from store.orders import links as order_links
from store.people import api_keys, sessions
from store.people.actors import user_deactivated
from store.session import Database

if TYPE_CHECKING:
    from store.key_ring import KeyRing


def operator(*, origin_id: int | None = None, language: str = "en") -> Caller:
    """The platform's operator: all accounts, all permissions, limited by no profile."""
    return Caller(
        actor=OPERATOR,
        scope=AllAccounts(),
        permissions=PERMISSIONS[Role.OPERATOR],
        user_id=None,
        origin_id=origin_id,
        language=language,
        of_role=PERMISSIONS[Role.OPERATOR],
    )


async def user(
    database: Database, text: str, *, origin_id: int | None = None, language: str = "en"
) -> Caller:
    """The user with this e-mail address or id (`U-3`), with what its role may do in its account.

    Raises `NotFound` (`unknown_user`), `Refused` (`user_deactivated`, `account_closed`).
    """
    async with database.reading() as connection:
        found = await lookups.find_user(connection, AllAccounts(), text)
    return _of_user(found, PERMISSIONS[found.role], origin_id, language)


@dataclass(frozen=True)
class Sent:
    """What a call over HTTP says of its caller."""

    key: str
    account: str | None = None
    """The account that a platform key acts for."""
    user: str | None = None
    """The user of it that the key acts as, for calls that only a user can make."""
    address: str | None = None
    request_id: str | None = None
    changes: bool = False
    """Whether the call may change something: then its origin is recorded, for the audit."""


@dataclass(frozen=True)
class Authenticated:
    """The caller of a call over HTTP, and the key it was sent with."""

    caller: Caller
    key_id: int
    mode: Mode


async def of_key(
    database: Database,
    secret_keys: str,
    sent: Sent,
    *,
    language: str = "en",
    admit: Callable[[int], None] = lambda _: None,
    admitted: bool = False,
) -> Authenticated:
    """The caller who sends an API key: the key's service user, or, with a platform key, the operator in the
    account that the call names, or a user of it (A1, A18).

    It may do at most what the key and, at this moment, the user may. Raises `Refused` (`api_key_invalid`,
    `account_header_invalid`, `account_closed`, `secret_keys_missing`), `NotFound` (`unknown_account`, also
    for an account of the other mode; `unknown_user`). `admit` gets the id of a valid key; what it raises
    ends the call before anything is recorded of it, unless it is `admitted` already: then its origin may be
    recorded with the look at the key.
    """
    key = parse_key(sent.key)
    if key is None:
        raise Refused.because("api_key_invalid")
    digests = api_keys.digests(_ring(secret_keys), key)
    async with database.reading() as connection:
        source = {"address": sent.address, "request_id": sent.request_id}
        plain = sent.changes and admitted and sent.account is sent.user is None
        recorded = source if plain else None
        bearer = await api_keys.bearer(connection, digests, key.mode, recorded=recorded)
        if bearer is None or (bearer.user and bearer.user.deactivated_at):
            raise Refused.because("api_key_invalid")
        admit(bearer.key_id)
        if bearer.user is None:
            caller = await _of_platform(connection, bearer, sent, key.mode, language)
        elif sent.account is not None or sent.user is not None:
            raise Refused.because("account_header_invalid")
        else:
            caller = _of_user(bearer.user, bearer.permissions, None, language)
        if sent.changes:
            session = reference("K", bearer.key_id)
            origin_id = bearer.origin_id or await origins.record(
                connection, actor=caller.actor, surface="api", session=session, **source
            )
            caller = replace(caller, origin_id=origin_id)
    return Authenticated(caller, bearer.key_id, key.mode)


@dataclass(frozen=True)
class InSession:
    """The caller in a browser, and the session."""

    caller: Caller
    session_id: int
    user: UserView
    recent: bool
    """Whether the password was entered within the last half hour: sensitive acts want that."""
    held: int = 0
    """How much work waits for a person, where the user may retry it; `MOST_HELD` + 1 stands for more."""


async def of_session(database: Database, token: str) -> InSession | None:
    """The user whose session this is, with what its role may do at this moment; None if the session has
    ended, or the user may not act any more (deactivated, account closed).
    """
    async with database.reading() as connection:
        found = await sessions.bearer(connection, token)
        if found is None:
            return None
        user_ = found.user
        try:
            caller = _of_user(user_, PERMISSIONS[user_.role], None, user_.language)
        except Refused:
            return None
        held = 0
        if caller.may(Permission.RETRY_WORK):
            held = await held_views.how_many(connection, caller.scope)
    return InSession(caller, found.session_id, user_, found.recent, held)


async def recorded(database: Database, found: InSession, visit: Visit) -> InSession:
    """The same user, with the origin of a call that may change something recorded for the audit."""
    async with database.reading() as connection:
        origin_id = await of_visit(connection, found.user, found.session_id, visit)
    return replace(found, caller=replace(found.caller, origin_id=origin_id))


async def of_visit(connection: AsyncConnection, user_: UserView, session_id: int, visit: Visit) -> int:
    """Record the origin of a call from a browser; its id."""
    return await origins.record(
        connection,
        actor=user_.actor,
        surface="portal",
        session=reference("SE", session_id),
        address=visit.address,
        request_id=visit.request_id,
    )


@dataclass(frozen=True)
class ByOrderLink:
    """The contact who came by the link of an order's e-mail: sees that order, and reports about it."""

    caller: Caller
    link: order_links.OrderLink


async def of_order_link(
    database: Database, bearer: LinkBearer, visit: Visit, *, changes: bool = False
) -> ByOrderLink:
    """The contact of a distributor to whom an order was sent, without an account (P9).

    `changes`: the call may change something: it is counted for the rate limit, and its origin is recorded.
    Raises `NotFound` (`link_unknown`), `Refused` (`link_expired`, `link_revoked`, `too_many_tries`).
    """
    async with database.transaction() if changes else database.reading() as connection:
        link = await order_links.find(connection, bearer.token)
        origin_id = await order_links.use(connection, link, visit) if changes else None
    if changes and origin_id is None:
        raise Refused.because("too_many_tries")
    may = PERMISSIONS[Role.PROVIDER_DESK] - {Permission.RUN_JOBS}
    return ByOrderLink(Caller(link.recipient, link.scope, may, None, origin_id), link)


async def of_work(
    database: Database,
    account_id: int,
    actor: str,
    permissions: Collection[str],
    *,
    origin_id: int | None = None,
    language: str = "en",
) -> Caller:
    """Who made work that runs later, as they may act now: with at most the permissions of that call, in the
    account of the work. Work that was made with an API key ends with it.

    Raises `NotFound`, `Refused` (`api_key_over`, `user_deactivated`, `account_closed`).
    """
    had = frozenset(permission for permission in Permission if permission.value in permissions)
    scope = OfAccount(account_id, travel=Permission.VIEW_TRAVEL in had)
    async with database.reading() as connection:
        key = await api_keys.maker(connection, origin_id)
        if key and not key.alive:
            raise Refused.because("api_key_over")
        if actor == OPERATOR:
            acting = operator(origin_id=origin_id, language=language)
            return replace(acting, scope=scope, permissions=had)
        found = await lookups.find_user(connection, scope, reference("U", int(actor.partition(":")[2])))
    return _of_user(found, had, origin_id, language)


@cache
def _ring(secret_keys: str) -> "KeyRing":
    from store.key_ring import KeyRing  # noqa: PLC0415  takes long to import, and commands need none

    return KeyRing(secret_keys)


async def _of_platform(
    connection: AsyncConnection, bearer: api_keys.Bearer, sent: Sent, mode: Mode, language: str
) -> Caller:
    """The operator, of all accounts of the key's mode only the one that the call names."""
    if sent.account is None:
        if sent.user is not None:
            raise Refused.because("account_header_needed")
        return replace(operator(language=language), scope=OfMode(mode), permissions=bearer.permissions)
    account_id = await api_keys.account_of_mode(connection, sent.account, mode)
    if account_id is None:
        raise NotFound.because("unknown_account")
    scope = OfAccount(account_id, travel=Permission.VIEW_TRAVEL in bearer.permissions)
    if sent.user is None:
        return replace(operator(language=language), scope=scope, permissions=bearer.permissions)
    user_ = await lookups.find_user(connection, scope, sent.user)
    return _of_user(user_, bearer.permissions, None, language)


def _of_user(
    found: UserView, permissions: frozenset[Permission], origin_id: int | None, language: str
) -> Caller:
    """The user, with those of its role's permissions that are among these."""
    if found.deactivated_at is not None:
        raise Refused(user_deactivated())
    closed = closed_refusal(found.role, closed=found.account_closed_at is not None)
    if closed:
        raise Refused(closed)
    return Caller(
        actor=found.actor,
        scope=_scope(found, permissions),
        permissions=_both(permissions, PERMISSIONS[found.role]),
        user_id=found.id,
        origin_id=origin_id,
        language=language,
        of_role=PERMISSIONS[found.role],
    )


@lru_cache(100)
def _both(permissions: frozenset[Permission], others: frozenset[Permission]) -> frozenset[Permission]:
    """Those that are in both; one set for all callers with the same ones, as streams keep theirs."""
    return permissions & others


def _scope(found: UserView, permissions: frozenset[Permission]) -> Scope:
    if found.distributor_id is not None:
        return OfDistributor(found.account_id, found.distributor_id)
    return OfAccount(found.account_id, travel=Permission.VIEW_TRAVEL in permissions & PERMISSIONS[found.role])
