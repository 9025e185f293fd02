"""What a change of the stock of an IMSI profile leads to: who gets what is free, and of what the staff is
alerted (T17, T26, T36).
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.inventory import SimState
from models.orders.lifecycle import OPEN
from models.travel.profiles import Notice
from store.fleet.tables import SimRow
from store.orders.tables import OrderRow
from store.row import clock, now
from store.travel import notices
from store.travel.line_tables import TravelOrderRow
from store.travel.tables import NEVER, TravelProfileRow, TravelStockRow

today = select(cast(func.timezone("UTC", now()), Date)).scalar_subquery()
"""The day in UTC, as a column that is computed once: an eSIM is handed out until the end of its `ends_on`."""
ENDED = TravelStockRow.ends_on < today
last_day = func.coalesce(TravelStockRow.ends_on, literal_column(NEVER, Date()))
"""The last day on which an eSIM can be handed out, as indexes have it."""
NOT_ENDED = last_day >= today
UNTOUCHED = and_(TravelStockRow.order_id.is_(None), TravelStockRow.revealed_at.is_(None))
FREE = and_(UNTOUCHED, SimRow.state == SimState.IN_STOCK, NOT_ENDED)
"""Whether an eSIM can be reserved, as a condition of a statement with `SimRow`: not one whose code was shown,
as a person who saw it could install it.
"""

PROFILE: tuple[Any, ...] = (
    TravelProfileRow.account_id == bindparam("account"),
    TravelProfileRow.profile == bindparam("of_profile"),
)
_OF_PROFILE: tuple[Any, ...] = (
    TravelStockRow.account_id == bindparam("account"),
    TravelStockRow.profile == bindparam("of_profile", type_=Integer),
)
_WAITING: tuple[Any, ...] = (
    TravelOrderRow.account_id == bindparam("account"),
    TravelOrderRow.profile == bindparam("of_profile", type_=Integer),
    TravelOrderRow.waiting_since.is_not(None),
)

ASKED_AT = func.coalesce(TravelOrderRow.asked_at, clock())
"""The place of an order among those that wait, which it keeps."""

_waits = (
    select(
        TravelOrderRow.order_id,
        func.row_number().over(order_by=(TravelOrderRow.asked_at, TravelOrderRow.order_id)).label("n"),
    )
    .where(*_WAITING)
    .cte("waits")
)
_first = (
    select(TravelStockRow.sim_id, last_day.label("last_day"))
    .join(SimRow, SimRow.id == TravelStockRow.sim_id)
    .where(*_OF_PROFILE, FREE)
    .order_by(last_day, TravelStockRow.sim_id)
    .limit(select(func.count()).select_from(_waits).scalar_subquery())
    .cte("first")
)
_given = select(
    _first.c.sim_id,
    func.row_number().over(order_by=(_first.c.last_day, _first.c.sim_id)).label("n"),
).cte("given")
_reserved = (
    update(TravelStockRow)
    .where(TravelStockRow.sim_id == _given.c.sim_id, _given.c.n == _waits.c.n, UNTOUCHED)
    .values(order_id=_waits.c.order_id)
    .returning(TravelStockRow.order_id.label("order_id"), _given.c.n.label("n"))
    .cte("reserved")
)
_served = (
    update(TravelOrderRow)
    .where(TravelOrderRow.order_id == _reserved.c.order_id)
    .values(waiting_since=null())
    .returning(TravelOrderRow.order_id)
    .cte("served")
)
_PAIR = select(_reserved.c.order_id).order_by(_reserved.c.n).add_cte(_served)
"""Reserve the free eSIMs, the one that ends first first, for the orders that wait, oldest first. One whose
code is shown at this moment is left out: the order waits still, and the next one is reserved for it.
"""
_ended = (
    select(TravelStockRow.sim_id, TravelStockRow.order_id)
    .join(SimRow, SimRow.id == TravelStockRow.sim_id)
    .join(OrderRow, OrderRow.id == TravelStockRow.order_id)
    .where(
        *_OF_PROFILE,
        SimRow.state == SimState.IN_STOCK,
        ENDED,
        OrderRow.status.in_(sorted(OPEN)),
    )
    .order_by(TravelStockRow.sim_id)
    .with_for_update(of=SimRow, key_share=True)
    .cte("ended")
)
_lost = (
    update(TravelStockRow)
    .where(TravelStockRow.sim_id == _ended.c.sim_id, TravelStockRow.order_id == _ended.c.order_id)
    .values(order_id=null())
    .returning(_ended.c.order_id.label("order_id"))
    .cte("lost")
)
_WAIT_AGAIN = (
    update(TravelOrderRow)
    .where(TravelOrderRow.order_id == _lost.c.order_id)
    .values(waiting_since=clock(), asked_at=ASKED_AT)
)
"""Have the orders wait again whose reserved eSIM has ended in stock, in their places."""
_free_count = (
    select(func.count())
    .select_from(TravelStockRow)
    .join(SimRow, SimRow.id == TravelStockRow.sim_id)
    .where(*_OF_PROFILE, FREE)
    .scalar_subquery()
)
_waits_count = select(func.count()).select_from(TravelOrderRow).where(*_WAITING).scalar_subquery()
_LEVEL = select(
    (_free_count < TravelProfileRow.threshold).label("low"),
    TravelProfileRow.low_since,
    (_waits_count > 0).label("waits"),
    (_free_count > 0).label("free"),
    TravelProfileRow.waiting_since,
).where(*PROFILE)
_SET_LEVEL = (
    update(TravelProfileRow)
    .where(*PROFILE)
    .values(low_since=bindparam("low_from"), waiting_since=bindparam("waits_from"))
)
_CLOCK = select(clock())


@dataclass(frozen=True)
class Settled:
    """What a change of the stock leads to, once it is committed."""

    served: tuple[str, ...] = ()
    """The orders for which an eSIM is reserved now: they are to be woken (signal `retry`)."""
    alerts: tuple[str, ...] = ()
    """The notices to the staff that were recorded with it: their workflows are to be started."""


NOTHING = Settled()


async def settle(connection: AsyncConnection, account_id: int, profile: int) -> Settled:
    """Give what is free to those that wait, then record the alerts of what has changed (T17, T26). The
    profile is locked.
    """
    which = {"account": account_id, "of_profile": profile}
    await connection.execute(_WAIT_AGAIN, which)
    served: list[str] = []
    while True:
        served += (await connection.scalars(_PAIR, which)).all()
        level = (await connection.execute(_LEVEL, which)).one()
        if not (level.waits and level.free):
            break
    if (level.low, level.waits) == (level.low_since is not None, level.waiting_since is not None):
        return Settled(tuple(served))
    present = await connection.scalar(_CLOCK)
    since = {
        "low_from": (level.low_since or present) if level.low else None,
        "waits_from": (level.waiting_since or present) if level.waits else None,
    }
    await connection.execute(_SET_LEVEL, {**which, **since})
    new = {
        Notice.STOCK_LOW: level.low and level.low_since is None,
        Notice.ORDER_WAITS: level.waits and level.waiting_since is None,
    }
    recorded = [
        await notices.record(connection, account_id, notice, profile=profile)
        for notice, is_new in new.items()
        if is_new
    ]
    return Settled(tuple(served), tuple(recorded))
