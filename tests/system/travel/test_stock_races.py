"""200 orders on 150 eSIMs over Temporal, while stock arrives and orders are cancelled (T9, T17, T36)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from random import Random
from typing import TypeVar

import pytest

from models.errors import Refused, Unavailable
from models.orders.lifecycle import OrderStatus
from models.travel.kinds import AddLine
from starter.travel.stock import StockDesk
from tests.builders import OPERATOR
from tests.starter.travel.files import esim, stock_file
from tests.store.travel.stock_watch import BESIDE, GIVEN, PASSED, never_beside, watch_passing
from tests.system.scene import Scene
from tests.system.travel.test_orders_from_stock import euro
from tests.temporal_server import comes_true, eventually
from tests.travel_world import ADAM, SUE

Answer = TypeVar("Answer")
ORDERS, ESIMS, AT_ONCE, CANCELLED, LONG = 200, 150, 12, 0.2, 400
SETTLED = """
SELECT count(*) FILTER (WHERE status = 'processed') AS processed,
       count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
       count(*) FILTER (WHERE status = 'submitted') AS submitted
FROM orders
"""


class Rush:
    """Callers at once: orders, some of which are cancelled at whatever moment; deliveries; retries."""

    def __init__(self, scene: Scene, plan: int) -> None:
        self.scene, self.plan, self.dice = scene, plan, Random(12)
        self.stock = StockDesk(scene.temporal.client, scene.database, scene.settings)
        self.gate = asyncio.Semaphore(AT_ONCE)
        self.placed: list[str] = []
        self.too_late: list[str] = []
        self.asked_again = 0

    async def order(self, number: int) -> None:
        async with self.gate:
            sue = await self.scene.ana(SUE)
            what = AddLine(subscriber_id=1, plan_id=self.plan)
            key = f"rush {number} of {self.scene.settings.task_queue}"
            placed = await self.answered(lambda: self.scene.desk.place_order(sue, what, key=key))
            self.placed.append(placed.order_id)
            if self.dice.random() < CANCELLED:
                await asyncio.sleep(self.dice.random() / 4)  # at whatever moment of its life
                try:
                    await self.answered(lambda: self.scene.desk.cancel(OPERATOR, placed.order_id))
                except Refused as refused:
                    self.too_late += [one.code for one in refused.refusals]

    async def answered(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer; a caller who gets none in time asks again, as on a busy machine."""
        while True:
            try:
                return await call()
            except Unavailable:
                self.asked_again += 1

    async def deliveries(self) -> None:
        adam = await self.scene.ana(ADAM)
        for first in range(ESIMS // 2 + 1, ESIMS + 1, 5):
            await comes_true(lambda at=first: len(self.placed) >= at, within=LONG)  # type: ignore[misc]
            await self.deliver(range(first, first + 5), adam)

    async def deliver(self, numbers: range, adam: object) -> None:
        await self.stock.import_stock(adam, None, stock_file(*map(esim, numbers)))  # type: ignore[arg-type]


@pytest.mark.night
@pytest.mark.covers("T9", "T17", "T36")
async def test_a_rush_over_temporal_gives_each_esim_once_and_passes_none(idle_scene: Scene) -> None:
    idle_scene.settings = idle_scene.settings.model_copy(update={"workflow_sandbox": False})
    async with idle_scene.worker():
        await rushed(idle_scene)


async def rushed(scene: Scene) -> None:
    rush = Rush(scene, await euro(scene))
    await watch_passing(scene.database)
    await rush.deliver(range(1, ESIMS // 2 + 1), await scene.ana(ADAM))
    over = asyncio.Event()
    watching = asyncio.create_task(never_beside(scene.database, over, pause=0.02))
    began = time.monotonic()
    await asyncio.gather(rush.deliveries(), *(rush.order(number) for number in range(ORDERS)))
    took = time.monotonic() - began

    async def settled() -> tuple[int, int, int, int]:
        (seen,), (beside,) = await scene.sql(SETTLED), await scene.sql(BESIDE)
        return seen.processed, seen.cancelled, seen.submitted, beside.waiting

    processed, cancelled, _, waiting = await eventually(
        settled, lambda seen: seen[2] == seen[3] and sum(seen[:3]) == ORDERS, within=LONG
    )
    over.set()
    looks = await watching
    given = await scene.sql(GIVEN)
    assert len({row.id for row in given}) == len({row.order_id for row in given}) == processed
    (left,) = await scene.sql(BESIDE)
    assert left.free == ESIMS - processed
    assert 0 in (waiting, left.free)
    assert await scene.sql(PASSED) == [], "none passes an earlier one"
    for row in given:
        assert (await scene.desk.order(OPERATOR, row.order_id)).status is OrderStatus.PROCESSED
        await scene.ended(row.order_id)
    print(f"{took:.1f} s: {processed=} {cancelled=} {waiting=} {left.free=} {looks=} {rush.asked_again=}")
    assert len(scene.mailbox.mails) >= 2 * processed
    assert set(rush.too_late) <= {"already_processed", "already_cancelled"}
    assert looks > 0
