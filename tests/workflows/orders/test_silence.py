"""What happens when the provider says nothing: reminders, then a person is asked."""

from datetime import timedelta

import pytest

from models.orders.lifecycle import HoldReason, OrderStatus
from tests.temporal_server import comes_true
from tests.workflows.house import ICCID, WAITS, Handle, House
from workflows.orders.order import EsimOrder

ACKNOWLEDGEMENT_DAYS = WAITS.acknowledgement_reminder_after.days
PROCESSING_DAYS = WAITS.processing_reminder_after.days


def reminders(house: House) -> list[str]:
    return [letter for letter in house.outside.got if letter.startswith("reminder")]


async def silent(house: House, handle: Handle, days: int) -> None:
    """Wait in vain for this long, and a little longer."""
    await house.forward(handle, days=days, minutes=1)


@pytest.mark.covers("W5", "W3")
async def test_reminded_twice_then_held_and_reminded_again_after_a_retry(house: House) -> None:
    handle = await house.placed()
    await silent(house, handle, 2 * ACKNOWLEDGEMENT_DAYS)
    await comes_true(lambda: reminders(house) == [f"reminder {number} in submitted" for number in (1, 2)])
    assert house.holds.reason(handle.id) is None

    await silent(house, handle, ACKNOWLEDGEMENT_DAYS)
    await house.held_for(handle, HoldReason.NO_ACKNOWLEDGEMENT)
    await comes_true(lambda: house.holds.reason(handle.id) is HoldReason.NO_ACKNOWLEDGEMENT)
    assert HoldReason.NO_ACKNOWLEDGEMENT.sentence in await house.details(handle)

    await silent(house, handle, 90)
    assert len(reminders(house)) == 2, "a person was asked; the distributor is left alone"
    await house.retry(handle, "user:3")
    await house.held_for(handle, None)
    await comes_true(lambda: reminders(house)[2:] == ["reminder 3 in submitted"])
    await comes_true(lambda: house.holds.records[handle.id] == ["held:no_acknowledgement", "released:user:3"])

    await silent(house, handle, 2 * ACKNOWLEDGEMENT_DAYS)
    await house.held_for(handle, HoldReason.NO_ACKNOWLEDGEMENT)
    assert reminders(house)[3:] == ["reminder 4 in submitted"]


@pytest.mark.covers("W5")
async def test_a_look_asks_the_clock_of_the_database_and_reminds_without_the_timer(house: House) -> None:
    house.outside.due_in = timedelta(days=1)
    handle = await house.placed()
    await handle.signal("look")
    await house.forward(handle, minutes=1)
    assert house.outside.got == ["order"], "it is too early"

    house.outside.due_in = None
    await handle.signal("look")
    await comes_true(lambda: len(reminders(house)) == 1)
    await handle.signal("look")
    await comes_true(lambda: len(reminders(house)) == 2)
    await handle.signal("look")
    await house.held_for(handle, HoldReason.NO_ACKNOWLEDGEMENT)
    assert reminders(house) == [f"reminder {number} in submitted" for number in (1, 2)]


@pytest.mark.covers("W5")
async def test_the_wait_for_processing_has_its_own_reminders_and_hold(house: House) -> None:
    handle = await house.acknowledged()
    await silent(house, handle, 3 * PROCESSING_DAYS)
    await house.held_for(handle, HoldReason.NO_PROCESSING)
    assert reminders(house) == [f"reminder {number} in provider_processing" for number in (1, 2)]
    assert HoldReason.NO_PROCESSING.sentence in await house.details(handle)

    await house.call(handle, "processed", iccid=ICCID)
    await house.ended(handle)
    assert house.holds.reason(handle.id) is None
    assert house.holds.records[handle.id] == ["held:no_processing", "released:system"]
    await house.held_for(handle, None)


@pytest.mark.covers("W5", "F12", "F44")
@pytest.mark.parametrize("call", ["acknowledge", "cancel"])
async def test_the_answer_that_was_missed_releases_the_order(house: House, call: str) -> None:
    handle = await house.placed()
    await silent(house, handle, 3 * ACKNOWLEDGEMENT_DAYS)
    await house.held_for(handle, HoldReason.NO_ACKNOWLEDGEMENT)
    await house.call(handle, call)
    await house.held_for(handle, None)
    await comes_true(lambda: house.holds.reason(handle.id) is None)


@pytest.mark.covers("F12")
async def test_an_acknowledgement_starts_the_next_wait_from_its_own_moment(house: House) -> None:
    handle = await house.placed()
    await house.forward(handle, days=ACKNOWLEDGEMENT_DAYS - 1)
    await house.call(handle, "acknowledge")
    await house.forward(handle, days=PROCESSING_DAYS - 1)
    assert reminders(house) == [], "neither wait has lasted long enough"
    await house.forward(handle, days=1, minutes=1)
    await comes_true(lambda: reminders(house) == ["reminder 1 in provider_processing"])
    assert (await handle.query(EsimOrder.state)).status is OrderStatus.PROVIDER_PROCESSING


@pytest.mark.covers("W5")
async def test_no_reminder_follows_a_cancel(house: House) -> None:
    handle = await house.acknowledged()
    door = house.troubles.shut_before("send_email")  # keeps the workflow open
    await house.call(handle, "cancel")
    door.set()
    await house.ended(handle)
    assert reminders(house) == []
