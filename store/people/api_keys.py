"""API keys: made, listed, revoked, and found by their digest (A1, A18). The text of a key is not stored."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import LargeBinary, Select, and_, bindparam, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.identifiers import parse_reference, reference
from models.paging import Page, Wanted
from models.people.api_keys import ApiKey, ApiKeyView, Mode
from models.people.callers import By, Permission, Scope
from models.people.views import UserView
from store import events, origins
from store.locks import keep_account_open
from store.lookups import select_users, user_view
from store.made_keys import Made
from store.paging import Keys
from store.people.tables import AccountRow, ApiKeyRow
from store.row import now
from store.scopes import within

if TYPE_CHECKING:
    from store.key_ring import KeyRing

_USE = "api key "
_LAST_USE_TO = timedelta(minutes=1)
"""A key in use writes its row at most this often."""
_ALIVE = and_(
    ApiKeyRow.revoked_at.is_(None), or_(ApiKeyRow.expires_at.is_(None), ApiKeyRow.expires_at > now())
)
_USERS = select_users().subquery("bearer")
_BEARERS = select(
    *_USERS.c,
    ApiKeyRow.id.label("key_id"),
    ApiKeyRow.permissions,
    ApiKeyRow.digest,
    or_(ApiKeyRow.last_used_at.is_(None), ApiKeyRow.last_used_at < now() - _LAST_USE_TO).label("touch"),
).outerjoin(_USERS, _USERS.c.id == ApiKeyRow.user_id)
_BEARER = _BEARERS.where(
    ApiKeyRow.digest == bindparam("digest", type_=LargeBinary), _ALIVE, ApiKeyRow.mode == bindparam("mode")
)
"""By one digest: PostgreSQL keeps the plan of it, and plans one by several again at each call."""
_SENDER = _BEARER.cte("sender")
_ORIGIN = origins.of_key(
    select(_SENDER).where(_SENDER.c.deactivated_at.is_(None), _SENDER.c.account_closed_at.is_(None))
)
_RECORDED = select(_SENDER, _ORIGIN.c.id.label("origin_id")).outerjoin(_ORIGIN, true())
"""The same, and the origin of the call is recorded where the key acts as a user who may act."""


@dataclass(frozen=True)
class Bearer:
    """A living key that was sent with a call: what it may do, and as whom."""

    key_id: int
    user: UserView | None
    """None for a platform key."""
    permissions: frozenset[Permission]
    origin_id: int | None = None
    """The origin of the call, where it was recorded with the look at the key."""


@dataclass(frozen=True)
class Maker:
    """The key that something was made with: whether it is alive now, and until when at most."""

    alive: bool
    expires_at: datetime | None


def digests(ring: "KeyRing", key: ApiKey) -> dict[str, bytes]:
    """The keyed digests of a key by the ids of the secret keys, newest first. Raises `Refused`
    (`secret_keys_missing`).
    """
    return dict(zip(ring.ids, ring.fingerprints(_USE + key.text), strict=True))


def _newest(digests_: Mapping[str, bytes]) -> dict[str, Any]:
    secret_key, digest = next(iter(digests_.items()))
    return {"digest": digest, "secret_key": secret_key}


async def create(
    connection: AsyncConnection,
    key: ApiKey,
    *,
    name: str,
    digests_: Mapping[str, bytes],
    user: UserView | None,
    permissions: Collection[Permission],
    expires_at: datetime | None,
    once: str | None = None,
    by: By,
) -> ApiKeyView:
    """Store a key's newest digest; `user`: the service user that it acts as, None for a platform key.

    Once per idempotency key, `once`. Its repeat is refused: the text that its caller wants is not stored.
    Raises `Refused` (`account_closed`, `api_key_made`, `key_reused`).
    """
    account_id = user.account_id if user else None
    if account_id is not None:
        await keep_account_open(connection, account_id)
    values = {
        "account_id": account_id,
        "user_id": user.id if user else None,
        "name": name,
        "mode": key.mode,
        "shown": key.shown,
        **_newest(digests_),
        "permissions": sorted(permissions),
        "created_by": by.actor,
        "expires_at": expires_at,
    }
    content = {name: values[name] for name in ("user_id", "name", "permissions", "expires_at")}
    mark = Made.of(account_id or 0, once, content)
    await _refuse_made(connection, account_id, mark)
    adding = insert(ApiKeyRow).values(**values, **mark.columns).on_conflict_do_nothing()
    made = await connection.scalar(adding.returning(ApiKeyRow.id))
    if made is None:  # by a call at the same time
        await _refuse_made(connection, account_id, mark)
    await _record(connection, account_id, int(made or 0), by, "created")
    return _view((await connection.execute(_KEYS.where(ApiKeyRow.id == made))).one())


async def _refuse_made(connection: AsyncConnection, account_id: int | None, mark: Made) -> None:
    known = await mark.find(connection, ApiKeyRow, ApiKeyRow.account_id == account_id)
    if known is not None:
        raise Refused.because("api_key_made", key=reference("K", known))


async def keys(connection: AsyncConnection, scope: Scope, wanted: Wanted) -> Page[ApiKeyView]:
    """The keys of the scope, newest first; those of the platform only in the scope of all accounts."""
    mine = _KEYS.where(within(scope, ApiKeyRow.account_id))
    return (await Keys(ApiKeyRow.id, descending=True).page(connection, mine, wanted)).of(_view)


async def find(connection: AsyncConnection, scope: Scope, text: str) -> ApiKeyView:
    """The key with this id (`K-7`, `7`). Raises `NotFound` (`unknown_api_key`)."""
    number = parse_reference("K", text)
    mine = _KEYS.where(ApiKeyRow.id == number, within(scope, ApiKeyRow.account_id))
    row = None if number is None else (await connection.execute(mine)).one_or_none()
    if row is None:
        raise NotFound.because("unknown_api_key")
    return _view(row)


async def revoke(connection: AsyncConnection, key: ApiKeyView, account_id: int | None, by: By) -> ApiKeyView:
    """Revoke a key: the next call with it is refused. Idempotent."""
    living = update(ApiKeyRow).where(ApiKeyRow.id == key.id, ApiKeyRow.revoked_at.is_(None))
    done = await connection.execute(living.values(revoked_at=now()).returning(ApiKeyRow.id))
    if done.one_or_none():
        await _record(connection, account_id, key.id, by, "revoked")
    return _view((await connection.execute(_KEYS.where(ApiKeyRow.id == key.id))).one())


async def account_of(connection: AsyncConnection, key_id: int) -> int | None:
    """The account of a key; None for one of the platform."""
    return await connection.scalar(select(ApiKeyRow.account_id).where(ApiKeyRow.id == key_id))


async def bearer(
    connection: AsyncConnection,
    digests_: Mapping[str, bytes],
    mode: Mode,
    *,
    recorded: Mapping[str, str | None] | None = None,
) -> Bearer | None:
    """The living key with one of these digests, with its user; None if there is none. `recorded`: the address
    and request id of a call whose origin is to be recorded in the same statement, which is not done for a
    platform key, a user who may not act, and a digest that was made with an older secret key.

    Notes its last use, to the minute, and renews a digest that was made with an older secret key, so that a
    key which is used survives the rotation of the secret keys.
    """
    newest = _newest(digests_)
    for digest in digests_.values():
        which = {"digest": digest, "mode": mode}
        if recorded is not None and digest == newest["digest"]:
            found = await connection.execute(_RECORDED, {**which, **recorded})
        else:
            found = await connection.execute(_BEARER, which)
        row = found.one_or_none()
        if row is not None:
            break
    else:
        return None
    if row.touch or row.digest != newest["digest"]:
        values = {"last_used_at": now(), **newest}
        await connection.execute(update(ApiKeyRow).where(ApiKeyRow.id == row.key_id).values(values))
    user = None if row.id is None else user_view(row)
    origin_id = row._mapping.get("origin_id")
    return Bearer(row.key_id, user, frozenset(_known(row.permissions)), origin_id)


async def maker(connection: AsyncConnection, origin_id: int | None) -> Maker | None:
    """The key that the call of this origin was sent with; None for a call without one."""
    number = await origins.api_key(connection, origin_id)
    made_with = select(_ALIVE.label("alive"), ApiKeyRow.expires_at).where(ApiKeyRow.id == number)
    row = None if number is None else (await connection.execute(made_with)).one_or_none()
    return None if row is None else Maker(**row._mapping)


_DEPENDING = (
    select(ApiKeyRow.secret_key, ApiKeyRow.id)
    .where(_ALIVE, ApiKeyRow.secret_key != bindparam("newest"))
    .order_by(ApiKeyRow.id)
)


async def depending(connection: AsyncConnection, ring: "KeyRing") -> dict[str, list[str]]:
    """The living keys (`K-7`) that depend on another secret key than the first, by the id of that: they were
    not used since the first one is the first.
    """
    newest = next(iter(ring.ids), "")
    found: dict[str, list[str]] = {}
    for row in await connection.execute(_DEPENDING, {"newest": newest}):
        found.setdefault(row.secret_key, []).append(reference("K", row.id))
    return found


async def account_of_mode(connection: AsyncConnection, name: str, mode: Mode) -> int | None:
    """The account with this name, or this id (`A-3`), and this mode; None if there is none."""
    is_named = AccountRow.name == name.strip()
    number = parse_reference("A", name) if not name.strip().isdigit() else None
    either = select(AccountRow.id).where(or_(is_named, AccountRow.id == number), AccountRow.mode == mode)
    return await connection.scalar(either.order_by(is_named.desc()).limit(1))


def _known(permissions: Sequence[str]) -> list[Permission]:
    """Those that this version has: a key may have been made by a newer one."""
    had = frozenset(permissions)
    return [permission for permission in Permission if permission.value in had]


_KEYS: Select[*tuple[Any, ...]] = select(
    ApiKeyRow.id,
    AccountRow.name.label("account"),
    ApiKeyRow.name,
    ApiKeyRow.mode,
    ApiKeyRow.shown,
    ApiKeyRow.user_id,
    ApiKeyRow.permissions,
    ApiKeyRow.created_at,
    ApiKeyRow.created_by,
    ApiKeyRow.expires_at,
    ApiKeyRow.revoked_at,
    ApiKeyRow.last_used_at,
).outerjoin(AccountRow, AccountRow.id == ApiKeyRow.account_id)


def _view(row: Any) -> ApiKeyView:
    return ApiKeyView(**dict(row._mapping) | {"permissions": tuple(_known(row.permissions))})


async def _record(
    connection: AsyncConnection, account_id: int | None, key_id: int, by: By, what: str
) -> None:
    happened = (f"api_key.{what}", {"api_key": key_id})
    about = (f"api_key:{key_id}",)
    await events.append(connection, account_id, about, by.actor, happened, origin_id=by.origin_id)
