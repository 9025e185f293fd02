"""A step that fails never ends a request or a notification, and holds nothing but itself (W5)."""

import asyncio

import pytest

from models.codes.requests import RequestStatus
from models.orders.lifecycle import HoldReason
from tests.temporal_server import comes_true, eventually
from tests.workflows.codes.qr_house import ASKED, QrHouse, seen
from tests.workflows.house import Refusal
from tests.workflows.troubles import AWAY, FINAL, LOST_ANSWER, MAIL_AWAY, MAIL_REJECTED, Trouble
from workflows.codes.messages import NotificationStatus
from workflows.codes.request import EsimQrRequest
from workflows.search_attributes import HOLD_REASON, ORDER_STATUS


@pytest.mark.covers("W1", "W5")
@pytest.mark.parametrize("trouble", [AWAY, LOST_ANSWER])
@pytest.mark.parametrize("step", ["open_request", "add_round", "withdraw_request"])
async def test_a_step_that_fails_for_a_moment_is_invisible(
    qr_house: QrHouse, step: str, trouble: Trouble
) -> None:
    qr_house.troubles.next(step, trouble)
    handle = await qr_house.requested()
    assert (await qr_house.steer(handle, "send_again")).round == 2
    assert (await qr_house.steer(handle, "withdraw")).status is RequestStatus.WITHDRAWN
    await qr_house.ended(handle)
    assert len(qr_house.known(handle).rounds) == 2
    assert qr_house.holds.timeline == []


@pytest.mark.covers("W5", "W3")
async def test_a_held_mail_goes_on_after_a_retry_and_counts_it(qr_house: QrHouse) -> None:
    qr_house.troubles.last("ask_for_code", MAIL_REJECTED)
    handle = await qr_house.requested()
    await qr_house.held_for(handle, HoldReason.MAIL_REJECTED)
    await comes_true(lambda: qr_house.holds.reasons == {handle.id: HoldReason.MAIL_REJECTED})
    qr_house.troubles.over("ask_for_code")
    await handle.signal("retry")
    await comes_true(lambda: qr_house.qr.got == [ASKED])
    await qr_house.held_for(handle, None)
    assert qr_house.qr.retries["ask_for_code"] == 1
    await comes_true(lambda: qr_house.holds.timeline == ["held:mail_rejected", "released:operator"])


@pytest.mark.covers("W5")
@pytest.mark.parametrize("look", [True, False])
async def test_an_import_overtakes_a_held_mail(qr_house: QrHouse, look: bool) -> None:
    """A contact may have the link from an earlier round, or a user imports the code."""
    qr_house.troubles.last("ask_for_code", MAIL_REJECTED)
    handle = await qr_house.requested()
    await qr_house.held_for(handle, HoldReason.MAIL_REJECTED)
    await qr_house.imported(handle, look=look)
    await qr_house.forward(handle, days=0 if look else 1, minutes=20)
    await qr_house.ended(handle)
    assert qr_house.holds.reasons == {}
    assert qr_house.qr.got == ["notification"]


@pytest.mark.covers("W5")
async def test_a_withdrawal_overtakes_a_held_mail(qr_house: QrHouse) -> None:
    qr_house.troubles.last("ask_for_code", MAIL_REJECTED)
    handle = await qr_house.requested()
    await qr_house.held_for(handle, HoldReason.MAIL_REJECTED)
    assert (await qr_house.steer(handle, "withdraw")).status is RequestStatus.WITHDRAWN
    await qr_house.ended(handle)
    assert qr_house.holds.reasons == {}
    assert await qr_house.attribute(handle, HOLD_REASON) is None


@pytest.mark.covers("W5")
async def test_another_round_overtakes_a_held_mail(qr_house: QrHouse) -> None:
    qr_house.troubles.next("ask_for_code", MAIL_REJECTED)
    handle = await qr_house.requested(contacts=(7,))
    await qr_house.held_for(handle, HoldReason.MAIL_REJECTED)
    assert (await qr_house.steer(handle, "send_again", contacts=[8])).round == 2
    await comes_true(lambda: qr_house.qr.got == ["request 2 to (8,)"])
    await qr_house.held_for(handle, None)
    await comes_true(lambda: qr_house.holds.reasons == {})


async def test_an_import_while_a_mail_hangs(qr_house: QrHouse) -> None:
    door = qr_house.troubles.shut_before("ask_for_code")
    handle = await qr_house.requested()
    await comes_true(lambda: qr_house.troubles.attempts["ask_for_code"])
    await qr_house.imported(handle)
    await seen(handle, RequestStatus.IMPORTED)
    door.set()  # it is delivered all the same
    await qr_house.forward(handle, minutes=16)
    await qr_house.ended(handle)
    assert qr_house.qr.got == [ASKED, "notification"]


@pytest.mark.covers("W5")
async def test_a_withdrawal_overtakes_a_held_round_whose_caller_is_told(qr_house: QrHouse) -> None:
    handle = await qr_house.requested()
    qr_house.troubles.last("add_round", FINAL)
    call = asyncio.create_task(qr_house.steer(handle, "send_again"))
    await qr_house.held_for(handle, HoldReason.STEP_FAILED)
    qr_house.troubles.over("add_round")
    assert (await qr_house.steer(handle, "withdraw")).status is RequestStatus.WITHDRAWN
    with pytest.raises(Refusal) as superseded:
        await call
    assert superseded.value.code == "already_withdrawn"
    await qr_house.ended(handle)


