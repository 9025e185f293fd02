"""More orders than eSIMs at once, while stock arrives and orders are cancelled (T9, T17, T36)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random

import pytest
from sqlalchemy import make_url

from models.orders.ordered import Ordered
from models.people.callers import By
from models.travel.kinds import AddLine
from models.travel.stock_file import parse_stock
from sandbox.postgres import ThrowAwayPostgres
from store.key_ring import KeyRing
from store.session import Database
from store.staging import importing
from store.travel.stock_import import import_stock
from tests.builders import run
from tests.server_log import ServerLog
from tests.starter.travel.files import esim, stock_file
from tests.store.travel.stock_watch import BESIDE, GIVEN, PASSED, never_beside, watch_passing
from tests.travel_orders import accepted, asked, step, submit
from tests.travel_world import add_subscriber, add_travel_plan, travel_world

TURNS = [
    *(pytest.param(turn, 40, 30, id=str(turn)) for turn in range(2)),
    *(pytest.param(turn, 40, 30, id=str(turn), marks=pytest.mark.night) for turn in range(2, 5)),
    pytest.param(5, 200, 150, id="night", marks=pytest.mark.night),
]
_CANCELLED = 0.2
"""The share of orders that are cancelled at whatever moment."""


@dataclass
class Office:
    """Orders that are worked on as by their workflows: again whenever they are woken."""

    database: Database
    what: Ordered
    dice: Random
    done: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)

    async def order(self) -> None:
        answer = await accepted(self.database, await asked(self.database, self.what))
        assert answer.accepted
        cancels = self.dice.random() < _CANCELLED
        await asyncio.gather(self.work(answer.order_id), *([self.cancel(answer.order_id)] if cancels else []))

    async def work(self, order: str) -> None:
        iccid = await submit(self.database, order, self.what.kind)
        if iccid is None:
            return
        begun = await step(self.database, "acknowledge", order, iccid)
        ended = await step(self.database, "complete", order, iccid, "race")
        if begun.refusal is None and ended.refusal is None and order not in self.done:
            self.done.append(order)

    async def cancel(self, order: str) -> None:
        await asyncio.sleep(self.dice.random() / 20)  # at whatever moment of its life
        if (await step(self.database, "cancel", order)).refusal is not None:
            return  # it is processed
        self.cancelled.append(order)
        woken = await run(
            self.database,
            "SELECT target FROM follow_ups WHERE order_id = :order AND kind = 'stock_arrived'",
            order=order,
        )
        for row in woken:
            await self.work(row.target)

    async def stock_arrives(self, first: int, esims: int) -> None:
        rows = parse_stock(stock_file(*(esim(number) for number in range(first, first + esims))))
        (account,) = await run(self.database, "SELECT account_id FROM travel_plans")
        keys = KeyRing(KEY)
        async with importing(self.database, dry_run=False) as connection:
            _, settled = await import_stock(connection, keys, account.account_id, rows, By("operator"))
        for order in settled.served:
            await self.work(order)


KEY = KeyRing.new_key()


@pytest.fixture
async def office(database_url: str, database: Database) -> AsyncIterator[Database]:
    await run(database, f"ALTER DATABASE {make_url(database_url).database} SET deadlock_timeout = '100ms'")
    await travel_world(database)
    await add_subscriber(database)
    await watch_passing(database)
    opened = Database(database_url, pool_size=12)
    yield opened
    await opened.close()


@pytest.mark.covers("T9", "T17", "T36")
@pytest.mark.parametrize(("turn", "orders", "esims"), TURNS)
async def test_each_esim_is_given_once_and_none_waits_beside_free_stock(
    office: Database, postgres: ThrowAwayPostgres, database: Database, turn: int, orders: int, esims: int
) -> None:
    log = ServerLog(postgres)
    plan = await add_travel_plan(database)
    made = Office(office, AddLine(subscriber_id=1, plan_id=plan), Random(turn))
    half = esims // 2
    await made.stock_arrives(1, half)
    over = asyncio.Event()
    watching = asyncio.create_task(never_beside(database, over))

    async def deliveries() -> None:
        for first in range(half + 1, esims + 1, 5):
            await made.stock_arrives(first, min(5, esims + 1 - first))

    await asyncio.wait_for(asyncio.gather(deliveries(), *(made.order() for _ in range(orders))), 240)
    over.set()
    assert await watching > 0
    given = await run(database, GIVEN)
    assert len({row.id for row in given}) == len(given) == len({row.order_id for row in given})
    assert {row.order_id for row in given} == set(made.done)
    assert set(made.done).isdisjoint(made.cancelled)
    (left,) = await run(database, BESIDE)
    waiting = orders - len(made.done) - len(made.cancelled)
    assert (left.waiting, left.free) == (waiting, esims - len(made.done))
    assert 0 in (waiting, left.free)
    assert await run(database, PASSED) == [], "none passes an earlier one"
    assert log.circles() == 0
