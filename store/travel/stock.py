"""The free eSIMs of an account, by IMSI profile: reserved for orders, given back, and waited for.

Who allocates, waits for or adds stock locks the row of the profile first (`lock_profile`). Then `settle`
gives what is free to the orders that wait, oldest first: so no order waits beside free stock, and none passes
an earlier one (T17). The eSIM that ends first goes first, and one that has ended never does (T36): an order
that has not taken its eSIM by then waits again, in its place.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    String,
    bindparam,
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
from store.fleet.tables import SimRow
from store.locks import lock_subject_of
from store.orders.tables import OrderRow
from store.row import clock, now
from store.travel.line_tables import TravelOrderRow
from store.travel.settling import ASKED_AT, NOT_ENDED, PROFILE, Settled, settle
from store.travel.tables import TravelProfileRow, TravelStockRow

STOCK_ARRIVED = "stock_arrived"
"""The follow-up that has an order continue for which arriving stock was reserved; its target is the order."""
ALERT_STAFF = "alert_staff"
"""The follow-up that has a notice to the staff sent at once; its target is the notice."""
_KNOW = insert(TravelProfileRow).on_conflict_do_nothing()
_LOCK = select(TravelProfileRow.profile).where(*PROFILE).with_for_update(key_share=True)

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
    .values(waiting_since=clock(), asked_at=ASKED_AT)
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
        OrderRow.id > bindparam("after", type_=String),
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
    if kept is None:
        await connection.execute(_WAIT, {"order": order_id})
    settled = await settle(connection, account_id, profile)
    found = await _kept(connection, order_id)
    return Allocation(None if found is None else Reserved(found.id, found.iccid), settled.alerts)


async def release(connection: AsyncConnection, order_id: str, account_id: int, profile: int) -> Settled:
    """The order needs no eSIM any more: one that is reserved for it is free again, if its SIM is in stock."""
    await lock_profile(connection, account_id, profile)
    await connection.execute(_WAIT_NO_MORE, {"order": order_id})
    await connection.execute(_LET_GO, {"order": order_id})
    return await settle(connection, account_id, profile)


async def changed(connection: AsyncConnection, account_id: int, profile: int) -> Settled:
    """The stock of this profile or its threshold was changed in this transaction: what is free is reserved
    for the orders that wait for it, and what the staff is to be alerted of is recorded.
    """
    await lock_profile(connection, account_id, profile)
    return await settle(connection, account_id, profile)


async def reserved_unfinished(connection: AsyncConnection, at_most: int, after: str = "") -> list[str]:
    """Orders for which an eSIM is reserved, and which are open all the same a minute later, by id: what was
    to wake them was lost.
    """
    return list((await connection.scalars(_UNFINISHED, {"at_most": at_most, "after": after})).all())


async def _kept(connection: AsyncConnection, order_id: str) -> Any:
    return (await connection.execute(_KEPT, {"order": order_id})).one_or_none()