@pytest.mark.covers("W5")
async def test_an_import_overtakes_a_held_round_too(qr_house: QrHouse) -> None:
    handle = await qr_house.requested()
    qr_house.troubles.last("add_round", FINAL)
    call = asyncio.create_task(qr_house.steer(handle, "send_again"))
    await qr_house.held_for(handle, HoldReason.STEP_FAILED)
    qr_house.troubles.over("add_round")
    await qr_house.imported(handle)
    with pytest.raises(Refusal) as superseded:
        await call
    assert superseded.value.code == "already_imported"
    await qr_house.forward(handle, minutes=16)
    await qr_house.ended(handle)


@pytest.mark.covers("W5")
async def test_a_database_away_holds_no_request_that_only_looks(qr_house: QrHouse) -> None:
    handle = await qr_house.requested()
    await comes_true(lambda: qr_house.qr.got == [ASKED])
    qr_house.troubles.last("look_at_request", AWAY)
    await qr_house.imported(handle)
    await comes_true(lambda: qr_house.troubles.attempts["look_at_request"])
    await qr_house.forward(handle, hours=1)
    assert await qr_house.attribute(handle, HOLD_REASON) is None
    qr_house.troubles.over("look_at_request")
    await qr_house.forward(handle, days=1)
    await qr_house.ended(handle)
    assert qr_house.holds.timeline == []
    assert qr_house.qr.got == [ASKED, "notification"]


@pytest.mark.covers("W5")
async def test_a_look_that_fails_for_good_is_seen_and_superseded_by_the_next(qr_house: QrHouse) -> None:
    handle = await qr_house.requested()
    qr_house.troubles.next("look_at_request", FINAL)
    await handle.signal(EsimQrRequest.look)
    await qr_house.held_for(handle, HoldReason.STEP_FAILED)
    await qr_house.imported(handle)
    await qr_house.held_for(handle, None)
    await seen(handle, RequestStatus.IMPORTED)
    await qr_house.forward(handle, minutes=16)
    await qr_house.ended(handle)


@pytest.mark.covers("W5")
async def test_news_for_the_requester_are_given_up_after_seven_days(qr_house: QrHouse) -> None:
    qr_house.troubles.last("send_notification", MAIL_REJECTED)
    handle = await qr_house.requested()
    await qr_house.imported(handle)
    await seen(handle, RequestStatus.IMPORTED)
    await qr_house.forward(handle, minutes=16)
    await qr_house.held_for(handle, HoldReason.MAIL_REJECTED)
    await qr_house.forward(handle, days=6)
    await qr_house.held_for(handle, HoldReason.MAIL_REJECTED)
    await qr_house.forward(handle, days=2)
    await qr_house.ended(handle)
    assert qr_house.holds.reasons == {}
    assert qr_house.holds.given_up == {handle.id, handle.id.replace("request", "notification")}
    assert "given up" in await qr_house.details(handle)


# --- notifications by hand --------------------------------------------------------------------------------


@pytest.mark.covers("F38", "W2")
async def test_a_notification_is_sent_and_its_workflow_ends(qr_house: QrHouse) -> None:
    handle = await qr_house.notify()
    assert await handle.result() is NotificationStatus.SENT
    assert qr_house.qr.got == ["notification"]
    assert await qr_house.attribute(handle, ORDER_STATUS) == "sent"
    assert qr_house.holds.timeline == []


@pytest.mark.covers("W5")
async def test_a_held_notification_goes_on_after_a_retry(qr_house: QrHouse) -> None:
    qr_house.troubles.last("send_notification", MAIL_AWAY)
    handle = await qr_house.notify()
    await qr_house.forward(handle, hours=2)
    await qr_house.held_for(handle, HoldReason.MAIL_UNAVAILABLE)
    await comes_true(lambda: qr_house.holds.reasons == {handle.id: HoldReason.MAIL_UNAVAILABLE})
    assert await qr_house.attribute(handle, ORDER_STATUS) == "waiting"
    qr_house.troubles.over("send_notification")
    await qr_house.retry(handle, "user:3")
    assert await handle.result() is NotificationStatus.SENT
    assert qr_house.holds.reasons == {}
    assert qr_house.holds.timeline[-1] == "released:user:3"


@pytest.mark.covers("W5")
async def test_a_notification_that_cannot_be_sent_is_given_up(qr_house: QrHouse) -> None:
    qr_house.troubles.last("send_notification", MAIL_REJECTED)
    handle = await qr_house.notify()
    await qr_house.held_for(handle, HoldReason.MAIL_REJECTED)
    await qr_house.forward(handle, days=8)
    assert await handle.result() is NotificationStatus.GIVEN_UP
    assert qr_house.holds.given_up == {handle.id}
    assert await qr_house.attribute(handle, ORDER_STATUS) == "given_up"
    assert await qr_house.attribute(handle, HOLD_REASON) is None


@pytest.mark.parametrize("trouble", [MAIL_REJECTED, MAIL_AWAY])
async def test_to_cancel_a_notifications_workflow_is_to_give_it_up(
    qr_house: QrHouse, trouble: Trouble
) -> None:
    qr_house.troubles.last("send_notification", trouble)
    handle = await qr_house.notify()
    await comes_true(lambda: qr_house.troubles.attempts["send_notification"])
    await handle.cancel()
    async with asyncio.timeout(30):
        assert await handle.result() is NotificationStatus.GIVEN_UP
    assert qr_house.holds.given_up == {handle.id}
    assert qr_house.holds.reasons == {}
    await eventually(lambda: qr_house.attribute(handle, ORDER_STATUS), lambda it: it == "given_up")
