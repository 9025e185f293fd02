"""Placing orders at the desk: refused with every reason, accepted once, found again by the key."""

import asyncio

import pytest
from temporalio.client import WithStartWorkflowOperation, WorkflowExecutionStatus
from temporalio.common import WorkflowIDConflictPolicy

from models.errors import Refused, Unavailable
from models.orders.lifecycle import OrderKind, OrderStatus
from models.orders.placement import Acceptance, Placement
from models.orders.views import SwapDetails
from tests.builders import ACCOUNT, ANA, OPERATOR, empty_slot, iccid, item, line, world
from tests.system.scene import Scene, msisdn, refused
from tests.temporal_server import comes_true
from workflows.orders.messages import PlaceOrder
from workflows.orders.order import EsimOrder

ESIM = iccid(777)


@pytest.mark.covers("F46")
async def test_a_second_order_on_a_slot_is_refused_and_names_the_first(scene: Scene) -> None:
    await world(scene.database)
    order_id = await scene.placed()
    with pytest.raises(Refused, match=order_id) as second:
        await scene.placed()
    assert [reason.code for reason in second.value.refusals] == ["open_order"]
    await scene.desk.acknowledge(OPERATOR, order_id)
    assert await refused(scene.placed()) == ["open_order"]
    await scene.desk.cancel(OPERATOR, order_id)
    assert await scene.placed() != order_id


@pytest.mark.covers("F46")
async def test_of_two_orders_placed_at_once_for_one_line_exactly_one_is_accepted(scene: Scene) -> None:
    await world(scene.database)
    answers = await asyncio.gather(*(scene.placed() for _ in range(4)), return_exceptions=True)
    accepted = [answer for answer in answers if isinstance(answer, str)]
    assert len(accepted) == 1
    for answer in answers:
        if not isinstance(answer, str):
            assert isinstance(answer, Refused)
            assert accepted[0] in str(answer)
    assert [order.id for order in await scene.desk.orders(OPERATOR, status=OrderStatus.SUBMITTED)] == accepted


@pytest.mark.covers("F47")
async def test_another_slot_of_the_device_may_have_its_own_order(scene: Scene) -> None:
    await world(scene.database, line(1), line(2, device="Phone 1", slot=2))
    orders = [await scene.acknowledged(number) for number in (1, 2)]
    for number, order_id in enumerate(orders):
        await scene.desk.processed(OPERATOR, order_id, iccid=iccid(700 + number))
    assert [(await scene.line(number)).open_order for number in (1, 2)] == [None, None]


@pytest.mark.covers("F4", "F6", "F9", "F11", "F55")
async def test_what_a_page_would_not_offer_is_refused_all_the_same(scene: Scene) -> None:
    await world(scene.database, line(1), line(2, sim_type="esim"), empty_slot(3))
    assert await refused(scene.placed(2)) == ["already_esim"]
    assert await refused(scene.placed(1, kind=OrderKind.REPLACE_ESIM)) == ["not_an_esim"]
    assert await refused(scene.placed(3)) == ["slot_empty"]
    assert await refused(scene.placed(1, quantity=2, discard_confirmed=False)) == [
        "quantity_locked",
        "discard_not_confirmed",
    ]
    assert await scene.desk.orders(OPERATOR, status=OrderStatus.SUBMITTED) == []


@pytest.mark.covers("F52", "F5")
async def test_a_pack_of_another_provider_is_refused(scene: Scene) -> None:
    await world(
        scene.database, packs=(item(), item("SFR pack", provider="SFR"), item("Gone", available="no"))
    )
    for pack in ("SFR pack", "Gone"):
        with pytest.raises(Refused, match=r"these are: P-1 Orange pack\.$") as told:
            await scene.placed(pack=pack)
        assert [each.code for each in told.value.refusals] == ["pack_not_eligible"]
    assert await scene.placed(pack="Orange pack")


@pytest.mark.covers("F53", "F2")
async def test_a_permission_withdrawn_before_the_order_is_accepted(idle_scene: Scene) -> None:
    scene = idle_scene
    await world(scene.database)
    draft = scene.draft(key="cart")
    with pytest.raises(Unavailable):
        await scene.impatient().place(await scene.ana(), draft)
    await scene.desks.profiles.disable(OPERATOR, ACCOUNT, "Default", ["switch_to_esim:1"])
    async with scene.worker():
        assert await refused(scene.desk.place(await scene.ana(), draft)) == ["not_enabled"]
        assert (await scene.line()).open_order is None


@pytest.mark.covers("F53")
async def test_a_pack_withdrawn_before_the_order_is_accepted(idle_scene: Scene) -> None:
    scene = idle_scene
    await world(scene.database)
    draft = scene.draft(key="cart", pack="Orange pack")
    with pytest.raises(Unavailable):
        await scene.impatient().place(await scene.ana(), draft)
    await scene.sql("UPDATE order_packs SET available = false")
    async with scene.worker():
        assert await refused(scene.desk.place(await scene.ana(), draft)) == ["no_esim_pack"]


@pytest.mark.covers("F53")
async def test_withdrawn_after_the_order_is_accepted_it_goes_on(scene: Scene) -> None:
    await world(scene.database)
    draft = scene.draft(key="cart")
    placed = await scene.desk.place(await scene.ana(), draft)
    await scene.desks.profiles.disable(OPERATOR, ACCOUNT, "Default", ["switch_to_esim:1"])
    await scene.sql("UPDATE order_packs SET available = false")
    again = await scene.desk.place(await scene.ana(), draft)
    assert (again.order_id, again.replayed) == (placed.order_id, True), "asking again with the key finds it"
    await scene.desk.acknowledge(OPERATOR, placed.order_id)
    state = await scene.desk.processed(OPERATOR, placed.order_id, iccid=ESIM)
    assert state.status is OrderStatus.PROCESSED


