"""The append-only log of everything that happened, and the feed that others follow it by.

    page = await events.read(connection, cursor, account_id=7, audience=Audience.ACCOUNT, limit=100)
    ...                                          # handle page.events, keep page.cursor with what was done
    page = await events.read(connection, page.cursor, ...)

An event gets its id when it is inserted, but is visible when its transaction commits: a reader that follows
ids misses events that commit late. So the feed is ordered by (epoch, transaction, id), and shows only events
of transactions that are older than every running one. A long write transaction delays the feed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events import Audience, EventView, FeedEvent, audience_of
from models.feed import START, Cursor
from models.people.callers import AllAccounts, OfMode, Scope
from store.event_table import EventRow, FeedEpochRow, Xid8
from store.row import clock

Happening = tuple[str, dict[str, Any]]
"""A dotted type and its data: ids, counts and codes, never names, addresses or numbers of people."""

_APPEND = insert(EventRow).inline()
"""The ids that PostgreSQL gives are not asked for."""
_ALSO_ABOUT = ("sim", "esim_line")
"""The records that an event refers to where its data names them."""
_VIEW = (EventRow.at, EventRow.actor, EventRow.type, EventRow.data, EventRow.about)
_EACH = select(*_VIEW).order_by(EventRow.id)
_ABOUT = EventRow.about.contains(bindparam("reference", type_=EventRow.about.type))
_OF = _EACH.where(_ABOUT)


async def append(
    connection: AsyncConnection,
    account_id: int | None,
    about: tuple[str, ...],
    actor: str,
    *happenings: Happening,
    origin_id: int | None = None,
) -> None:
    """Add what happened, in this order, with who did it. A SIM and an eSIM line that the data names
    are referred to, too.

    Raises `LookupError` where a type is not declared in `models.events`.
    """
    each = [(about, happened) for happened in happenings]
    await append_each(connection, account_id, actor, each, origin_id=origin_id)


async def append_each(
    connection: AsyncConnection,
    account_id: int | None,
    actor: str,
    happenings: Iterable[tuple[tuple[str, ...], Happening]],
    *,
    origin_id: int | None = None,
) -> None:
    """Add what happened to one thing and another, each with what it is about; else as `append`."""
    by = {"account_id": account_id, "actor": actor, "origin_id": origin_id}
    rows = [by | row_of(about, happened) for about, happened in happenings]
    await connection.execute(_APPEND, rows)


def row_of(about: tuple[str, ...], happened: Happening) -> dict[str, Any]:
    """The columns of an event that say what happened, and to what. Raises `LookupError` like `append`."""
    event, data = happened
    return {"about": _about(about, data), "type": event, "data": data, "audience": audience_of(event)}


async def of(
    connection: AsyncConnection,
    scope: Scope,
    reference: str,
    *,
    besides: Sequence[str] = (),
    of_types: tuple[str, ...] = (),
) -> tuple[EventView, ...]:
    """What happened to what is known by this reference, oldest first; `besides` it also to what is known by
    these, but only events whose types begin as `of_types` say.

    In the scope of all accounts everything. Other scopes hold their account's events that the account may
    see (`Audience`); the caller has checked that what the reference names is in the scope.
    """
    if isinstance(scope, OfMode):  # accounts are listed with it, no record of them is read
        return ()
    found = _OF
    if besides:
        types = or_(*(EventRow.type.startswith(beginning) for beginning in of_types))
        found = _EACH.where(or_(_ABOUT, and_(EventRow.about.overlap(list(besides)), types)))
    if not isinstance(scope, AllAccounts):
        found = found.where(EventRow.account_id == scope.account_id, EventRow.audience == Audience.ACCOUNT)
    rows = await connection.execute(found, {"reference": [reference]})
    return tuple(map(_view, rows))


# --- the feed ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """Events in the feed's order, and the cursor to read on from; it stays where nothing is new."""

    events: tuple[FeedEvent, ...]
    cursor: Cursor


