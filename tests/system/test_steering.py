"""Calls at the desk, in every status and after the workflow has ended."""

import asyncio

import pytest
from temporalio.client import WorkflowUpdateFailedError

from models.errors import NotFound, Refused, Unavailable
from models.identifiers import order_id as id_of
from models.orders.lifecycle import HoldReason, OrderStatus
from models.orders.placement import OrderState
from tests.builders import ANA, OPERATOR, iccid, line, world
from tests.system.scene import Scene, refused
from tests.temporal_server import eventually
from workflows.search_attributes import HOLD_REASON

ESIM = iccid(777)


@pytest.mark.covers("F43", "F50", "F51", "F49")
async def test_calls_after_a_processed_order_has_ended(scene: Scene) -> None:
    await world(scene.database)
    order_id = await scene.acknowledged()
    done = await scene.desk.processed(OPERATOR, order_id, iccid=ESIM)
    await scene.ended(order_id)
    before = await scene.desk.order(OPERATOR, order_id)
    assert await refused(scene.desk.cancel(OPERATOR, order_id, reason="too late")) == ["already_processed"]
    assert await scene.desk.processed(OPERATOR, order_id) == done
    assert await scene.desk.processed(OPERATOR, order_id, iccid=f" {ESIM[:4]} {ESIM[4:]} ") == done
    assert await refused(scene.desk.processed(OPERATOR, order_id, iccid=iccid(778))) == ["already_processed"]
    assert await scene.desk.acknowledge(OPERATOR, order_id) == done
    assert await refused(scene.desk.enter_iccid(OPERATOR, order_id, iccid(778))) == ["already_processed"]
    assert await refused(scene.desk.retry(OPERATOR, order_id)) == ["order_over"]
    assert await scene.desk.order(OPERATOR, order_id) == before, "late calls change nothing"


@pytest.mark.covers("F51")
async def test_processed_after_cancelled_is_an_incident_once_a_call(scene: Scene) -> None:
    await world(scene.database)
    before = (await scene.line()).sim
    order_id = await scene.acknowledged()
    await scene.desk.cancel(OPERATOR, order_id)
    await scene.ended(order_id)
    for _ in range(2):
        assert await refused(scene.desk.processed(OPERATOR, order_id, iccid=ESIM)) == ["already_cancelled"]
    events = await scene.events(order_id)
    assert events.count("incident.processed_after_cancelled") == 2
    assert (await scene.line()).sim == before
    assert (await scene.desk.cancel(OPERATOR, order_id)).status is OrderStatus.CANCELLED
    assert (await scene.desk.order(OPERATOR, order_id)).status is OrderStatus.CANCELLED


@pytest.mark.covers("F51", "F50")
@pytest.mark.parametrize("count", [6, pytest.param(50, marks=pytest.mark.night)])
async def test_of_a_cancel_and_a_processed_that_race_exactly_one_wins(scene: Scene, count: int) -> None:
    rounds = range(1, count + 1)
    await world(scene.database, *(line(number) for number in rounds))
    for number in rounds:
        order_id = await scene.acknowledged(number)
        calls = [
            scene.desk.processed(OPERATOR, order_id, iccid=iccid(700 + number)),
            scene.desk.cancel(OPERATOR, order_id),
        ]
        answers = await asyncio.gather(*(calls if number % 2 else calls[::-1]), return_exceptions=True)
        won = [answer for answer in answers if isinstance(answer, OrderState)]
        lost = [answer for answer in answers if isinstance(answer, Refused)]
        assert len(won) == len(lost) == 1, answers
        assert lost[0].refusals[0].code == f"already_{won[0].status}"
        sim = (await scene.line(number)).sim
        assert sim is not None
        processed = won[0].status is OrderStatus.PROCESSED
        assert sim.iccid == (iccid(700 + number) if processed else iccid(number))
        incidents = [event for event in await scene.events(order_id) if event.startswith("incident")]
        assert len(incidents) == (0 if processed else 1)


@pytest.mark.covers("F50", "F43")
async def test_many_calls_at_the_very_end_are_all_answered(scene: Scene) -> None:
    await world(scene.database)
    order_id = await scene.acknowledged()
    calls = [scene.desk.processed(OPERATOR, order_id, iccid=ESIM) for _ in range(4)]
    calls += [scene.desk.enter_iccid(OPERATOR, order_id, ESIM) for _ in range(2)]
    calls += [scene.desk.cancel(OPERATOR, order_id) for _ in range(2)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(answer, OrderState | Refused) for answer in answers), answers
    assert len({type(answer) for answer in answers[:4]}) == 1, "all are processed, or none"
    order = await scene.desk.order(OPERATOR, order_id)
    events = [event.type for event in order.events]
    assert events.count("order.processed") == isinstance(answers[0], OrderState)
    assert events.count("order.cancelled") == isinstance(answers[0], Refused)


