"""What a provider answers at once, and what an order owes at its end: several e-mails, and follow-ups."""

import pytest
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateStage
from temporalio.exceptions import ApplicationError

from models.fleet.inventory import SimKind, SimState
from models.orders.lifecycle import HoldReason, OrderStatus
from models.orders.placement import ProviderAnswer
from tests.temporal_server import comes_true, eventually
from tests.workflows.house import ICCID, House
from tests.workflows.troubles import FINAL, MAIL_REJECTED

_ACCEPTED = WorkflowUpdateStage.ACCEPTED
REQUEST = "qr-request-aaaaaaaaaaaaaaaa"


async def test_a_provider_that_answers_at_once_needs_no_call(house: House) -> None:
    house.outside.answer = ProviderAnswer(acknowledged=True, processed=True, iccid=ICCID)
    handle = await house.placed()
    await house.ended(handle)
    assert house.order(handle).status is OrderStatus.PROCESSED
    assert house.order(handle).actors == ["provider", "provider"]
    assert house.sims_of(handle) == {SimState.ACTIVE: [SimKind.ESIM]}
    assert house.outside.got == ["order", "news"]


async def test_a_provider_that_acknowledges_at_once_is_waited_for(house: House) -> None:
    house.outside.answer = ProviderAnswer(acknowledged=True, iccid=ICCID)
    handle = await house.placed()
    await comes_true(lambda: house.order(handle).status is OrderStatus.PROVIDER_PROCESSING)
    await house.forward(handle, days=4)
    await comes_true(lambda: "reminder 1 in provider_processing" in house.outside.got)
    assert (await house.call(handle, "processed")).iccid == ICCID
    await house.ended(handle)


@pytest.mark.covers("W5")
async def test_an_answer_that_is_refused_holds_the_order_until_the_provider_is_asked_again(
    house: House,
) -> None:
    taken = house.inventory.add_line(900)
    house.outside.answer = ProviderAnswer(acknowledged=True, processed=True, iccid=taken.iccid)
    handle = await house.placed()
    await house.held_for(handle, HoldReason.ANSWER_REFUSED)
    assert house.order(handle).status is OrderStatus.SUBMITTED
    house.outside.answer = ProviderAnswer(acknowledged=True, processed=True, iccid=ICCID)
    await house.retry(handle)
    await house.ended(handle)
    assert house.order(handle).status is OrderStatus.PROCESSED
    assert house.inventory.broken == []


@pytest.mark.covers("F22", "W5")
async def test_a_cancel_overtakes_an_answer_that_was_refused(house: House) -> None:
    taken = house.inventory.add_line(900)
    house.outside.answer = ProviderAnswer(acknowledged=True, iccid=taken.iccid)
    handle = await house.placed()
    await house.held_for(handle, HoldReason.ANSWER_REFUSED)
    await house.call(handle, "cancel")
    await house.ended(handle)
    assert house.outside.got[0] == "order"
    assert sorted(house.outside.got[1:]) == ["news", "withdrawal"], "each is owed beside the other"
    assert house.holds.reason(handle.id) is None


@pytest.mark.covers("F51")
async def test_a_cancel_that_comes_after_the_provider_answered_is_told_so(house: House) -> None:
    house.outside.answer = ProviderAnswer(acknowledged=True, processed=True, iccid=ICCID)
    door = house.troubles.shut_before("acknowledge_order")
    handle = await house.placed()
    await comes_true(lambda: house.troubles.attempts["acknowledge_order"])
    cancel = await handle.start_update("cancel", wait_for_stage=_ACCEPTED)
    door.set()
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await cancel.result()
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "already_processed"
    await house.ended(handle)
    assert house.order(handle).incidents == set()
    assert house.sims_of(handle) == {SimState.ACTIVE: [SimKind.ESIM]}


@pytest.mark.covers("W5")
async def test_an_order_is_held_for_two_emails_each_of_which_goes_on_by_itself(house: House) -> None:
    house.inventory.emails = ("to_subscriber", "to_manager")
    house.troubles.last("send_email:to_subscriber", MAIL_REJECTED)
    house.troubles.last("send_email:to_manager", FINAL)
    handle = await house.acknowledged()
    await house.call(handle, "processed", iccid=ICCID)
    both = {
        "send_email:to_subscriber": HoldReason.MAIL_REJECTED,
        "send_email:to_manager": HoldReason.STEP_FAILED,
    }
    await comes_true(lambda: house.holds.steps.get(handle.id) == both)
    details = await eventually(lambda: house.details(handle), lambda text: text.count("**Held**") == 2)
    assert HoldReason.MAIL_REJECTED.sentence in details
    assert HoldReason.STEP_FAILED.sentence in details
    house.troubles.over("send_email:to_subscriber")
    await house.retry(handle)
    await comes_true(lambda: house.holds.records[handle.id].count("held:step_failed") >= 2)
    await comes_true(lambda: list(house.holds.steps.get(handle.id, {})) == ["send_email:to_manager"])
    assert "to_subscriber" in house.outside.got
    await house.held_for(handle, HoldReason.STEP_FAILED)
    house.troubles.over("send_email:to_manager")
    await house.retry(handle)
    await house.ended(handle)
    assert sorted(house.outside.got) == ["order", "to_manager", "to_subscriber"]
    assert set(house.outside.copies.values()) == {1}


@pytest.mark.covers("W5")
async def test_a_follow_up_that_fails_is_held_and_the_order_waits_for_it(house: House) -> None:
    signalled: list[str] = []

    async def signal(request: str) -> None:
        signalled.append(request)

    house.inventory.signal = signal
    house.troubles.last("follow_up", FINAL)
    handle = await house.acknowledged()
    house.order(handle).ends_request = REQUEST
    await house.call(handle, "processed", iccid=ICCID)
    await comes_true(lambda: list(house.holds.steps.get(handle.id, {})) == ["follow_up:7"])
    await comes_true(lambda: "news" in house.outside.got)
    house.troubles.over("follow_up")
    await house.retry(handle)
    await house.ended(handle)
    assert signalled == [REQUEST]
