"""The queue of a provider desk: open orders that wait for their distributor, the oldest first (P9)."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Select, String, any_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.orders.lifecycle import OrderStatus
from models.orders.views import OrderQueue
from models.paging import Page, Wanted
from models.people.callers import Scope
from store.fleet.tables import SimRow
from store.orders import views
from store.orders.scope import mine
from store.orders.tables import OPEN_STATUSES, OrderRow
from store.paging import Keys, built_once, up_to
from store.people.tables import DistributorRow
from store.row import constants, now
from store.scopes import shaped

_WAITING = (OrderStatus.SUBMITTED, OrderStatus.PROVIDER_PROCESSING)
_OLDEST = Keys(OrderRow.placed_at, OrderRow.id)


async def queue(
    connection: AsyncConnection,
    scope: Scope,
    wanted: Wanted,
    *,
    status: OrderStatus | None = None,
    distributor: str = "",
) -> OrderQueue:
    """A page of the queue; only orders in this status, or of the distributor of this name."""
    shape, known = shaped(scope)
    known = {**known, "distributor": distributor.strip()}
    of_one = bool(known["distributor"])
    known |= _OLDEST.position(wanted)
    statement = _queue(shape, status, wanted.limit, of_one=of_one, first=wanted.after is None)
    rows = await _OLDEST.page(connection, statement, wanted, known)
    counted = (await connection.execute(_counted(shape, of_one=of_one), known)).one()
    return OrderQueue(
        orders=Page(await views.read(connection, rows), rows.following),
        now=counted.now,
        waiting={each: counted._mapping[each.value] for each in _WAITING},
    )


_OWNERS = select(SimRow.iccid, SimRow.id).where(
    SimRow.account_id == any_(bindparam("accounts", type_=ARRAY(BigInteger))),
    SimRow.iccid == any_(bindparam("iccids", type_=ARRAY(String))),
)


async def owners(
    connection: AsyncConnection, accounts: Collection[int], iccids: Collection[str]
) -> dict[str, int]:
    """The SIMs of these accounts that have one of these ICCIDs, by ICCID."""
    rows = await connection.execute(_OWNERS, {"accounts": list(accounts), "iccids": list(iccids)})
    return {row.iccid: row.id for row in rows}


@built_once
def _queue(
    scope: Scope, status: OrderStatus | None, limit: int | None, *, of_one: bool, first: bool
) -> Select[*tuple[Any, ...]]:
    """The page, then what is shown of it: else all orders that wait would be joined with it to be sorted."""
    part = _OLDEST.of(_narrowed(_ids(scope), status, of_one=of_one), Wanted(limit, None if first else ()))
    return views.selected(scope).where(OrderRow.id.in_(part))


@built_once
def _counted(scope: Scope, *, of_one: bool) -> Select[*tuple[Any, ...]]:
    """The present time, and how many orders are in each status."""
    counts = (up_to(_narrowed(_ids(scope), status, of_one=of_one)).label(status.value) for status in _WAITING)
    return select(now().label("now"), *counts)


def _ids(scope: Scope) -> Select[*tuple[Any, ...]]:
    joined = select(OrderRow.id).join(DistributorRow, DistributorRow.id == OrderRow.distributor_id)
    return joined.where(mine(scope))


def _narrowed(
    orders: Select[*tuple[Any, ...]], status: OrderStatus | None, *, of_one: bool
) -> Select[*tuple[Any, ...]]:
    waiting = orders.where(OrderRow.status.in_(OPEN_STATUSES), OrderRow.distributor_id.is_not(None))
    if status is not None:
        waiting = waiting.where(OrderRow.status.in_(constants([status])))
    if of_one:
        name = bindparam("distributor", type_=String)
        waiting = waiting.where(func.lower(DistributorRow.name) == func.lower(name))
    return waiting
