"""A change of a number and its open order: the order is cancelled, and its workflow continues with that."""

import asyncio

import pytest

from models.errors import Refused
from models.licences.numbers import Change, ReplaceReason
from models.orders.lifecycle import OrderStatus
from tests.builders import OPERATOR, iccid
from tests.licences_world import ADAM
from tests.store.licences.order_ways import sims, used_by
from tests.system.licences.number_scene import changed, held_for, provider_notified
from tests.system.licences.scene import ORDERS, Licensed
from tests.system.scene import Scene
from tests.temporal_server import eventually


@pytest.mark.covers("L23", "L24", "L25")
@pytest.mark.parametrize("what", [Change.DELETE, Change.CHANGE_USER])
async def test_the_open_order_ends_with_its_emails(scene: Scene, what: Change) -> None:
    world = await Licensed.of(scene)
    order_id = await world.assigned()
    await scene.mailbox.got(ORDERS)
    await scene.desk.acknowledge(OPERATOR, order_id, iccid=iccid(501))
    result, handle = await changed(scene, world.number_id, what)
    assert (result.cancelled_order, result.notice) == (order_id, None)
    assert (await scene.desk.order(OPERATOR, order_id)).status is OrderStatus.CANCELLED
    await handle.result()
    await scene.ended(order_id)
    assert sorted(scene.mailbox.recipients()) == sorted([ORDERS, ORDERS, ADAM])
    with pytest.raises(Refused) as refused:
        await scene.desk.processed(OPERATOR, order_id, iccid=iccid(501))
    assert refused.value.refusals[0].code == "already_cancelled"
    assert (await sims(scene.database), await used_by(scene.database, world.licence_id)) == ([], None)


@pytest.mark.covers("L23", "W5")
async def test_a_held_order_is_not_held_any_more_once_it_is_cancelled(scene: Scene) -> None:
    world = await Licensed.of(scene)
    scene.mailbox.answers = {ORDERS: "550 5.1.1 No such mailbox"}
    order_id = await world.assigned()
    await world.order_held_for(order_id, "mail_rejected")
    _, handle = await changed(scene, world.number_id, Change.DELETE)
    await handle.result()
    await scene.ended(order_id)
    assert await held_for(scene, order_id) == []


@pytest.mark.covers("L30", "L15")
@pytest.mark.parametrize("reason", [ReplaceReason.LOST, ReplaceReason.STOLEN])
async def test_the_provider_is_asked_at_once_to_stop_the_esim_of_a_lost_phone(
    scene: Scene, reason: ReplaceReason
) -> None:
    world = await Licensed.of(scene)
    await world.processed(await world.assigned())
    scene.mailbox.answers = {ORDERS: "550 5.1.1 No such mailbox"}
    await world.replaced(reason)
    assert [state for state, _, _ in await sims(scene.database)] == ["discarded"]
    (stop,) = await scene.sql("SELECT id FROM number_changes")
    await eventually(lambda: held_for(scene, stop.id), lambda found: found == ["mail_rejected"])
    scene.mailbox.answers = {}
    await scene.temporal.client.get_workflow_handle(stop.id).signal("retry")
    await provider_notified(scene, stop.id)
    (mail,) = [mail for mail in scene.mailbox.mails if stop.id in mail.subject]
    assert (mail.to, iccid(501) in mail.text) == ([ORDERS], True)


@pytest.mark.covers("L15", "L23")
@pytest.mark.parametrize("turn", range(5))
async def test_of_a_change_and_processed_one_wins_and_the_other_learns_which(scene: Scene, turn: int) -> None:
    world = await Licensed.of(scene)
    order_id = await world.assigned()
    await scene.desk.acknowledge(OPERATOR, order_id, iccid=iccid(501))
    what = Change.DELETE if turn % 2 else Change.CHANGE_USER
    calls = [changed(scene, world.number_id, what), scene.desk.processed(OPERATOR, order_id)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(answers[0], tuple)
    result, handle = answers[0]
    cancelled = result.cancelled_order == order_id
    assert isinstance(answers[1], Refused) is cancelled
    assert result.esim_stopped is not cancelled
    await handle.result()
    seen = await scene.desk.order(OPERATOR, order_id)
    assert seen.status is (OrderStatus.CANCELLED if cancelled else OrderStatus.PROCESSED)
    assert [state for state, _, _ in await sims(scene.database)] == ([] if cancelled else ["discarded"])
    assert await used_by(scene.database, world.licence_id) is None
