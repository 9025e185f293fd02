"""`esim-orders order retry`, as who looks after held orders types it."""

import json
import re

import pytest
from temporalio.service import RPCError

from models.operations.retries import Outcome
from models.orders.lifecycle import OrderStatus
from starter.operations.retry import RetryDesk
from tests.builders import OPERATOR, iccid, world
from tests.starter.shell import Said
from tests.system.scene import Scene, refused
from tests.temporal_server import eventually

REFUSES = "550 5.1.1 No such user"
TAKES = "250 2.0.0 taken"


async def retry(scene: Scene, order_id: str, *more: str, code: int = 0) -> Said:
    return await scene.typed("order", "retry", order_id, *more, code=code)


async def held(scene: Scene) -> str:
    await world(scene.database)
    scene.mailbox.answer = REFUSES
    order_id = await scene.placed()
    await eventually(lambda: scene.desk.order(OPERATOR, order_id), lambda order: order.held_reason)
    return order_id


@pytest.mark.covers("W5")
async def test_a_retry_says_whether_the_order_goes_on_or_is_held_again(scene: Scene) -> None:
    order_id = await held(scene)
    again = await retry(scene, order_id, code=1)
    assert again.out == ""
    assert again.err.startswith(f"{order_id} is held again: The mail server refused a recipient for good.")
    as_json = json.loads((await retry(scene, order_id, "--json", code=1)).out)
    assert as_json["held_reason"] == "mail_rejected"
    assert as_json["outcome"] == "held_again"

    scene.mailbox.answer = TAKES
    assert (await retry(scene, order_id)).out == f"{order_id} continues.\n"
    assert (await scene.desk.order(OPERATOR, order_id)).held_reason is None
    await scene.mailbox.got("orders@telvia.example")


@pytest.mark.covers("W5")
async def test_an_order_that_is_not_held_has_nothing_to_retry(scene: Scene) -> None:
    await world(scene.database)
    order_id = await scene.acknowledged()
    sentence = f"{order_id} is not held; there is nothing to retry.\n"
    assert (await retry(scene, order_id, code=2)).err == sentence
    assert await refused(scene.desk.retry(OPERATOR, order_id)) == ["not_held"], "as from Python"
    await scene.desk.processed(OPERATOR, order_id, iccid=iccid(901))
    await scene.ended(order_id)
    over = (await retry(scene, order_id, code=2)).err
    assert re.fullmatch(
        rf"{order_id} has been processed since [0-9-]{{10}} \d\d:\d\d UTC; there is nothing to retry\.\n",
        over,
    )
    assert await refused(scene.desk.retry(OPERATOR, order_id)) == ["order_over"], "as from Python"


@pytest.mark.covers("W5")
async def test_a_terminated_order_is_started_again(scene: Scene) -> None:
    await world(scene.database)
    order_id = await scene.acknowledged()
    await scene.temporal.client.get_workflow_handle(order_id).terminate()
    assert (await retry(scene, order_id)).out == f"{order_id} is started again.\n"
    done = await scene.desk.processed(OPERATOR, order_id, iccid=iccid(901))
    assert done.status is OrderStatus.PROCESSED


@pytest.mark.covers("W5")
async def test_a_terminated_order_that_was_held_goes_on_with_what_it_was_held_for(scene: Scene) -> None:
    order_id = await held(scene)
    await scene.temporal.client.get_workflow_handle(order_id).terminate()
    scene.mailbox.answer = TAKES
    assert (await retry(scene, order_id)).out == f"{order_id} continues.\n"
    assert (await scene.desk.order(OPERATOR, order_id)).held_reason is None
    await scene.mailbox.got("orders@telvia.example")


@pytest.mark.covers("W5")
async def test_an_order_that_could_not_be_started_again_is_still_held(scene: Scene) -> None:
    order_id = await held(scene)
    await scene.temporal.client.get_workflow_handle(order_id).terminate()
    before = (await scene.desk.order(OPERATOR, order_id)).holds
    unknown = scene.settings.model_copy(update={"task_queue": "x" * 1001})  # Temporal starts nothing there
    async with RetryDesk.open(unknown) as desk:
        with pytest.raises(RPCError):
            await desk.resume(OPERATOR, order_id)
    assert (await scene.desk.order(OPERATOR, order_id)).holds == before
    scene.mailbox.answer = TAKES
    async with RetryDesk.open(scene.settings) as desk:
        (again,) = await desk.many(OPERATOR, await desk.select(OPERATOR))
    assert (again.id, again.outcome) == (order_id, Outcome.CONTINUES)
    assert (await scene.desk.order(OPERATOR, order_id)).holds == ()


async def test_without_a_worker_a_retry_says_that_it_waits(idle_scene: Scene) -> None:
    async with idle_scene.worker():
        order_id = await held(idle_scene)
    said = await retry(idle_scene, order_id, code=3)
    assert "no worker has processed the retry yet" in said.err
    assert len(said.err.splitlines()) == 1
