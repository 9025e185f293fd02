"""A step that fails never ends an order: it is tried again, then held, and goes on after a retry (W5)."""

import asyncio
from functools import partial

import pytest

from models.fleet.inventory import SimKind, SimState
from models.orders.lifecycle import HoldReason, OrderStatus
from tests.temporal_server import comes_true, eventually
from tests.workflows.house import ICCID, House, Refusal
from tests.workflows.troubles import AWAY, FINAL, LOST_ANSWER, MAIL_AWAY, MAIL_REJECTED, Trouble
from workflows.search_attributes import HOLD_REASON

DATABASE_STEPS = {
    "accept_order": "placed",
    "acknowledge_order": "acknowledge",
    "complete_order": "processed",
    "cancel_order": "cancel",
}


async def until(house: House, step: str, trouble: tuple[Trouble, ...]) -> OrderStatus:
    """Go as far as this step takes an order, with this trouble in store for it."""
    house.troubles.next(step, *trouble)
    handle = await house.placed()
    if step in ("acknowledge_order", "complete_order"):
        await house.call(handle, "acknowledge")
    if step in ("complete_order", "cancel_order"):
        given = {"iccid": ICCID} if step == "complete_order" else {}
        return (await house.call(handle, DATABASE_STEPS[step], **given)).status
    return house.order(handle).status


@pytest.mark.covers("W1", "W5")
@pytest.mark.parametrize("step", list(DATABASE_STEPS))
@pytest.mark.parametrize("trouble", [AWAY, LOST_ANSWER])
async def test_a_step_that_fails_for_a_moment_is_invisible(house: House, step: str, trouble: Trouble) -> None:
    reached = await until(house, step, (trouble,))
    assert house.troubles.attempts[step] == 2
    order = next(iter(house.inventory.orders.values()))
    assert order.status is reached
    assert order.events.count(f"order.{reached}") == 1
    assert house.holds.timeline == []


@pytest.mark.covers("W5", "W3")
async def test_a_step_that_fails_for_good_holds_the_order_until_somebody_retries(house: House) -> None:
    handle = await house.acknowledged()
    house.troubles.last("complete_order", FINAL)
    call = asyncio.create_task(house.call(handle, "processed", iccid=ICCID))
    await house.held_for(handle, HoldReason.STEP_FAILED)
    assert HoldReason.STEP_FAILED.sentence in await house.details(handle)
    assert "complete_order" in await house.details(handle)
    assert house.sims_of(handle)[SimState.ACTIVE] == [SimKind.PHYSICAL]

    await house.retry(handle)  # in vain: nobody has mended the cause
    await comes_true(lambda: house.holds.records[handle.id].count("held:step_failed") == 2)
    house.troubles.over("complete_order")
    await house.retry(handle, "user:3")
    assert (await call).status is OrderStatus.PROCESSED
    await house.ended(handle)
    assert house.holds.reason(handle.id) is None
    assert house.holds.records[handle.id][-1] == "released:user:3"
    assert await house.attribute(handle, HOLD_REASON) is None


@pytest.mark.covers("W5", "W4")
async def test_the_signal_retry_needs_no_input(house: House) -> None:
    house.troubles.last("submit_to_provider", MAIL_REJECTED)
    handle = await house.placed()
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    house.troubles.over("submit_to_provider")
    await handle.signal("retry")
    await house.held_for(handle, None)
    await comes_true(lambda: house.outside.got == ["order"])
    await comes_true(lambda: house.holds.records[handle.id][-1] == "released:operator")


def attempted(house: House, times: int) -> bool:
    return house.troubles.attempts["submit_to_provider"] == times


@pytest.mark.covers("W5")
async def test_a_refused_mail_holds_at_once_and_counts_the_retries(house: House) -> None:
    house.troubles.last("submit_to_provider", MAIL_REJECTED)
    handle = await house.placed()
    for retries in range(1, 3):
        await house.held_for(handle, HoldReason.MAIL_REJECTED)
        assert house.troubles.attempts["submit_to_provider"] == retries
        await house.retry(handle)
        await comes_true(partial(attempted, house, retries + 1))
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    house.troubles.over("submit_to_provider")
    await house.retry(handle)
    await comes_true(lambda: house.outside.retries.get("submit_to_provider") == 3)


@pytest.mark.covers("W5")
async def test_a_mail_server_away_for_hours_holds_the_order_which_then_goes_on(house: House) -> None:
    house.troubles.last("submit_to_provider", MAIL_AWAY)
    handle = await house.placed()
    await comes_true(lambda: house.troubles.attempts["submit_to_provider"])
    await house.forward(handle, hours=3)
    await house.held_for(handle, HoldReason.MAIL_UNAVAILABLE)
    assert house.troubles.attempts["submit_to_provider"] > 10
    house.troubles.over("submit_to_provider")
    await house.retry(handle)
    await comes_true(lambda: house.outside.got == ["order"])
    assert (await house.call(handle, "acknowledge")).status is OrderStatus.PROVIDER_PROCESSING


@pytest.mark.covers("F12", "W5")
async def test_an_acknowledgement_overtakes_a_held_submission(house: House) -> None:
    house.troubles.last("submit_to_provider", MAIL_REJECTED)
    handle = await house.placed()
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    await house.call(handle, "acknowledge")
    await house.held_for(handle, None)
    await comes_true(lambda: house.holds.reason(handle.id) is None)
    await house.call(handle, "processed", iccid=ICCID)
    await house.ended(handle)
    assert house.outside.got == ["news"]


