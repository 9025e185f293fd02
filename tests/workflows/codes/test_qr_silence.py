"""What happens when no QR code comes: a reminder, then the requester is told and a person is asked."""

from datetime import timedelta

import pytest

from models.codes.requests import RequestStatus
from models.orders.lifecycle import HoldReason
from tests.temporal_server import comes_true
from tests.workflows.codes.qr_house import QR_WAITS, Handle, QrHouse
from workflows.codes.messages import QrTimeouts

DAYS = QR_WAITS.reminder_after.days


async def silent(house: QrHouse, handle: Handle, days: int) -> None:
    """Wait in vain for this long, and a little longer."""
    await house.forward(handle, days=days, minutes=1)


@pytest.mark.covers("W5", "W3")
async def test_reminded_then_held_and_reminded_again_after_a_retry(qr_house: QrHouse) -> None:
    handle = await qr_house.requested()
    got = qr_house.qr.got
    await comes_true(lambda: len(got) == 1)
    await silent(qr_house, handle, DAYS)
    await comes_true(lambda: got[1:] == ["reminder 1 of round 1"])
    assert qr_house.holds.timeline == []

    await silent(qr_house, handle, DAYS)
    await qr_house.held_for(handle, HoldReason.NO_QR_CODE)
    await comes_true(lambda: qr_house.holds.reasons == {handle.id: HoldReason.NO_QR_CODE})
    assert got[2:] == ["no code after 1 reminders of round 1"]
    assert HoldReason.NO_QR_CODE.sentence in await qr_house.details(handle)

    await silent(qr_house, handle, 60)
    assert len(got) == 3, "a person was asked; the distributor is left alone"
    await qr_house.retry(handle, "user:3")
    await qr_house.held_for(handle, None)
    await comes_true(lambda: got[3:] == ["reminder 2 of round 1"])
    await comes_true(lambda: qr_house.holds.timeline == ["held:no_qr_code", "released:user:3"])

    await silent(qr_house, handle, DAYS)
    await qr_house.held_for(handle, HoldReason.NO_QR_CODE)
    assert got[4:] == ["no code after 2 reminders of round 1"]


@pytest.mark.covers("W5")
async def test_a_look_asks_the_clock_of_the_database_and_reminds_without_the_timer(qr_house: QrHouse) -> None:
    qr_house.qr.due_in = timedelta(days=1)
    handle = await qr_house.requested()
    got = qr_house.qr.got
    await comes_true(lambda: len(got) == 1)
    await handle.signal("look")
    await qr_house.forward(handle, minutes=1)
    assert len(got) == 1, "it is too early"

    qr_house.qr.due_in = None
    await handle.signal("look")
    await comes_true(lambda: got[1:] == ["reminder 1 of round 1"])
    await handle.signal("look")
    await qr_house.held_for(handle, HoldReason.NO_QR_CODE)


@pytest.mark.covers("F37")
async def test_after_a_look_the_requester_is_notified_once_the_database_says_so(qr_house: QrHouse) -> None:
    handle = await qr_house.requested()
    await qr_house.imported(handle)
    await qr_house.forward(handle, minutes=1)
    await handle.signal("look")
    await qr_house.forward(handle, minutes=1)
    assert "notification" not in qr_house.qr.got, "it is too early"

    qr_house.qr.status_for = QR_WAITS.requester_notified_after
    await handle.signal("look")
    await qr_house.ended(handle)
    assert "notification" in qr_house.qr.got


@pytest.mark.covers("W5")
@pytest.mark.parametrize("look", [True, False])
async def test_a_code_that_comes_at_last_releases_the_request(qr_house: QrHouse, look: bool) -> None:
    handle = await qr_house.requested()
    await silent(qr_house, handle, 2 * DAYS)
    await qr_house.held_for(handle, HoldReason.NO_QR_CODE)
    await qr_house.imported(handle, look=look)
    if not look:
        await qr_house.forward(handle, days=1)
    await qr_house.held_for(handle, None)
    await qr_house.forward(handle, minutes=16)
    await qr_house.ended(handle)
    assert qr_house.holds.reasons == {}
    assert qr_house.holds.timeline == ["held:no_qr_code", "released:system"]
    assert qr_house.qr.got[-1] == "notification"


@pytest.mark.covers("W5")
@pytest.mark.parametrize("call", ["send_again", "withdraw"])
async def test_a_held_request_is_sent_again_or_withdrawn(qr_house: QrHouse, call: str) -> None:
    handle = await qr_house.requested()
    await silent(qr_house, handle, 2 * DAYS)
    await qr_house.held_for(handle, HoldReason.NO_QR_CODE)
    before = len(qr_house.qr.got)
    state = await qr_house.steer(handle, call)
    await qr_house.held_for(handle, None)
    await comes_true(lambda: qr_house.holds.reasons == {})
    if call == "withdraw":
        await qr_house.ended(handle)
        assert len(qr_house.qr.got) == before
    else:
        assert state.status is RequestStatus.REQUESTED
        await comes_true(lambda: qr_house.qr.got[before:] == ["request 2 to (7, 8)"])
        await silent(qr_house, handle, DAYS)
        await comes_true(lambda: qr_house.qr.got[before + 1 :] == ["reminder 1 of round 2"])


async def test_without_reminders_the_requester_is_told_at_once(qr_house: QrHouse) -> None:
    handle = await qr_house.requested(timeouts=QrTimeouts(reminders=0))
    await silent(qr_house, handle, DAYS)
    await qr_house.held_for(handle, HoldReason.NO_QR_CODE)
    assert qr_house.qr.got[1:] == ["no code after 0 reminders of round 1"]
    await qr_house.retry(handle)
    await comes_true(lambda: qr_house.qr.got[2:] == ["reminder 1 of round 1"])
