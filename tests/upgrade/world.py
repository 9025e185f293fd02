"""A small world of this version with everything in it, made through the desks, on real parts.

What is over began a year ago; what is open was done on `TODAY`. All of it is checked to be there: a kind of
order, a status or a table that the world has no sample of fails the recording, and the test of it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from models.codes.requests import RequestStatus
from models.fleet.inventory import SimState
from models.licences.numbers import Change
from models.orders.lifecycle import OrderKind, OrderStatus
from models.travel.profiles import Notice, Outcome, PlanState, Reported
from store.row import Row
from tests.builders import OPERATOR
from tests.system.scene import Scene
from tests.upgrade import swaps
from tests.upgrade.licences import Numbers
from tests.upgrade.travel import SEQUENCE, Travel
from tests.upgrade.works import Works

TODAY = datetime(2026, 11, 26, 12, tzinfo=UTC)
YEAR_AGO = datetime(2025, 11, 3, 12, tzinfo=UTC)
LAPSES_SOON = YEAR_AGO + timedelta(days=26)
STILL_UNINSTALLED = YEAR_AGO + timedelta(days=85)
OVER = YEAR_AGO + timedelta(days=110)
"""Plans have expired and lapsed, and an eSIM was not installed in time."""


class World:
    """Builds the world on a scene whose worker runs."""

    def __init__(self, scene: Scene) -> None:
        self.works = Works(scene)
        self.numbers, self.travel = Numbers(self.works), Travel(self.works)

    async def build(self) -> None:
        """All of it; nothing of it is left to be done but what waits for a person, a time or a server."""
        works, numbers, travel = self.works, self.numbers, self.travel
        await works.clock(YEAR_AGO)
        await works.found()
        await numbers.found()
        await travel.found()
        await travel.year_ago()
        for when in (LAPSES_SOON, STILL_UNINSTALLED, OVER, TODAY):
            await works.clock(when)
        await travel.erase()
        await swaps.leaver(works)
        await swaps.requests(works)
        await travel.asia()
        await works.prepare_stuck()
        await asyncio.gather(*map(self._orders, dict.fromkeys(WAYS.values())))
        await numbers.changes()
        await swaps.at_bolt(works)
        await travel.today()
        await numbers.waiting()
        await swaps.open_requests(works)
        await swaps.held_orders(works)
        await swaps.not_sent(works)

    async def _orders(self, way: "Way") -> None:
        """The orders of some kinds, each as far as every status."""
        for kind, of in WAYS.items():
            if of is way:
                for status in SEQUENCE:
                    await way(self, kind, status, f"{kind} {status}")

    async def lacks(self) -> list[str]:
        """What the world has no sample of."""
        return [
            *await self._orders_lacked(),
            *await self._values_lacked(),
            *await self._tables_lacked(),
        ]

    async def _orders_lacked(self) -> list[str]:
        orders = self.works.desks.orders
        found = await orders.orders(OPERATOR, limit=1000)
        found += await orders.orders(OPERATOR, status=OrderStatus.REFUSED, limit=1000)
        there = {(order.kind, order.status) for order in found}
        return [
            f"an order {kind} that is {status}"
            for kind, status in product(OrderKind, OrderStatus)
            if (kind, status) not in there
        ]

    async def _values_lacked(self) -> list[str]:
        """States and the like without a record."""
        wanted: dict[str, Any] = {
            "SELECT status FROM qr_requests": RequestStatus,
            "SELECT state FROM sims": SimState,
            "SELECT change FROM number_changes": Change,
            "SELECT notice FROM travel_notices": Notice,
            "SELECT outcome FROM line_reports": Outcome,
            "SELECT report FROM line_reports": Reported,
            "SELECT regexp_replace(workflow_id, '-[^-]*$', '') FROM holds": _HELD,
        }
        lacked = []
        for query, values in wanted.items():
            there = {row[0] for row in await self.works.scene.sql(query)}
            lacked += [f"{value} among: {query}" for value in values if value not in there]
        lines = await self.works.desks.line_book.lines(OPERATOR)
        states = {plan.state for line in lines for plan in line.plans}
        return lacked + [f"a plan that is {state}" for state in PlanState if state not in states]

    async def _tables_lacked(self) -> list[str]:
        """Tables without a row."""
        names = sorted(Row.metadata.tables)
        return [
            f"a row in {name}"
            for name in names
            if not await self.works.scene.sql(f"SELECT 1 FROM {name} LIMIT 1")
        ]

    async def columns_without_value(self) -> list[str]:
        """Columns of which every row has NULL: what becomes of their values is not tried."""
        found = []
        for table in Row.metadata.sorted_tables:
            names = [column.name for column in table.columns if column.nullable]
            counts = ", ".join(f'count("{name}")' for name in names)
            if counts:
                (row,) = await self.works.scene.sql(f"SELECT {counts} FROM {table.name}")
                found += [f"{table.name}.{name}" for name, count in zip(names, row, strict=True) if not count]
        return found


Way = Callable[[World, OrderKind, OrderStatus, str], Awaitable[None]]


async def _swap(world: World, kind: OrderKind, status: OrderStatus, key: str) -> None:
    await swaps.swap(world.works, kind, status, key)


async def _of_number(world: World, kind: OrderKind, status: OrderStatus, key: str) -> None:
    await world.numbers.order(kind, status, key)


async def _of_travel(world: World, kind: OrderKind, status: OrderStatus, key: str) -> None:
    await world.travel.order(kind, status, key)


WAYS: dict[OrderKind, Way] = {
    OrderKind.SWITCH_TO_ESIM: _swap,
    OrderKind.REPLACE_ESIM: _swap,
    OrderKind.ASSIGN_LICENCE: _of_number,
    OrderKind.REPLACE_LICENCE_ESIM: _of_number,
    OrderKind.ADD_LINE: _of_travel,
    OrderKind.ADD_PLAN: _of_travel,
    OrderKind.REPLACE_LINE_ESIM: _of_travel,
}
"""How an order of each kind gets as far as a status, under a key. A new kind is added here."""
_HELD = (
    *("order", "qr-request", "qr-notification", "number-change", "licence-request"),
    *("travel-line", "travel-notice"),
)
"""The kinds of work of which one is held."""
