"""The append-only story of an order."""

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.inventory import EventView
from store.tables import OrderEventRow

Happening = tuple[str, dict[str, Any]]
"""A dotted type and its data: ids, counts and codes, never names, addresses or numbers of people."""

_APPEND = insert(OrderEventRow)


async def append(connection: AsyncConnection, order_id: str, actor: str, *happenings: Happening) -> None:
    """Add what happened, in this order, with who did it."""
    rows = [{"order_id": order_id, "actor": actor, "type": event, "data": data} for event, data in happenings]
    await connection.execute(_APPEND, rows)


async def of_order(connection: AsyncConnection, order_id: str) -> tuple[EventView, ...]:
    """Everything that happened to an order, oldest first."""
    rows = await connection.execute(
        select(OrderEventRow.at, OrderEventRow.actor, OrderEventRow.type, OrderEventRow.data)
        .where(OrderEventRow.order_id == order_id)
        .order_by(OrderEventRow.id)
    )
    return tuple(EventView(at=row.at, actor=row.actor, type=row.type, data=row.data) for row in rows)