_PLACE = (EventRow.epoch, EventRow.xid, EventRow.id)
_FEED: Select[Any] = (
    select(
        *_VIEW,
        EventRow.account_id,
        EventRow.origin_id,
        EventRow.epoch,
        cast(EventRow.xid, Text).label("xid"),
        EventRow.id,
    )
    .where(
        tuple_(*_PLACE)
        > tuple_(
            bindparam("epoch", type_=BigInteger),
            cast(bindparam("xid", type_=Text), Xid8()),
            bindparam("id", type_=BigInteger),
        ),
        or_(
            EventRow.epoch < func.esim_epoch(),
            EventRow.xid < func.pg_snapshot_xmin(func.pg_current_snapshot()),
        ),
    )
    .order_by(*_PLACE)
    .limit(bindparam("limit", type_=BigInteger))
)


async def read(
    connection: AsyncConnection,
    cursor: Cursor = START,
    *,
    audience: Audience,
    account_id: int | None = None,
    limit: int = 100,
) -> Page:
    """The events after the cursor: each exactly once, however their transactions overlap.

    Without an account those of all accounts and of the platform. For the audience `account` only what an
    account may see.
    """
    wanted = _FEED
    if account_id is not None:
        wanted = wanted.where(EventRow.account_id == account_id)
    if audience is Audience.ACCOUNT:
        wanted = wanted.where(EventRow.audience == Audience.ACCOUNT)
    place = {"epoch": cursor.epoch, "xid": str(cursor.xid), "id": cursor.id, "limit": limit}
    rows = (await connection.execute(wanted, place)).all()
    if not rows:
        return Page((), cursor)
    places = [Cursor(row.epoch, int(row.xid), row.id) for row in rows]
    return Page(tuple(map(fed, rows, places)), places[-1])


# not its timeline: a failover raises that, and transactions are numbered on
_CLUSTER = literal_column("(SELECT CAST(system_identifier AS text) FROM pg_control_system())", Text)
_RAISE = (
    update(FeedEpochRow)
    .values(
        cluster=_CLUSTER,
        epoch=func.greatest(
            FeedEpochRow.epoch + 1, cast(func.floor(func.extract("epoch", clock())), BigInteger)
        ),
    )
    .returning(FeedEpochRow.epoch)
)


async def raise_epoch(connection: AsyncConnection) -> int:
    """The database was restored: what happens from now on comes after all that it holds, also in the feed,
    although the ids of transactions may have begun anew. The new epoch.

    It is the time in seconds, so that it is new also where the same backup is restored a second time. Waits
    for writers, for what they append belongs to the epoch that they see.
    """
    await connection.execute(text("LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE"))
    return int((await connection.execute(_RAISE)).scalar_one())


_UNANNOUNCED = select(
    or_(
        exists().where(FeedEpochRow.cluster != _CLUSTER),
        exists().where(
            EventRow.epoch == func.esim_epoch(),
            EventRow.xid >= func.pg_snapshot_xmax(func.pg_current_snapshot()),
        ),
    )
)


async def restored_unannounced(connection: AsyncConnection) -> bool:
    """Whether the events are another cluster's, or of transactions that this one has not had yet: then the
    database was restored into it, and `raise_epoch` was not called. The feed would leave out what happens
    now.
    """
    return bool(await connection.scalar(_UNANNOUNCED))


def _about(about: tuple[str, ...], data: dict[str, Any]) -> list[str]:
    named = (f"{record}:{data[record]}" for record in _ALSO_ABOUT if record in data)
    return [*about, *(reference for reference in named if reference not in about)]


def _view(row: Any) -> EventView:
    return EventView(at=row.at, actor=row.actor, type=row.type, data=row.data, about=tuple(row.about))


def fed(row: Any, place: Cursor) -> FeedEvent:
    """The event of a row of the feed."""
    return FeedEvent(id=str(place), account_id=row.account_id, origin_id=row.origin_id, **dict(_view(row)))
