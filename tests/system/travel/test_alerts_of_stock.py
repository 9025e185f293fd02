"""The staff is alerted by the worker that has found no stock, without waiting for a sweep (T17, T26)."""

from typing import Any

import pytest
from temporalio.service import RPCError, RPCStatusCode

from models.orders.lifecycle import OrderStatus
from models.travel.kinds import AddLine
from starter.travel.stock import StockDesk
from temporal.travel import alerts
from tests.starter.travel.files import esim, stock_file
from tests.system.scene import Scene
from tests.system.travel.mail_scene import in_stock, recovered
from tests.system.travel.test_orders_from_stock import euro, order, placed, waits
from tests.temporal_server import comes_true, eventually
from tests.travel_world import ADAM
from workflows.travel.sweep import EsimTravelSweep

NOTICES = "SELECT id, notice, done_at IS NOT NULL AS done FROM travel_notices ORDER BY due_since"


async def all_done(scene: Scene) -> list[Any]:
    """The notices, once all of them are done."""
    return await eventually(
        lambda: scene.sql(NOTICES), lambda rows: bool(rows) and all(row.done for row in rows)
    )


@pytest.mark.covers("T17")
async def test_an_order_without_stock_alerts_the_staff_once_at_once(scene: Scene) -> None:
    plan = await euro(scene)
    what = AddLine(subscriber_id=1, plan_id=plan)
    first = await placed(scene, what)
    await waits(scene, first)
    await scene.mailbox.got(ADAM)
    assert "Orders that wait: 1" in scene.mailbox.mails[0].text
    second = await placed(scene, what)
    await waits(scene, second)
    await scene.typed("order", "retry", first, code=1)
    (notice,) = await all_done(scene)
    assert notice.notice == "order_waits"
    assert scene.mailbox.recipients() == [ADAM], "neither another order nor a repeat alerts again"
    assert await recovered(scene) == []

    desk = StockDesk(scene.temporal.client, scene.database, scene.settings)
    await desk.import_stock(await scene.ana(ADAM), None, stock_file(esim(1), esim(2)))
    for one in (first, second):
        await scene.ended(one)
        assert (await order(scene, one)).status is OrderStatus.PROCESSED
    await waits(scene, await placed(scene, what))
    await comes_true(lambda: scene.mailbox.recipients().count(ADAM) == 2)
    assert len(await all_done(scene)) == 2, "a later wait is alerted of anew"


@pytest.mark.covers("T26")
async def test_the_order_that_leaves_too_few_in_stock_alerts_the_staff_at_once(scene: Scene) -> None:
    plan = await euro(scene)
    for number in (1, 2, 3):
        await in_stock(scene, number)
    await scene.sql("UPDATE travel_profiles SET threshold = 2")
    for alerted in (0, 1, 1):
        await scene.ended(await placed(scene, AddLine(subscriber_id=1, plan_id=plan)))
        await comes_true(lambda wanted=alerted: scene.mailbox.recipients().count(ADAM) == wanted)  # type: ignore[misc]
    (notice,) = await all_done(scene)
    assert notice.notice == "stock_low"


@pytest.mark.covers("T17")
async def test_an_alert_that_could_not_be_started_is_left_to_the_sweep(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = await euro(scene)

    async def unavailable(*_: Any) -> None:
        raise RPCError("unavailable", RPCStatusCode.UNAVAILABLE, b"")

    with monkeypatch.context() as patch:
        patch.setattr(alerts, "alert", unavailable)
        await waits(scene, await placed(scene, AddLine(subscriber_id=1, plan_id=plan)))
    assert [row.done for row in await scene.sql(NOTICES)] == [False]
    await swept(scene)
    await scene.mailbox.got(ADAM)
    await all_done(scene)


async def swept(scene: Scene) -> None:
    queue = scene.settings.task_queue
    await scene.temporal.client.execute_workflow(
        EsimTravelSweep.run, id=f"sweep of {queue}", task_queue=queue
    )


@pytest.mark.covers("T26", "T36")
async def test_a_raised_threshold_a_discard_and_the_end_of_stock_alert_the_staff_once_at_once(
    scene: Scene,
) -> None:
    await euro(scene)
    adam = await scene.ana(ADAM)
    desk = StockDesk(scene.temporal.client, scene.database, scene.settings)
    await desk.import_stock(adam, None, stock_file(esim(1), esim(2), esim(3)))

    async def alerted(times: int) -> None:
        await comes_true(lambda: scene.mailbox.recipients().count(ADAM) == times)
        await all_done(scene)

    for threshold in (3, 4, 5):
        await desk.set_threshold(adam, None, 7, threshold)
    await alerted(1)
    await desk.set_threshold(adam, None, 7, 3)
    await desk.discard(adam, str(esim(1)["iccid"]))
    await desk.discard(adam, str(esim(2)["iccid"]))
    await alerted(2)
    await desk.set_threshold(adam, None, 7, 1)
    await scene.sql("UPDATE travel_stock SET ends_on = '2020-01-01'")
    await swept(scene)
    await alerted(3)
    assert await recovered(scene) == []
