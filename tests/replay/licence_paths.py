"""The ways a change of a number, or a request for licences, can go, each driven once to be recorded."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowHandle

from models.errors import Refusal
from models.licences.numbers import Change
from models.orders.lifecycle import HoldReason
from tests.temporal_server import comes_true
from tests.workflows.codes.qr_house import QrHouse
from tests.workflows.licences.ways import changed, requested
from tests.workflows.troubles import AWAY, MAIL_REJECTED

Handle = WorkflowHandle[Any, Any]
Path = Callable[[QrHouse], Awaitable[Handle]]
STOPPED = {"changed": True, "sim_id": 9, "notice": "stop"}
ENDED = STOPPED | {
    "cancelled_order": "order-aaaaaaaaaaaaaaaa",
    "ended_request": "qr-request-aaaaaaaaaaaaaaaa",
}


async def change_that_ends_order_and_esim(house: QrHouse) -> Handle:
    return await changed(house, Change.DELETE, ENDED)


async def change_of_nothing(house: QrHouse) -> Handle:
    return await changed(house, Change.CHANGE_USER, {})


async def change_refused(house: QrHouse) -> Handle:
    return await changed(house, Change.MAKE_SHARED, {"refusals": (Refusal.of("number_deleted"),)})


async def change_due_later(house: QrHouse) -> Handle:
    due = {"due_in": timedelta(seconds=1)}
    return await changed(house, Change.STOP_ESIM, due, due, STOPPED)


async def change_held_and_retried(house: QrHouse) -> Handle:
    house.troubles.last("notify_of_change", MAIL_REJECTED)
    house.troubles.next("apply_change", AWAY)
    handle = await changed(house, Change.SUSPEND, {"changed": True, "sim_id": 9, "notice": "suspend"})
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    house.troubles.over("notify_of_change")
    await house.retry(handle)
    return handle


async def change_given_up_by_an_operator(house: QrHouse) -> Handle:
    house.troubles.last("notify_of_change", MAIL_REJECTED)
    handle = await changed(house, Change.DELETE, ENDED)
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    await handle.cancel()
    return handle


async def change_cancelled_while_due_later(house: QrHouse) -> Handle:
    due = {"due_in": timedelta(days=20)}
    handle = await changed(house, Change.STOP_ESIM, due, STOPPED)
    await handle.cancel()
    await handle.signal("look")
    return handle


async def licences_requested(house: QrHouse) -> Handle:
    return await requested(house)


async def licence_request_held_and_retried(house: QrHouse) -> Handle:
    house.troubles.last("notify_owners", MAIL_REJECTED)
    handle = await requested(house)
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    house.troubles.over("notify_owners")
    await house.retry(handle)
    return handle


async def licence_request_given_up(house: QrHouse) -> Handle:
    house.troubles.last("notify_owners", MAIL_REJECTED)
    return await requested(house, given_up_after=timedelta(seconds=1))


async def licence_request_cancelled(house: QrHouse) -> Handle:
    house.troubles.last("notify_owners", AWAY)
    handle = await requested(house)
    await comes_true(lambda: house.troubles.attempts["notify_owners"])
    await handle.cancel()
    return handle


LICENCE_PATHS: tuple[Path, ...] = (
    change_that_ends_order_and_esim,
    change_of_nothing,
    change_refused,
    change_due_later,
    change_held_and_retried,
    change_given_up_by_an_operator,
    change_cancelled_while_due_later,
    licences_requested,
    licence_request_held_and_retried,
    licence_request_given_up,
    licence_request_cancelled,
)
