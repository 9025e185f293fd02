"""Read orders from the database, so it works while Temporal and the workers are down."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta

from models.identifiers import storable
from models.orders.lifecycle import OPEN, OrderStatus
from models.orders.views import OrderQueue, OrderView
from models.paging import Page, Position, Wanted
from models.people.callers import Caller, OfAccount, Permission
from store import lookups
from store.orders import queue, views
from store.people import references as people
from store.session import Database


class OrderBook:
    """Reads the orders in the caller's scope."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def database(self) -> Database:
        """The database that this desk reads."""
        return self._database

    async def order(self, caller: Caller, order_id: str, *, history: bool = True) -> OrderView:
        """One order with its events, unless its `history` is not needed. Raises `NotFound`."""
        async with self._database.reading() as connection:
            found = await views.order(connection, caller.scope, order_id, history=history)
        caller.require(Permission.VIEW_ORDERS)
        return found

    async def placed(self, caller: Caller, order_id: str, kind: str) -> OrderView:
        """An order of this kind that the caller has just placed. Raises `NotFound`.

        Its events, holds and unsent e-mails are left out: only later steps write these.
        """
        async with self._database.reading() as connection:
            found = await views.placed(connection, caller.scope, order_id, kind)
        caller.require(Permission.VIEW_ORDERS)
        return found

    async def orders(
        self,
        caller: Caller,
        *,
        account: str | None = None,
        status: OrderStatus | None = None,
        open_only: bool = False,
        held: bool = False,
        incidents: bool = False,
        late_after: Mapping[OrderStatus, timedelta] | None = None,
        line: str | None = None,
        purchase_reference: str | None = None,
        limit: int = 100,
        after: Position | None = None,
    ) -> Page[OrderView]:
        """List the newest orders, filtered by account, line, status or how their purchase reference begins.

        `open_only`: only open ones; `held`: only held ones; `incidents`: only those that the provider
        processed after they were cancelled; `late_after`: only open ones that have been in a status for
        longer (`starter.orders.waits_for.late_after`).
        """
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            subject = (await lookups.find_line(connection, scope, line)).subject if line else None
            caller.require(Permission.VIEW_ORDERS)
            return await views.orders(
                connection,
                scope,
                status=status,
                open_only=open_only,
                held=held,
                incidents=incidents,
                late_after=late_after,
                subject=subject,
                purchase_reference=purchase_reference,
                wanted=Wanted(limit, after),
            )

    async def queue(
        self,
        caller: Caller,
        *,
        status: OrderStatus | None = None,
        distributor: str = "",
        limit: int = 50,
        after: Position | None = None,
    ) -> OrderQueue:
        """The open orders that wait for a distributor, the oldest first (P9): to be acknowledged (status
        submitted), or to be processed.
        """
        async with self._database.reading() as connection:
            caller.require(Permission.ACKNOWLEDGE_ORDERS)
            wanted = Wanted(limit, after)
            return await queue.queue(connection, caller.scope, wanted, status=status, distributor=distributor)

    async def of_ids(self, caller: Caller, ids: Sequence[str]) -> list[OrderView]:
        """The orders with these ids that the caller sees, newest first and without their events."""
        async with self._database.reading() as connection:
            caller.require(Permission.VIEW_ORDERS)
            return await views.of_ids(connection, caller.scope, [each for each in ids if storable(each)])

    async def people(self, caller: Caller, order: OrderView) -> dict[str, str]:
        """Names and addresses of people by reference (`contact:7`): those in the order's events, and the
        recipients of e-mails that were not sent yet.
        """
        references = {event.actor for event in order.events}
        references |= {person for unsent in order.not_sent for person in unsent.recipients}
        references |= {str(event.data["to"]) for event in order.events if "to" in event.data}
        async with self._database.reading() as connection:
            known = await views.order(connection, caller.scope, order.id, history=False)
            caller.require(Permission.VIEW_ORDERS)
            return await people.names(connection, OfAccount(known.account_id), references)

    async def watch(self, caller: Caller, order_id: str, every: float = 0.5) -> AsyncIterator[OrderView]:
        """Yield the order now, and again after every change, until it ends and is not held.

        Polls the database `every` so many seconds.
        """
        seen: OrderView | None = None
        while True:
            order = await self.order(caller, order_id)
            if order != seen:
                seen = order
                yield order
            if order.status not in OPEN and order.held_reason is None:
                return
            await asyncio.sleep(every)
