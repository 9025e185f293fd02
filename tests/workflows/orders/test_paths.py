"""Each way an order goes, from placing to its end."""

import asyncio

import pytest

from models.fleet.inventory import SimKind, SimState
from models.orders.lifecycle import OrderKind, OrderStatus
from tests.builders import SWAPS
from tests.replay.replayer import replayer
from tests.workflows.fake_inventory import swap
from tests.workflows.house import ICCID, OTHER_ICCID, Handle, House, Refusal
from workflows.search_attributes import HOLD_REASON, ORDER_STATUS


@pytest.mark.covers("F12", "F16", "F18", "F19")
@pytest.mark.parametrize("kind", SWAPS)
async def test_from_placing_to_processed(house: House, kind: OrderKind) -> None:
    handle = await house.placed(house.wish(kind=kind))
    before = house.sims_of(handle)[SimState.ACTIVE]
    assert await house.attribute(handle, ORDER_STATUS) == "submitted"

    acknowledged = await house.call(handle, "acknowledge", actor="contact:7")
    assert (acknowledged.status, acknowledged.iccid) == (OrderStatus.PROVIDER_PROCESSING, None)
    assert house.sims_of(handle) == {SimState.ACTIVE: before, SimState.TEMPORARY: [SimKind.ESIM]}
    assert await house.attribute(handle, ORDER_STATUS) == "provider_processing"

    assert (await house.call(handle, "enter_iccid", iccid=ICCID, actor="user:3")).iccid == ICCID
    processed = await house.call(handle, "processed", actor="contact:7")
    assert (processed.status, processed.iccid) == (OrderStatus.PROCESSED, ICCID)
    await house.ended(handle)

    order = house.order(handle)
    assert house.sims_of(handle) == {SimState.ACTIVE: [SimKind.ESIM]}
    assert order.in_place.state is SimState.DISCARDED
    assert order.events == ["order.submitted", "order.provider_processing", "order.processed"]
    assert house.outside.got == ["order", "news"]
    assert await house.attribute(handle, ORDER_STATUS) == "processed"
    assert await house.attribute(handle, HOLD_REASON) is None
    assert await handle.result() == processed.model_copy(update={"warnings": ()})


@pytest.mark.covers("F15", "F18", "F48")
@pytest.mark.parametrize("moment", ["acknowledge", "processed"])
async def test_the_iccid_may_come_with_either_call(house: House, moment: str) -> None:
    handle = await house.placed()
    given = {"iccid": ICCID}
    await house.call(handle, "acknowledge", **(given if moment == "acknowledge" else {}))
    state = await house.call(handle, "processed", **(given if moment == "processed" else {}))
    assert (state.status, state.iccid) == (OrderStatus.PROCESSED, ICCID)


@pytest.mark.covers("F15")
async def test_the_iccid_can_be_corrected_until_the_order_is_processed(house: House) -> None:
    handle = await house.acknowledged()
    await house.call(handle, "enter_iccid", iccid=OTHER_ICCID)
    assert (await house.call(handle, "enter_iccid", iccid=ICCID)).iccid == ICCID
    assert (await house.call(handle, "processed")).iccid == ICCID


@pytest.mark.covers("F44", "F23")
async def test_cancelled_before_the_acknowledgement(house: House) -> None:
    handle = await house.placed()
    state = await house.call(handle, "cancel", actor="user:3", note_id=8)
    await house.ended(handle)
    assert state.status is OrderStatus.CANCELLED
    assert house.order(handle).events == ["order.submitted", "order.cancelled"]
    assert house.order(handle).notes == [8]
    assert house.sims_of(handle) == {SimState.ACTIVE: [SimKind.PHYSICAL]}
    assert await house.attribute(handle, ORDER_STATUS) == "cancelled"


@pytest.mark.covers("F22", "F23")
async def test_cancelled_after_the_acknowledgement(house: House) -> None:
    handle = await house.acknowledged()
    await house.call(handle, "cancel", actor="user:3")
    await house.ended(handle)
    assert house.sims_of(handle) == {SimState.ACTIVE: [SimKind.PHYSICAL]}
    assert sorted(house.outside.got) == ["news", "order", "withdrawal"]


@pytest.mark.covers("F46", "F7")
async def test_refused_orders_end_at_once_and_leave_no_trace(house: House) -> None:
    open_one = await house.placed()
    line_id = swap(house.order(open_one).placement).line_id
    handle, acceptance = await house.ask_for(
        house.wish("second", line_id, kind=OrderKind.REPLACE_ESIM, quantity=2, discard_confirmed=False)
    )
    await house.ended(handle)
    assert acceptance.status is OrderStatus.REFUSED
    codes = [refusal.code for refusal in acceptance.refusals]
    assert codes == ["not_an_esim", "open_order", "quantity_locked", "discard_not_confirmed"]
    assert open_one.id in acceptance.refusals[1].sentence
    assert await house.attribute(handle, ORDER_STATUS) == "refused"
    assert house.outside.got == ["order"]


