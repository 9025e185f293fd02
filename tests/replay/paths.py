"""The ways an order can go, each driven once to be recorded. Fictional data, and no time to lose."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from models.orders.lifecycle import HoldReason, OrderKind
from models.orders.placement import OrderState, ProviderAnswer
from tests.temporal_server import comes_true
from tests.workflows.house import ICCID, OTHER_ICCID, Handle, House, Refusal
from tests.workflows.troubles import AWAY, FINAL, MAIL_REJECTED
from workflows.orders.messages import Timeouts

HURRIED = Timeouts(
    acknowledgement_reminder_after=timedelta(seconds=1),
    processing_reminder_after=timedelta(seconds=1),
    reminders=1,
    notification_given_up_after=timedelta(seconds=1),
)
Path = Callable[[House], Awaitable[Handle]]


async def refused_call(call: Awaitable[OrderState]) -> None:
    try:
        await call
    except Refusal:
        return
    raise AssertionError("this call was to be refused")


async def switch_processed(house: House) -> Handle:
    handle = await house.placed()
    await comes_true(lambda: "order" in house.outside.got)
    await refused_call(house.call(handle, "processed", iccid=ICCID, actor="contact:7"))
    await house.call(handle, "acknowledge", actor="contact:7")
    await refused_call(house.call(handle, "processed", actor="contact:7"))
    await house.call(handle, "enter_iccid", iccid=OTHER_ICCID, actor="user:3")
    await house.call(handle, "enter_iccid", iccid=ICCID, actor="user:3")
    await house.call(handle, "processed", actor="contact:7")
    return handle


async def replace_processed(house: House) -> Handle:
    handle = await house.placed(house.wish(kind=OrderKind.REPLACE_ESIM))
    await house.call(handle, "acknowledge", iccid=OTHER_ICCID[:-1] + "1", actor="contact:7")
    await house.call(handle, "processed", actor="contact:7")
    return handle


async def cancelled_before_the_acknowledgement(house: House) -> Handle:
    handle = await house.placed()
    await house.call(handle, "cancel", actor="user:3", note_id=1)
    return handle


async def cancelled_while_processing(house: House) -> Handle:
    handle = await house.acknowledged()
    await house.call(handle, "cancel", actor="user:3")
    return handle


async def cancellation_requested_of_temporal(house: House) -> Handle:
    handle = await house.acknowledged()
    await handle.cancel()
    return handle


async def refused(house: House) -> Handle:
    handle, _ = await house.ask_for(house.wish(quantity=2))
    return handle


async def processed_after_cancelled(house: House) -> Handle:
    handle = await house.acknowledged()
    door = house.troubles.shut_before("send_email")
    await house.call(handle, "cancel", actor="user:3")
    await refused_call(house.call(handle, "processed", iccid=ICCID, actor="contact:7"))
    door.set()
    return handle


async def reminded_held_and_retried(house: House) -> Handle:
    handle = await house.placed(house.wish(timeouts=HURRIED))
    await house.held_for(handle, HoldReason.NO_ACKNOWLEDGEMENT)
    await house.retry(handle, "user:3")
    await house.held_for(handle, None)
    await house.held_for(handle, HoldReason.NO_ACKNOWLEDGEMENT)
    await house.call(handle, "acknowledge")
    await house.held_for(handle, HoldReason.NO_PROCESSING)
    await house.call(handle, "cancel")
    return handle


async def submission_held_and_superseded(house: House) -> Handle:
    house.troubles.last("submit_to_provider", MAIL_REJECTED)
    handle = await house.placed()
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    await house.retry(handle)
    await comes_true(lambda: house.troubles.attempts["submit_to_provider"] >= 2)
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    await house.call(handle, "acknowledge")
    await house.call(handle, "cancel")
    return handle


async def step_failing_at_first(house: House) -> Handle:
    house.troubles.next("accept_order", AWAY, AWAY, AWAY)
    house.troubles.next("complete_order", AWAY)
    handle = await house.acknowledged()
    await house.call(handle, "processed", iccid=ICCID)
    return handle


async def step_held_and_superseded_by_a_cancel(house: House) -> Handle:
    handle = await house.acknowledged()
    house.troubles.last("complete_order", FINAL)
    call = asyncio.create_task(house.call(handle, "processed", iccid=ICCID))
    await house.held_for(handle, HoldReason.STEP_FAILED)
    house.troubles.over("complete_order")
    await house.call(handle, "cancel")
    await refused_call(call)
    return handle


async def news_given_up(house: House) -> Handle:
    house.troubles.last("send_email", MAIL_REJECTED)
    handle = await house.acknowledged(timeouts=HURRIED)
    await house.call(handle, "processed", iccid=ICCID)
    return handle


async def calls_that_race(house: House) -> Handle:
    handle = await house.acknowledged()
    calls: list[Any] = [
        house.call(handle, "cancel"),
        house.call(handle, "processed", iccid=ICCID),
        house.call(handle, "enter_iccid", iccid=OTHER_ICCID),
    ]
    await asyncio.gather(*calls, return_exceptions=True)
    return handle


async def provider_answers_at_once(house: House) -> Handle:
    house.outside.answer = ProviderAnswer(acknowledged=True, processed=True, iccid=ICCID)
    return await house.placed()


async def provider_answer_refused_held_and_asked_again(house: House) -> Handle:
    taken = house.inventory.add_line(900)
    house.outside.answer = ProviderAnswer(acknowledged=True, processed=True, iccid=taken.iccid)
    handle = await house.placed()
    await house.held_for(handle, HoldReason.ANSWER_REFUSED)
    house.outside.answer = ProviderAnswer(acknowledged=True, processed=True, iccid=ICCID)
    await house.retry(handle)
    return handle


async def held_for_two_emails(house: House) -> Handle:
    house.inventory.emails = ("to_subscriber", "to_manager")
    house.troubles.last("send_email:to_subscriber", MAIL_REJECTED)
    house.troubles.last("send_email:to_manager", FINAL)
    handle = await house.acknowledged()
    await house.call(handle, "processed", iccid=ICCID)
    await comes_true(lambda: len(house.holds.steps.get(handle.id, {})) == 2)
    house.troubles.over("send_email:to_subscriber")
    await house.retry(handle)
    await comes_true(lambda: house.holds.records[handle.id].count("held:step_failed") == 2)
    house.troubles.over("send_email:to_manager")
    await house.retry(handle)
    return handle


async def follow_up_held_and_retried(house: House) -> Handle:
    house.troubles.last("follow_up", FINAL)
    handle = await house.acknowledged()
    house.order(handle).ends_request = "qr-request-aaaaaaaaaaaaaaaa"
    await house.call(handle, "processed", iccid=ICCID)
    await house.held_for(handle, HoldReason.STEP_FAILED)
    house.troubles.over("follow_up")
    await house.retry(handle)
    return handle


PATHS: tuple[Path, ...] = (
    switch_processed,
    replace_processed,
    cancelled_before_the_acknowledgement,
    cancelled_while_processing,
    cancellation_requested_of_temporal,
    refused,
    processed_after_cancelled,
    reminded_held_and_retried,
    submission_held_and_superseded,
    step_failing_at_first,
    step_held_and_superseded_by_a_cancel,
    news_given_up,
    calls_that_race,
    provider_answers_at_once,
    provider_answer_refused_held_and_asked_again,
    held_for_two_emails,
    follow_up_held_and_retried,
)
