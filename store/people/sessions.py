"""Sessions of users who are signed in: begun, found by their digest, listed and ended (P1)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from models.identifiers import parse_reference
from models.people.callers import Role
from models.people.sign_in import IDLE_FOR, RECENT_FOR, SIGNED_IN_FOR, SessionView, Visit
from models.people.views import UserView
from store.lookups import select_users, user_view
from store.people.sign_in_tables import SessionRow
from store.people.tables import AccountRow, UserRow
from store.row import now

_SEEN_TO = timedelta(minutes=1)
"""A session in use writes its row at most this often."""
_KEPT_FOR = timedelta(days=30)
"""How long a session that has ended is kept."""
_LONGEST = 300
_ALIVE = and_(
    SessionRow.ended_at.is_(None), SessionRow.expires_at > now(), SessionRow.seen_at > now() - IDLE_FOR
)
_USERS = select_users().subquery("bearer")
_BEARER = (
    select(
        *_USERS.c,
        SessionRow.id.label("session_id"),
        (SessionRow.confirmed_at > now() - RECENT_FOR).label("recent"),
        (SessionRow.seen_at < now() - _SEEN_TO).label("touch"),
    )
    .join(_USERS, _USERS.c.id == SessionRow.user_id)
    .where(SessionRow.digest == bindparam("of_digest"), _ALIVE)
)
_FIELDS = ("id", "created_at", "confirmed_at", "seen_at", "address", "browser")
_VIEWS = select(*(getattr(SessionRow, name) for name in _FIELDS))

# KEY SHARE waits for nothing but the closing of the account, which takes the row FOR UPDATE
_KEEP_ACCOUNT = (
    select(AccountRow.id)
    .join(UserRow, UserRow.account_id == AccountRow.id)
    .where(UserRow.id == bindparam("user"))
    .with_for_update(read=True, key_share=True, of=AccountRow)
)
# NO KEY: records that only refer to the user need not wait
_KEEP_USER = select(UserRow.id).where(UserRow.id == bindparam("user")).with_for_update(key_share=True)


@dataclass(frozen=True)
class Bearer:
    """A living session that a browser sent, and its user."""

    session_id: int
    user: UserView
    recent: bool
    """Whether the user authenticated within the last half hour."""


def digest(token: str) -> bytes:
    """By which a session, or the token of an e-mail, is found."""
    return hashlib.sha256(token.encode(errors="replace")).digest()


async def begin(
    connection: AsyncConnection,
    user: UserView,
    token: str,
    visit: Visit,
    authenticated_ago: timedelta = timedelta(),
) -> int:
    """Begin a session of the user with this token; its id. Old sessions of the user are forgotten."""
    over = or_(SessionRow.ended_at < now() - _KEPT_FOR, SessionRow.expires_at < now() - _KEPT_FOR)
    await connection.execute(delete(SessionRow).where(SessionRow.user_id == user.id, over))
    values = {
        "account_id": user.account_id,
        "user_id": user.id,
        "digest": digest(token),
        "confirmed_at": now() - literal(authenticated_ago),
        "expires_at": now() + literal(SIGNED_IN_FOR),
        "address": visit.address,
        "browser": visit.browser and visit.browser[:_LONGEST],
    }
    return int(await connection.scalar(insert(SessionRow).values(values).returning(SessionRow.id)) or 0)


async def bearer(connection: AsyncConnection, token: str) -> Bearer | None:
    """The living session with this token; None if there is none. Notes, to the minute, that it was seen."""
    row = (await connection.execute(_BEARER, {"of_digest": digest(token)})).one_or_none()
    if row is None:
        return None
    if row.touch:
        seen = update(SessionRow).where(SessionRow.id == row.session_id).values(seen_at=now())
        await connection.execute(seen)
    known = {name: value for name, value in row._mapping.items() if name not in _OF_SESSION}
    return Bearer(row.session_id, UserView(**known), row.recent)


_OF_SESSION = frozenset({"session_id", "recent", "touch"})


async def confirm(
    connection: AsyncConnection, user_id: int, session_id: int, authenticated_ago: timedelta = timedelta()
) -> None:
    """The user entered the password again in this session, or authenticated so long ago at the provider."""
    mine = update(SessionRow).where(SessionRow.user_id == user_id, SessionRow.id == session_id)
    await connection.execute(mine.values(confirmed_at=now() - literal(authenticated_ago)))


async def of_user(connection: AsyncConnection, user_id: int) -> Sequence[SessionView]:
    """The living sessions of a user, the newest first."""
    mine = _VIEWS.where(SessionRow.user_id == user_id, _ALIVE).order_by(SessionRow.id.desc())
    return [SessionView(**row._mapping) for row in await connection.execute(mine)]


async def find(connection: AsyncConnection, user_id: int, text: str) -> SessionView:
    """The living session of the user with this id (`SE-7`). Raises `NotFound` (`unknown_session`)."""
    number = parse_reference("SE", text)
    mine = _VIEWS.where(SessionRow.user_id == user_id, SessionRow.id == number, _ALIVE)
    row = None if number is None else (await connection.execute(mine)).one_or_none()
    if row is None:
        raise NotFound.because("unknown_session")
    return SessionView(**row._mapping)


async def end(connection: AsyncConnection, user_id: int, session_id: int) -> bool:
    """End a session of the user; whether it was living."""
    return bool(await _end(connection, SessionRow.user_id == user_id, SessionRow.id == session_id))


async def end_all(connection: AsyncConnection, user_id: int, *, but: int | None = None) -> int:
    """End all sessions of a user, except one; how many."""
    return await _end(connection, SessionRow.user_id == user_id, SessionRow.id.is_distinct_from(but))


async def end_token(connection: AsyncConnection, token: str) -> None:
    """End the session with this token."""
    await _end(connection, SessionRow.digest == digest(token))


async def keep(connection: AsyncConnection, user_id: int) -> UserView:
    """The user as they are now. Until the transaction ends no other one deactivates them, changes their
    password or closes their account: to be called first in it.
    """
    await connection.execute(_KEEP_ACCOUNT, {"user": user_id})
    await connection.execute(_KEEP_USER, {"user": user_id})
    return user_view((await connection.execute(select_users().where(UserRow.id == user_id))).one())


async def end_of_account(connection: AsyncConnection, account_id: int) -> int:
    """End the sessions of an account that closes; its provider desks go on (F67)."""
    mine = SessionRow.user_id.in_(closed_with(account_id))
    return await _end(connection, SessionRow.account_id == account_id, mine)


def closed_with(account_id: int) -> Select[int]:
    """The ids of the users who cannot act while the account is closed."""
    return select(UserRow.id).where(UserRow.account_id == account_id, UserRow.role != Role.PROVIDER_DESK)


async def _end(connection: AsyncConnection, *whose: ColumnElement[bool]) -> int:
    living = update(SessionRow).where(*whose, SessionRow.ended_at.is_(None))
    return (await connection.execute(living.values(ended_at=now()))).rowcount


async def person_at(connection: AsyncConnection, email: str) -> UserView | None:
    """The user with this address, of any account: it is asked for before a user is signed in."""
    of_address = select_users().where(func.lower(UserRow.email) == email.lower())
    row = (await connection.execute(of_address)).one_or_none()
    return None if row is None else user_view(row)
