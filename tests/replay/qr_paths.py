"""The ways a request for a QR code, or a notification, can go, each driven once to be recorded."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowHandle

from models.codes.requests import RequestState, RequestStatus
from models.orders.lifecycle import HoldReason
from tests.temporal_server import comes_true
from tests.workflows.codes.qr_house import QrHouse
from tests.workflows.house import ICCID, Refusal
from tests.workflows.troubles import AWAY, FINAL, MAIL_REJECTED
from workflows.codes.messages import QrTimeouts
from workflows.codes.request import EsimQrRequest

HURRIED = QrTimeouts(
    reminder_after=timedelta(seconds=1),
    reminders=1,
    requester_notified_after=timedelta(seconds=1),
    look_every=timedelta(seconds=2),
    notification_given_up_after=timedelta(seconds=1),
)
LONG = QrTimeouts(requester_notified_after=timedelta(seconds=1))
Handle = WorkflowHandle[Any, Any]
Path = Callable[[QrHouse], Awaitable[Handle]]


async def asked(house: QrHouse, **wish: Any) -> WorkflowHandle[EsimQrRequest, RequestState]:
    handle = await house.requested(**wish)
    await comes_true(lambda: house.qr.got)
    return handle


async def qr_imported_and_requester_told(house: QrHouse) -> Handle:
    handle = await asked(house, timeouts=LONG)
    await house.imported(handle)
    return handle


async def qr_imported_and_manager_notified(house: QrHouse) -> Handle:
    handle = await asked(house)
    house.known(handle).notified = True
    await house.imported(handle)
    await handle.signal("notified")
    return handle


async def qr_sent_again_and_withdrawn(house: QrHouse) -> Handle:
    handle = await asked(house, contacts=(7,))
    await house.steer(handle, "send_again", contacts=[8], actor="user:3")
    await comes_true(lambda: len(house.qr.got) == 2)
    try:
        await house.steer(handle, "send_again", contacts=[9])
    except Refusal:
        await house.steer(handle, "withdraw", actor="user:3")
    return handle


async def qr_refused(house: QrHouse) -> Handle:
    handle, _ = await house.request(house.ask(contacts=(9,)))
    return handle


async def qr_withdrawn_through_temporal(house: QrHouse) -> Handle:
    handle = await asked(house)
    await handle.cancel()
    return handle


async def qr_reminded_held_and_retried(house: QrHouse) -> Handle:
    handle = await house.requested(timeouts=HURRIED)
    await house.held_for(handle, HoldReason.NO_QR_CODE)
    await house.retry(handle, "user:3")
    await house.held_for(handle, None)
    await house.held_for(handle, HoldReason.NO_QR_CODE)
    await house.imported(handle, look=False)
    return handle


async def qr_mail_held_and_superseded_by_the_import(house: QrHouse) -> Handle:
    house.troubles.last("ask_for_code", MAIL_REJECTED)
    handle = await house.requested(timeouts=LONG)
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    await house.imported(handle)
    return handle


async def qr_round_held_and_superseded_by_a_withdrawal(house: QrHouse) -> Handle:
    house.troubles.next("open_request", AWAY, AWAY, AWAY)
    handle = await asked(house)
    house.troubles.last("add_round", FINAL)
    call = asyncio.create_task(house.steer(handle, "send_again"))
    await house.held_for(handle, HoldReason.STEP_FAILED)
    house.troubles.over("add_round")
    await house.steer(handle, "withdraw")
    await asyncio.gather(call, return_exceptions=True)
    return handle


async def qr_news_given_up(house: QrHouse) -> Handle:
    house.troubles.last("send_notification", MAIL_REJECTED)
    handle = await house.requested(timeouts=HURRIED)
    await house.imported(handle)
    return handle


async def qr_sim_discarded(house: QrHouse) -> Handle:
    handle = await asked(house)
    house.qr.end(handle.id, RequestStatus.SIM_DISCARDED)
    await handle.signal("look")
    return handle


async def swap_that_ends_a_request(house: QrHouse) -> Handle:
    request = await asked(house)
    order = await house.acknowledged()
    house.order(order).ends_request = request.id
    house.qr.end(request.id, RequestStatus.SIM_DISCARDED)
    await house.call(order, "processed", iccid=ICCID)
    await house.ended(request)
    return order


async def notification_held_and_retried(house: QrHouse) -> Handle:
    house.troubles.last("send_notification", MAIL_REJECTED)
    handle = await house.notify()
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    house.troubles.over("send_notification")
    await house.retry(handle)
    return handle


async def notification_given_up(house: QrHouse) -> Handle:
    house.troubles.last("send_notification", MAIL_REJECTED)
    return await house.notify(given_up_after=timedelta(seconds=1))


async def notification_cancelled(house: QrHouse) -> Handle:
    house.troubles.last("send_notification", AWAY)
    handle = await house.notify()
    await comes_true(lambda: house.troubles.attempts["send_notification"])
    await handle.cancel()
    return handle


QR_PATHS: tuple[Path, ...] = (
    qr_imported_and_requester_told,
    qr_imported_and_manager_notified,
    qr_sent_again_and_withdrawn,
    qr_refused,
    qr_withdrawn_through_temporal,
    qr_reminded_held_and_retried,
    qr_mail_held_and_superseded_by_the_import,
    qr_round_held_and_superseded_by_a_withdrawal,
    qr_news_given_up,
    qr_sim_discarded,
    swap_that_ends_a_request,
    notification_held_and_retried,
    notification_given_up,
    notification_cancelled,
)