@pytest.mark.covers("F22", "F51", "W5")
async def test_a_cancel_overtakes_a_held_step_whose_caller_is_told(house: House) -> None:
    handle = await house.acknowledged()
    house.troubles.last("complete_order", FINAL)
    call = asyncio.create_task(house.call(handle, "processed", iccid=ICCID))
    await house.held_for(handle, HoldReason.STEP_FAILED)
    house.troubles.over("complete_order")
    assert (await house.call(handle, "cancel")).status is OrderStatus.CANCELLED
    with pytest.raises(Refusal) as superseded:
        await call
    assert superseded.value.code == "already_cancelled"
    assert len(house.order(handle).incidents) == 1, "kept as an incident"
    await house.ended(handle)
    assert house.sims_of(handle) == {SimState.ACTIVE: [SimKind.PHYSICAL]}
    assert house.holds.reason(handle.id) is None


@pytest.mark.covers("F43", "F51")
async def test_a_step_that_is_done_although_a_cancel_came_in_between_counts(house: House) -> None:
    handle = await house.acknowledged()
    door = house.troubles.shut_before("complete_order")
    processed = asyncio.create_task(house.call(handle, "processed", iccid=ICCID))
    await comes_true(lambda: house.troubles.attempts["complete_order"] >= 1)
    cancelled = asyncio.create_task(house.call(handle, "cancel"))

    async def told_to_stop() -> bool:
        history = await handle.fetch_history()
        return any(
            event.HasField("activity_task_cancel_requested_event_attributes") for event in history.events
        )

    await eventually(told_to_stop, until=bool)
    door.set()
    assert (await processed).status is OrderStatus.PROCESSED
    with pytest.raises(Refusal) as refused:
        await cancelled
    assert refused.value.code == "already_processed"
    await house.ended(handle)
    assert house.sims_of(handle)[SimState.ACTIVE] == [SimKind.ESIM]


@pytest.mark.covers("W5")
async def test_several_holds_end_with_one_retry_and_the_row_says_so(house: House) -> None:
    house.troubles.last("submit_to_provider", MAIL_REJECTED)
    house.troubles.last("acknowledge_order", FINAL)
    handle = await house.placed()
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    await comes_true(lambda: house.holds.reason(handle.id) is HoldReason.MAIL_REJECTED)
    door = house.troubles.shut_before("hold")  # a slow worker: what was recorded first comes last
    call = asyncio.create_task(house.call(handle, "acknowledge"))
    await eventually(lambda: house.details(handle), lambda details: details.count("**Held**") == 2)
    await house.held_for(handle, HoldReason.MAIL_REJECTED)  # the oldest
    await comes_true(lambda: house.troubles.attempts["hold"] > 1)
    for step in ("submit_to_provider", "acknowledge_order"):
        house.troubles.over(step)
    await house.retry(handle)
    await comes_true(lambda: house.troubles.attempts["release"])
    door.set()
    await call
    await house.held_for(handle, None)
    await comes_true(lambda: house.holds.reason(handle.id) is None)
    await house.call(handle, "cancel")
    await house.ended(handle)
    assert house.holds.reason(handle.id) is None


@pytest.mark.covers("W5")
async def test_a_mail_to_people_is_given_up_after_seven_days_and_the_order_ends(house: House) -> None:
    house.troubles.last("send_email", MAIL_REJECTED)
    handle = await house.acknowledged()
    await house.call(handle, "processed", iccid=ICCID)
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    await house.forward(handle, days=6)
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    await house.forward(handle, days=2)
    await house.ended(handle)
    assert house.holds.reason(handle.id) is None
    assert house.holds.records[handle.id] == ["held:mail_rejected", "given up:system"]
    assert "given up" in await house.details(handle)
    assert await house.attribute(handle, HOLD_REASON) is None


@pytest.mark.covers("W5")
async def test_a_database_that_cannot_record_a_hold_does_not_stop_the_order(house: House) -> None:
    for step in ("hold", "release"):
        house.troubles.last(step, FINAL)
    house.troubles.last("submit_to_provider", MAIL_REJECTED)
    handle = await house.placed()
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    await comes_true(lambda: house.troubles.attempts["hold"])
    house.troubles.over("submit_to_provider")
    await house.retry(handle)
    await comes_true(lambda: house.outside.got == ["order"])


@pytest.mark.covers("W5")
async def test_calls_that_wait_for_an_order_nobody_knows_are_answered(house: House) -> None:
    house.troubles.next("accept_order", *[AWAY] * 4)  # long enough for a call to come in between
    unknown = house.wish(line_id=123456)
    asking = asyncio.create_task(house.ask_for(unknown))
    await comes_true(lambda: house.troubles.attempts["accept_order"] >= 3)
    house.troubles.last("acknowledge_order", FINAL)  # as the database does for an order it has not
    with pytest.raises(Refusal) as refused:
        await house.call(house.client.get_workflow_handle(unknown.order.order_id), "acknowledge")
    assert refused.value.code == "already_refused"
    handle, acceptance = await asking
    assert [refusal.code for refusal in acceptance.refusals] == ["unknown_line"]
    await house.ended(handle)