@pytest.mark.covers("F43")
async def test_a_processed_order_cannot_be_cancelled(house: House) -> None:
    handle = await house.acknowledged()
    door = house.troubles.shut_before("send_email")  # keeps the workflow open
    await house.call(handle, "processed", iccid=ICCID)
    with pytest.raises(Refusal, match="cannot be changed any more") as refused:
        await house.call(handle, "cancel")
    assert refused.value.code == "already_processed"
    door.set()
    await house.ended(handle)
    assert house.sims_of(handle) == {SimState.ACTIVE: [SimKind.ESIM]}


@pytest.mark.covers("F48", "F15")
async def test_calls_that_come_too_early_say_what_is_missing(house: House) -> None:
    handle = await house.placed()
    for update in ("processed", "enter_iccid"):
        with pytest.raises(Refusal) as early:
            await house.call(handle, update, iccid=ICCID)
        assert early.value.code == "not_acknowledged"
    await house.call(handle, "acknowledge")
    with pytest.raises(Refusal) as unknown:
        await house.call(handle, "processed")
    assert unknown.value.code == "iccid_unknown"
    assert (await house.call(handle, "processed", iccid=ICCID)).status is OrderStatus.PROCESSED


@pytest.mark.covers("F49")
async def test_an_iccid_of_another_sim_is_refused_and_a_wrong_check_digit_is_only_a_warning(
    house: House,
) -> None:
    handle = await house.acknowledged()
    other = house.inventory.add_line(9999)
    with pytest.raises(Refusal) as taken:
        await house.call(handle, "enter_iccid", iccid=str(other.iccid))
    assert taken.value.code == "iccid_in_use"
    state = await house.call(handle, "enter_iccid", iccid="8933010000000000001")
    assert "check digit" in state.warnings[0]
    assert "check digit" in (await house.call(handle, "processed")).warnings[0]


@pytest.mark.covers("F50")
async def test_processed_twice_is_done_once_and_answered_twice(house: House) -> None:
    handle = await house.acknowledged()
    door = house.troubles.shut_before("send_email")
    first = await house.call(handle, "processed", iccid=ICCID)
    second = await house.call(handle, "processed", iccid=ICCID)
    door.set()
    await house.ended(handle)
    assert first.status is second.status is OrderStatus.PROCESSED
    assert house.order(handle).events.count("order.processed") == 1
    assert house.outside.got.count("news") == 1


@pytest.mark.covers("F51")
async def test_processed_after_cancelled_is_refused_and_kept_as_an_incident(house: House) -> None:
    handle = await house.acknowledged()
    door = house.troubles.shut_before("withdraw_from_provider")
    await house.call(handle, "cancel")
    for name in ("one", "two", "one"):
        with pytest.raises(Refusal) as refused:
            await house.call(handle, "processed", iccid=ICCID, call_id=name)
        assert refused.value.code == "already_cancelled"
    door.set()
    await house.ended(handle)
    assert len(house.order(handle).incidents) == 2
    assert house.sims_of(handle) == {SimState.ACTIVE: [SimKind.PHYSICAL]}
    assert "None" not in await house.details(handle)


@pytest.mark.covers("F50")
async def test_an_update_sent_again_under_its_id_is_the_same_call(house: House) -> None:
    handle = await house.placed()
    answers = [await house.call(handle, "acknowledge", call_id="provider-event-1") for _ in range(3)]
    assert len({answer.status for answer in answers}) == 1
    assert house.troubles.attempts["acknowledge_order"] == 1


@pytest.mark.covers("W3", "W7")
async def test_operators_who_look_all_the_time_leave_a_history_that_replays(house: House) -> None:
    for number in range(5):
        handle = await house.placed(house.wish(key=f"looked at {number}"))
        looking = asyncio.create_task(look_all_the_time(house, handle))
        await house.call(handle, "acknowledge")
        await house.call(handle, "enter_iccid", iccid=f"8933010000000001{number:03d}")
        await house.call(handle, "processed")
        await house.ended(handle)
        looking.cancel()
        await replayer().replay_workflow(await handle.fetch_history())


async def look_all_the_time(house: House, handle: Handle) -> None:
    while True:
        await house.details(handle)