@pytest.mark.covers("W1")
async def test_the_same_key_is_the_same_order_while_it_is_open_and_after(scene: Scene) -> None:
    await world(scene.database, line(1), line(2))
    draft = scene.draft(key="cart 4711")
    ana = await scene.ana()
    placed = await asyncio.gather(*(scene.desk.place(ana, draft) for _ in range(3)))
    order_id = placed[0].order_id
    assert len({one.order_id for one in placed}) == 1
    assert await refused(scene.placed(2, key="cart 4711")) == ["key_used"]
    await scene.desk.cancel(OPERATOR, order_id)
    await scene.ended(order_id)
    assert (await scene.desk.place(await scene.ana(), draft)).order_id == order_id
    assert await refused(scene.placed(2, key="cart 4711")) == ["key_used"]
    assert len(await scene.desk.orders(OPERATOR)) == 1


@pytest.mark.covers("W1")
async def test_a_key_used_for_something_else_does_not_take_over_an_order_whose_workflow_is_gone(
    scene: Scene,
) -> None:
    await world(scene.database, line(1), line(2))
    order_id = await scene.placed(key="cart")
    await comes_true(lambda: scene.mailbox.begun == 1)
    handle = scene.temporal.client.get_workflow_handle(order_id)
    await handle.terminate()
    assert await refused(scene.placed(2, key="cart")) == ["key_used"]
    assert (await handle.describe()).status is WorkflowExecutionStatus.TERMINATED, "none is started"

    # a backend that starts orders by Temporal alone
    (theirs,) = await scene.sql("SELECT account_id, placed_by, what FROM orders")
    other = Placement(
        order_id=order_id,
        account_id=theirs.account_id,
        user_id=theirs.placed_by,
        what={**theirs.what, "line_id": theirs.what["line_id"] + 1},
    )
    operation = WithStartWorkflowOperation(
        EsimOrder.run,
        PlaceOrder(order=other),
        id=order_id,
        task_queue=scene.settings.task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
    )
    answer: Acceptance = await scene.temporal.client.execute_update_with_start_workflow(
        "place", start_workflow_operation=operation, result_type=Acceptance
    )
    assert [refusal.code for refusal in answer.refusals] == ["key_used"]
    await scene.ended(order_id)
    await scene.desk.retry(OPERATOR, order_id)
    assert (await scene.desk.acknowledge(OPERATOR, order_id)).order_id == order_id
    assert "order.refused" not in await scene.events(order_id)


async def test_a_refused_order_is_refused_for_the_same_reasons_again(scene: Scene) -> None:
    await world(scene.database)
    draft = scene.draft(key="cart", quantity=3)
    assert await refused(scene.desk.place(await scene.ana(), draft)) == ["quantity_locked"]
    assert await refused(scene.desk.place(await scene.ana(), draft)) == ["quantity_locked"]
    assert await scene.placed(key="another cart")


@pytest.mark.covers("W4")
async def test_lines_users_and_packs_of_another_account_do_not_exist(scene: Scene) -> None:
    await world(
        scene.database, line(1), line(2, account="Other"), packs=(item(), item("Theirs", account="Other"))
    )
    await scene.desks.users.create_user(OPERATOR, "Other", "Olaf", "olaf@other.example")
    assert await refused(scene.placed(2)) == ["unknown_line"]
    assert await refused(scene.placed(1, user="olaf@other.example")) == ["unknown_line"]
    assert await refused(scene.placed(1, pack="Theirs")) == ["unknown_pack"]
    ours = await scene.placed(1, key="same key")
    theirs = await scene.placed(2, key="same key", user="olaf@other.example")
    assert ours != theirs


@pytest.mark.covers("W1", "W5")
async def test_without_a_worker_the_caller_is_told_and_the_same_key_gets_the_order_later(
    idle_scene: Scene,
) -> None:
    scene = idle_scene
    await world(scene.database)
    with pytest.raises(Unavailable, match="Ask again with the key cart") as unavailable:
        await scene.impatient().place(await scene.ana(), scene.draft(key="cart"))
    assert unavailable.value.component == "worker"
    async with scene.worker():
        placed = await scene.desk.place(await scene.ana(), scene.draft(key="cart"))
        assert (await scene.line()).open_order == placed.order_id
        await scene.mailbox.got("orders@telvia.example")
    with pytest.raises(Unavailable):
        await scene.impatient().acknowledge(OPERATOR, placed.order_id)
    order = await scene.desk.order(OPERATOR, placed.order_id)
    assert order.status is OrderStatus.SUBMITTED, "pages work without a worker"
    async with scene.worker():
        assert (
            await scene.desk.acknowledge(OPERATOR, placed.order_id)
        ).status is OrderStatus.PROVIDER_PROCESSING
    assert scene.mailbox.recipients() == ["orders@telvia.example"]


@pytest.mark.covers("F9")
async def test_several_eligible_packs_are_for_the_caller_to_choose_from(scene: Scene) -> None:
    await world(scene.database, packs=(item(), item("Second pack")))
    assert await refused(scene.placed()) == ["pack_not_chosen"]
    assert await refused(scene.placed(pack="Second pack", quantity=2)) == ["quantity_locked"]
    order = await scene.desk.order(OPERATOR, await scene.placed(pack="Second pack"))
    assert isinstance(order.details, SwapDetails)
    assert order.details.pack == "Second pack"
    with pytest.raises(Refused):
        await scene.placed(line=msisdn(99))
    await comes_true(lambda: scene.mailbox.recipients() == ["orders@telvia.example"])
    assert ANA not in scene.mailbox.recipients()
