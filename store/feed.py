"""Reads the feed of events for who follows it: what an account may see, page by page, from a cursor.

    page = await feed.page(connection, FeedFilter(OfAccount(7)), cursor, limit=100)

How it is ordered, and why nothing is missed: `store.events`. Where a page is the last one, its cursor is
where the feed ended when the page was read: a reader whom little concerns does not read all of it again.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    String,
    Text,
    cast,
    column,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events import Audience
from models.feed import Cursor, FeedFilter, FeedItem, FeedPage, News
from models.people.callers import OfDistributor
from store.event_scopes import about_travel, distributor_of_order, of_distributor
from store.event_table import EventRow, Xid8
from store.events import fed

_PLACE = (EventRow.epoch, EventRow.xid, EventRow.id)
_COLUMNS = (
    EventRow.epoch,
    cast(EventRow.xid, Text).label("xid"),
    EventRow.id,
    EventRow.at,
    EventRow.actor,
    EventRow.type,
    EventRow.data,
    EventRow.about,
    EventRow.account_id,
    EventRow.origin_id,
)
_VISIBLE = or_(
    EventRow.epoch < func.esim_epoch(),
    EventRow.xid < func.pg_snapshot_xmin(func.pg_current_snapshot()),
)
"""Events of transactions that are older than every running one."""
_END = select(
    func.esim_epoch().label("epoch"),
    cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text).label("xid"),
)
_FEW_TYPES = 16
"""As many types are looked up one by one; for more, the account's events are read through."""


async def end(connection: AsyncConnection) -> Cursor:
    """Where the feed ends at this moment: before what running transactions may still add."""
    row = (await connection.execute(_END)).one()
    return Cursor(row.epoch, int(row.xid), 0)


async def page(connection: AsyncConnection, wanted: FeedFilter, after: Cursor, *, limit: int) -> FeedPage:
    """The next events that the filter accepts."""
    ended = await end(connection)
    rows = (await connection.execute(next_page(wanted, after, limit + 1))).all()
    return _page(rows, after, ended, limit, wanted)


async def news(connection: AsyncConnection, after: Cursor, *, limit: int) -> FeedPage:
    """The next events of all accounts, with what a filter decides by: for one reader that serves many."""
    ended = await end(connection)
    statement = (
        select(*_COLUMNS, distributor_of_order().label("distributor_id"), about_travel().label("travel"))
        .where(tuple_(*_PLACE) > _place(after), _VISIBLE, EventRow.audience == Audience.ACCOUNT)
        .order_by(*_PLACE)
        .limit(literal(limit + 1, BigInteger))
    )
    return _page((await connection.execute(statement)).all(), after, ended, limit, None)


async def anything_later(connection: AsyncConnection, wanted: FeedFilter, after: Cursor) -> bool:
    """Whether there is an event about the filter's record after the cursor, also one that the feed does not
    show yet.
    """
    of_record = select(*_PLACE).where(*_of(wanted)).cte("of_record").prefix_with("MATERIALIZED")
    later = tuple_(of_record.c.epoch, of_record.c.xid, of_record.c.id) > _place(after)
    return bool(await connection.scalar(select(select(of_record.c.id).where(later).exists())))


def next_page(wanted: FeedFilter, after: Cursor, few: int) -> Select[Any]:
    """The statement that reads a page: at most so many events after the cursor."""
    conditions = _of(wanted)
    later = (tuple_(*_PLACE) > _place(after), _VISIBLE)
    if wanted.about is not None:
        # by what they are about: the planner would rather read through the account's events in their sequence
        of_record = select(EventRow.id).where(*conditions, *later).cte("of_record")
        of_record = of_record.prefix_with("MATERIALIZED")
        chosen: ColumnElement[bool] = EventRow.id.in_(select(of_record.c.id))
        conditions = [EventRow.account_id == wanted.scope.account_id]
    elif wanted.types is not None and len(wanted.types) <= _FEW_TYPES:
        # the next of each type, in the sequence of an index, then the next of these
        types: Any = func.unnest(literal(sorted(wanted.types), ARRAY(String)))
        types = types.table_valued(column("type", String)).render_derived(name="types")
        next_ = select(*_PLACE).where(EventRow.type == types.c.type, *conditions, *later).order_by(*_PLACE)
        of_type = next_.limit(literal(few, BigInteger)).correlate(types).lateral("of_type")
        found = select(of_type.c.id).select_from(types.join(of_type, true()))
        found = found.order_by(of_type.c.epoch, of_type.c.xid, of_type.c.id).limit(literal(few, BigInteger))
        chosen = EventRow.id.in_(found.correlate(None))
        conditions = [EventRow.account_id == wanted.scope.account_id]
    else:
        chosen = true()
        conditions += later
    statement = select(*_COLUMNS).where(*conditions, chosen).order_by(*_PLACE)
    return statement.limit(literal(few, BigInteger))


def _of(wanted: FeedFilter) -> list[ColumnElement[bool]]:
    """The conditions of a filter, as `FeedFilter.accepts` asks them of one event."""
    scope = wanted.scope
    conditions: list[ColumnElement[bool]] = [
        EventRow.account_id == scope.account_id,
        EventRow.audience == Audience.ACCOUNT,
    ]
    if wanted.types is not None:
        conditions.append(EventRow.type == func.any(literal(sorted(wanted.types), ARRAY(String))))
    if wanted.about is not None:
        conditions.append(EventRow.about.contains([wanted.about]))
    if isinstance(scope, OfDistributor):
        conditions.append(of_distributor(scope.distributor_id))
    elif not scope.travel:
        conditions.append(not_(about_travel()))
    return conditions


def _place(cursor: Cursor) -> Any:
    return tuple_(
        literal(cursor.epoch, BigInteger),
        cast(literal(str(cursor.xid), Text), Xid8()),
        literal(cursor.id, BigInteger),
    )


def _page(
    rows: Sequence[Any], after: Cursor, ended: Cursor, limit: int, wanted: FeedFilter | None
) -> FeedPage:
    found = tuple(map(_news, rows[:limit]))
    more = len(rows) > limit
    last = found[-1].place if found else after
    return FeedPage(found, last if more else max(last, ended), more=more, wanted=wanted)


def _news(row: Any) -> News:
    place = Cursor(row.epoch, int(row.xid), row.id)
    return News(
        item=FeedItem.of(fed(row, place)),
        place=place,
        account_id=row.account_id,
        about=tuple(row.about),
        distributor_id=getattr(row, "distributor_id", None),
        travel=getattr(row, "travel", False),
    )
