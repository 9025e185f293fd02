"""Finds the order that a caller names, within the caller's scope."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.identifiers import parse_reference
from models.orders.lifecycle import OPEN, OrderStatus
from models.people.callers import Scope
from store.fleet.tables import LineRow
from store.lookups import find_line, phone_number
from store.orders import refused, views
from store.orders.scope import mine
from store.orders.tables import OrderRow
from store.scopes import within


@dataclass(frozen=True)
class OrderKey:
    """An order that was found, with its account, kind, distributor and status."""

    id: str
    kind: str
    account_id: int
    distributor_id: int | None
    status: OrderStatus


_ORDER = select(OrderRow.id, OrderRow.kind, OrderRow.account_id, OrderRow.distributor_id, OrderRow.status)


async def find_order(connection: AsyncConnection, scope: Scope, order_id: str) -> OrderKey:
    """The order with this id. Raises `NotFound` (`unknown_order`), also for one out of the scope.

    Raises `Refused` (`already_refused`) for one that was refused: it has no row, nothing can be done to it.
    """
    row = (await connection.execute(_ORDER.where(OrderRow.id == order_id, mine(scope)))).one_or_none()
    if row is None:
        if await refused.find(connection, scope, order_id):
            raise Refused.because("already_refused")
        raise views.unknown(order_id)
    return OrderKey(row.id, row.kind, row.account_id, row.distributor_id, OrderStatus(row.status))


async def find_open_order(connection: AsyncConnection, scope: Scope, line: str) -> str | None:
    """The id of the open order of the line with this phone number or id (`L-42`), if it has one.

    Also for a caller who sees an order and not its line. Raises `NotFound` (`unknown_line`).
    """
    seen = within(scope, OrderRow.account_id, distributor=OrderRow.distributor_id)
    number = parse_reference("L", line)
    meant = LineRow.msisdn == phone_number(line) if number is None else LineRow.id == number
    of_line = select(OrderRow.id).join(LineRow, LineRow.subject == OrderRow.subject)
    found: str | None = await connection.scalar(of_line.where(meant, seen, OrderRow.status.in_(OPEN)))
    if found is None:
        await find_line(connection, scope, line)
    return found
