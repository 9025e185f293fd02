"""What an order owes from its acknowledgement on, and still owes when it is processed or cancelled."""

from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client

from activities.follow_ups import FOLLOW_UPS
from models.errors import Refused
from store.orders.follow_ups import Due
from store.session import Database
from tests.builders import ANA, OPERATOR
from tests.kinds import errand
from tests.kinds.entries import migrate
from tests.kinds.errand import NOTICE, RECEIPT, RUN_ERRAND, Errand
from tests.kinds.ways import due, order, placed
from tests.system.scene import Scene
from tests.temporal_server import eventually

REJECTED, TAKEN = "550 5.1.1 No such user", "250 2.0.0 taken"
NOTICE_STEP, RECEIPT_STEP = f"send_email:{NOTICE}", f"send_email:{RECEIPT}"


@pytest.fixture
async def errands(quiet: Scene) -> AsyncIterator[Scene]:
    with errand.registered():
        await migrate(quiet.database)
        yield quiet


async def cannot(_: Client, due: Due, __: Database) -> None:
    raise Refused.because("unknown_order", order=due.order_id)


async def held_steps(scene: Scene, order_id: str) -> set[str]:
    return {hold.step for hold in (await order(scene, order_id)).holds}


async def acknowledged(scene: Scene) -> str:
    """An order that is held for its errand and its first e-mail, while the provider processes it."""
    scene.mailbox.answers[ANA] = REJECTED
    order_id = await placed(scene, Errand())
    await scene.desk.acknowledge(OPERATOR, order_id)
    await eventually(lambda: held_steps(scene, order_id), lambda held: len(held) == 2)
    return order_id


@pytest.mark.covers("W5")
async def test_what_is_held_over_two_statuses_is_done_once_by_one_retry(
    errands: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = errands
    async with scene.worker():
        with monkeypatch.context() as patch:
            patch.setitem(FOLLOW_UPS, RUN_ERRAND, cannot)
            order_id = await acknowledged(scene)
            tried = scene.mailbox.begun
            await scene.desk.processed(OPERATOR, order_id)
            await eventually(lambda: held_steps(scene, order_id), lambda held: RECEIPT_STEP in held)
        assert len(await held_steps(scene, order_id)) == 3, "what it was held for before is not over"
        assert scene.mailbox.begun == tried + 1, "only the receipt is new"
        scene.mailbox.answers[ANA] = TAKEN
        await scene.desk.retry(OPERATOR, order_id)
        await scene.ended(order_id)
    assert await due(scene, order_id) == []
    assert scene.mailbox.recipients() == [ANA, ANA]
    assert (await order(scene, order_id)).holds == ()


@pytest.mark.covers("W1", "W5")
async def test_an_order_that_is_started_again_sends_what_an_earlier_status_left(
    errands: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cancelled order of this kind sends no e-mail of its own."""
    scene = errands
    async with scene.worker():
        with monkeypatch.context() as patch:
            patch.setitem(FOLLOW_UPS, RUN_ERRAND, cannot)
            order_id = await acknowledged(scene)
            await scene.desk.cancel(OPERATOR, order_id)
        await scene.temporal.client.get_workflow_handle(order_id).terminate()
        scene.mailbox.answers[ANA] = TAKEN
        await scene.desk.retry(OPERATOR, order_id)
        await scene.ended(order_id)
    assert await due(scene, order_id) == []
    assert scene.mailbox.recipients() == [ANA]
