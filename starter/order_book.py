"""Reading orders, from the database: works while Temporal and the workers are down."""

import asyncio
from collections.abc import AsyncIterator

from models.inventory import OrderView
from models.lifecycle import OPEN, OrderStatus
from store import lookups, orders, people
from store.session import Database


class OrderBook:
    """All orders, as the inventory's database has them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def order(self, order_id: str) -> OrderView:
        """One order with its events. Raises `NotFound`."""
        async with self._database.transaction() as connection:
            return await orders.order(connection, order_id)

    async def orders(
        self,
        *,
        status: OrderStatus | None = None,
        open_only: bool = False,
        held: bool = False,
        incidents: bool = False,
        line: str | None = None,
        limit: int = 100,
    ) -> list[OrderView]:
        """The newest orders: of one line, in one status, those that are open, that wait for a person, or
        that the provider processed after they were cancelled.
        """
        async with self._database.transaction() as connection:
            line_id = (await lookups.find_line(connection, line, None)).id if line else None
            return await orders.orders(
                connection,
                status=status,
                open_only=open_only,
                held=held,
                incidents=incidents,
                line_id=line_id,
                limit=limit,
            )

    async def people(self, order: OrderView) -> dict[str, str]:
        """Names and addresses of those whom the order's events refer to, such as `contact:7`."""
        references = {event.actor for event in order.events}
        references |= {str(event.data["to"]) for event in order.events if "to" in event.data}
        async with self._database.transaction() as connection:
            return await people.names(connection, order.account_id, references)

    async def watch(self, order_id: str, every: float = 0.5) -> AsyncIterator[OrderView]:
        """The order now, and again whenever something happened to it, until it ends.

        Looks every so many seconds.
        """
        seen = -1
        while True:
            order = await self.order(order_id)
            if len(order.events) > seen:
                seen = len(order.events)
                yield order
            if order.status not in OPEN and order.held_reason is None:
                return
            await asyncio.sleep(every)
