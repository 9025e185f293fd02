"""The free eSIMs of an account, by IMSI profile: reserved for orders, given back, and waited for.

Who allocates, waits for or adds stock locks the row of the profile first (`lock_profile`). Then `_settle`
gives what is free to the orders that wait, oldest first: so no order waits beside free stock, and none passes
an earlier one (T17). The eSIM that ends first goes first, and one that has ended never does (T36).
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
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.inventory import SimState
from models.orders.lifecycle import OrderStatus
from models.travel.profiles import Notice
from store.fleet.tables import SimRow
from store.locks import lock_subject_of
from store.orders.tables import OrderRow
from store.row import clock, now
from store.travel import notices
from store.travel.line_tables import TravelOrderRow
from store.travel.tables import TravelProfileRow, TravelStockRow

STOCK_ARRIVED = "stock_arrived"
"""The follow-up that has an order continue for which arriving stock was reserved; its target is the order."""
today = cast(func.timezone("UTC", now()), Date)
"""The day in UTC, as a column: an eSIM is handed out until the end of its `ends_on`."""
NOT_ENDED = or_(TravelStockRow.ends_on.is_(None), TravelStockRow.ends_on >= today)
_UNTOUCHED = and_(TravelStockRow.order_id.is_(None), TravelStockRow.revealed_at.is_(None))
FREE = and_(_UNTOUCHED, SimRow.state == SimState.IN_STOCK, NOT_ENDED)
"""Whether an eSIM can be reserved, as a condition of a statement with `SimRow`: not one whose code was shown,
as a person who saw it could install it.
"""

_PROFILE: tuple[Any, ...] = (
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
_KNOW = insert(TravelProfileRow).on_conflict_do_nothing()
_LOCK = select(TravelProfileRow.profile).where(*_PROFILE).with_for_update(key_share=True)

_waits = (
    select(
        TravelOrderRow.order_id,
        func.row_number().over(order_by=(TravelOrderRow.waiting_since, TravelOrderRow.order_id)).label("n"),
    )
    .where(*_WAITING)
    .cte("waits")
)
_first = (
    select(TravelStockRow.sim_id, TravelStockRow.ends_on)
    .join(SimRow, SimRow.id == TravelStockRow.sim_id)
    .where(*_OF_PROFILE, FREE)
    .order_by(TravelStockRow.ends_on.nulls_last(), TravelStockRow.sim_id)
    .limit(select(func.count()).select_from(_waits).scalar_subquery())
    .cte("first")
)
_given = select(
    _first.c.sim_id,
    func.row_number().over(order_by=(_first.c.ends_on.nulls_last(), _first.c.sim_id)).label("n"),
).cte("given")
_reserved = (
    update(TravelStockRow)
    .where(TravelStockRow.sim_id == _given.c.sim_id, _given.c.n == _waits.c.n, _UNTOUCHED)
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
).where(*_PROFILE)
_SET_LEVEL = (
    update(TravelProfileRow)
    .where(*_PROFILE)
    .values(low_since=bindparam("low_from"), waiting_since=bindparam("waits_from"))
)
_CLOCK = select(clock())
_ASKED = (
    select(TravelOrderRow.account_id, TravelOrderRow.profile, OrderRow.status, OrderRow.kind)
    .join(OrderRow, OrderRow.id == TravelOrderRow.order_id)
    .where(TravelOrderRow.order_id == bindparam("order"))
)
_LOCK_ORDER = select(OrderRow.id).where(OrderRow.id == bindparam("order")).with_for_update(key_share=True)
_KEPT = (
    select(SimRow.id, SimRow.iccid, or_(SimRow.state != SimState.IN_STOCK, NOT_ENDED).label("usable"))
    .join(TravelStockRow, TravelStockRow.sim_id == SimRow.id)
    .where(TravelStockRow.order_id == bindparam("order"))
)
_WAIT = (
    update(TravelOrderRow)
    .where(TravelOrderRow.order_id == bindparam("order"), TravelOrderRow.waiting_since.is_(None))
    .values(waiting_since=clock())
)
_LET_GO = (
    update(TravelStockRow)
    .where(
        TravelStockRow.order_id == bindparam("order"),
        select(SimRow.id)
        .where(SimRow.id == TravelStockRow.sim_id, SimRow.state == SimState.IN_STOCK)
        .exists(),
    )
    .values(order_id=null())
    .returning(TravelStockRow.sim_id)
)
_WAIT_NO_MORE = (
    update(TravelOrderRow).where(TravelOrderRow.order_id == bindparam("order")).values(waiting_since=null())
)
_UNFINISHED = (
    select(OrderRow.id)
    .join(TravelStockRow, TravelStockRow.order_id == OrderRow.id)
    .where(
        OrderRow.status.in_((OrderStatus.SUBMITTED, OrderStatus.PROVIDER_PROCESSING)),
        OrderRow.status_since < now() - func.make_interval(0, 0, 0, 0, 0, 1),
    )
    .order_by(OrderRow.id)
    .limit(bindparam("at_most"))
)


@dataclass(frozen=True)
class Reserved:
    """The eSIM that is reserved for an order."""

    sim_id: int
    iccid: str


@dataclass(frozen=True)
class Allocation:
    """What an order that asks for an eSIM gets."""

    esim: Reserved | None
    """None: it waits for stock."""
    alerts: tuple[str, ...] = ()
    """The notices to the staff that were recorded with it: the first order that waits, stock that is low."""


@dataclass(frozen=True)
class Asked:
    """An order that is locked, and the eSIM that it needs."""

    order_id: str
    account_id: int
    kind: str
    status: OrderStatus
    profile: int


async def lock_profile(connection: AsyncConnection, account_id: int, profile: int) -> None:
    """Lock a profile of the account until the end of the transaction. In the lock sequence it has its place
    after the order and before the SIM.
    """
    which = {"account": account_id, "of_profile": profile}
    if (await connection.execute(_LOCK, which)).one_or_none() is None:
        await connection.execute(_KNOW, {"account_id": account_id, "profile": profile})
        await connection.execute(_LOCK, which)


async def lock_order(connection: AsyncConnection, order_id: str) -> Asked | None:
    """Lock an order about a travel eSIM, after its subject: it is not cancelled meanwhile. None if there is
    none.
    """
    await lock_subject_of(connection, order_id)
    await connection.execute(_LOCK_ORDER, {"order": order_id})
    row = (await connection.execute(_ASKED, {"order": order_id})).one_or_none()
    if row is None:
        return None
    return Asked(order_id, row.account_id, row.kind, OrderStatus(row.status), row.profile)


async def reserve(connection: AsyncConnection, order_id: str, account_id: int, profile: int) -> Allocation:
    """The eSIM that is reserved for this order, from now on if it was not before; else the order waits. The
    order is locked. Called again, it gives the same eSIM, unless that has ended in stock meanwhile.
    """
    await lock_profile(connection, account_id, profile)
    kept = await _kept(connection, order_id)
    if kept is not None and kept.usable:
        return Allocation(Reserved(kept.id, kept.iccid))
    if kept is not None:
        await connection.execute(_LET_GO, {"order": order_id})
    await connection.execute(_WAIT, {"order": order_id})
    _, alerts = await _settle(connection, account_id, profile)
    found = await _kept(connection, order_id)
    return Allocation(None if found is None else Reserved(found.id, found.iccid), alerts)


async def release(connection: AsyncConnection, order_id: str, account_id: int, profile: int) -> list[str]:
    """The order needs no eSIM any more: one that is reserved for it is free again, if its SIM is in stock.
    Returns the orders for which it is reserved now.
    """
    await lock_profile(connection, account_id, profile)
    await connection.execute(_WAIT_NO_MORE, {"order": order_id})
    await connection.execute(_LET_GO, {"order": order_id})
    served, _ = await _settle(connection, account_id, profile)
    return served


async def arrived(connection: AsyncConnection, account_id: int, profile: int) -> list[str]:
    """Stock of this profile was added in this transaction: it is reserved for the orders that wait for it.
    Returns these; they are to be woken once the transaction is committed (signal `retry`).
    """
    await lock_profile(connection, account_id, profile)
    served, _ = await _settle(connection, account_id, profile)
    return served


async def reserved_unfinished(connection: AsyncConnection, at_most: int = 100) -> list[str]:
    """Orders for which an eSIM is reserved, and which are open all the same a minute later: what was to wake
    them was lost.
    """
    return list((await connection.scalars(_UNFINISHED, {"at_most": at_most})).all())


async def _kept(connection: AsyncConnection, order_id: str) -> Any:
    return (await connection.execute(_KEPT, {"order": order_id})).one_or_none()


async def _settle(
    connection: AsyncConnection, account_id: int, profile: int
) -> tuple[list[str], tuple[str, ...]]:
    """Give what is free to those that wait, then record the alerts of what has changed (T17, T26): the orders
    that have an eSIM now, and the alerts. The profile is locked.
    """
    which = {"account": account_id, "of_profile": profile}
    served: list[str] = []
    while True:
        served += (await connection.scalars(_PAIR, which)).all()
        level = (await connection.execute(_LEVEL, which)).one()
        if not (level.waits and level.free):
            break
    if (level.low, level.waits) == (level.low_since is not None, level.waiting_since is not None):
        return served, ()
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
    return served, tuple(recorded)