async def test_an_order_nobody_placed(scene: Scene) -> None:
    unknown = "order-aaaaaaaaaaaaaaaa"
    desk = scene.desk
    for call in (
        desk.acknowledge(OPERATOR, unknown),
        desk.cancel(OPERATOR, unknown, reason="x"),
        desk.retry(OPERATOR, unknown),
    ):
        with pytest.raises(NotFound, match=unknown):
            await call
    with pytest.raises(NotFound):
        await desk.order(OPERATOR, unknown)


async def test_a_refused_order_is_refused_for_every_call_also_after_its_end(scene: Scene) -> None:
    await world(scene.database)
    ana = await scene.ana()
    draft = scene.draft(key="many", quantity=3)
    assert await refused(scene.desk.place(ana, draft)) == ["quantity_locked"]
    order_id = id_of(ana.account, str(draft.key))
    await scene.ended(order_id)
    for caller in (OPERATOR, ana):
        for call in (
            scene.desk.acknowledge(caller, order_id),
            scene.desk.enter_iccid(caller, order_id, ESIM),
            scene.desk.processed(caller, order_id, iccid=ESIM),
            scene.desk.cancel(caller, order_id, reason="Not wanted."),
        ):
            assert await refused(call) == ["already_refused"]


async def test_callers_who_name_themselves_wrongly_are_refused(scene: Scene) -> None:
    await world(scene.database)
    order_id = await scene.placed()
    handle = scene.temporal.client.get_workflow_handle(order_id)
    for actor in ("Ana Martin", "ana@acme.example", "provider", "user:x", "link:1"):
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update("acknowledge", {"actor": actor})
    assert (await scene.desk.order(OPERATOR, order_id)).status is OrderStatus.SUBMITTED


@pytest.mark.covers("W5", "W3")
async def test_an_order_held_for_a_refused_mail_goes_on_after_a_retry(scene: Scene) -> None:
    await world(scene.database)
    scene.mailbox.answer = "550 5.1.1 No such user"
    order_id = await scene.placed()
    held = await eventually(lambda: scene.desk.order(OPERATOR, order_id), lambda order: order.held_reason)
    assert held.held_reason == HoldReason.MAIL_REJECTED
    assert [order.id for order in await scene.desk.orders(OPERATOR, held=True)] == [order_id]
    handle = scene.temporal.client.get_workflow_handle(order_id)
    described = await handle.describe()
    assert described.typed_search_attributes.get(HOLD_REASON) == "mail_rejected"

    scene.mailbox.answer = "250 2.0.0 taken"
    await scene.desks.users.set_role(OPERATOR, ANA, "administrator")
    await scene.desk.retry(await scene.ana(), order_id)
    await eventually(lambda: scene.desk.order(OPERATOR, order_id), lambda order: order.held_reason is None)
    await scene.mailbox.got("orders@telvia.example")
    events = [(event.type, event.actor) for event in (await scene.desk.order(OPERATOR, order_id)).events]
    assert ("order.held", "system") in events
    assert ("order.released", "user:1") in events


@pytest.mark.covers("W5", "F18", "F19")
async def test_an_open_order_whose_workflow_was_terminated_goes_on_after_a_retry(scene: Scene) -> None:
    await world(scene.database)
    order_id = await scene.acknowledged()
    await scene.temporal.client.get_workflow_handle(order_id).terminate()
    with pytest.raises(Unavailable, match="retry starts it again"):
        await scene.desk.processed(OPERATOR, order_id, iccid=iccid(901))
    await scene.desk.retry(OPERATOR, order_id)
    assert (await scene.desk.processed(OPERATOR, order_id, iccid=iccid(901))).status is OrderStatus.PROCESSED
    await scene.ended(order_id)
    line = await scene.line()
    assert line.sim is not None
    assert (line.sim.iccid, line.temporary) == (iccid(901), None)
    assert scene.mailbox.recipients().count("orders@telvia.example") == 1


@pytest.mark.covers("W3", "F44")
async def test_a_cancellation_asked_for_in_the_web_ui_cancels_the_order(scene: Scene) -> None:
    await world(scene.database)
    before = await scene.line()
    order_id = await scene.acknowledged()
    await scene.temporal.client.get_workflow_handle(order_id).cancel()
    order = await eventually(
        lambda: scene.desk.order(OPERATOR, order_id), lambda order: order.status is OrderStatus.CANCELLED
    )
    assert next(event.actor for event in order.events if event.type == "order.cancelled") == "operator"
    await scene.ended(order_id)
    assert await scene.line() == before
    await scene.mailbox.got("orders@telvia.example", "orders@telvia.example", ANA)
