"""Operators find each order by its status: a processed one at the latest when it is held or closes (W3)."""

from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

from models.orders.lifecycle import HoldReason, OrderStatus
from tests.temporal_server import eventually
from tests.workflows.house import ICCID, WAITS, House
from tests.workflows.troubles import MAIL_REJECTED
from workflows.orders.order import EsimOrder
from workflows.search_attributes import HOLD_REASON, ORDER_STATUS

UPSERT = EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES
TASK = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
CLOSED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED


async def happened(handle: WorkflowHandle[Any, Any]) -> list[int]:
    """The types of the events of an order's history."""
    return [event.event_type for event in (await handle.fetch_history()).events]


async def upserts(handle: WorkflowHandle[Any, Any]) -> int:
    return (await happened(handle)).count(UPSERT)


@pytest.mark.covers("W3")
async def test_a_processed_order_is_labelled_by_the_task_that_closes_it(house: House) -> None:
    handle = await house.acknowledged()
    before = await upserts(handle)
    await house.call(handle, "processed", iccid=ICCID)
    await house.ended(handle)
    assert (await happened(handle))[-3:] == [TASK, UPSERT, CLOSED]
    assert await upserts(handle) - before == 1
    assert await house.attribute(handle, ORDER_STATUS) == "processed"


@pytest.mark.covers("W3", "W5")
async def test_a_processed_order_that_is_held_is_labelled_with_its_hold(house: House) -> None:
    handle = await house.acknowledged()
    before = await upserts(handle)
    house.troubles.last("send_email", MAIL_REJECTED)
    await house.call(handle, "processed", iccid=ICCID)
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    assert await house.attribute(handle, ORDER_STATUS) == "processed"
    assert await upserts(handle) - before == 1, "one for status and reason"
    house.troubles.over("send_email")
    await house.retry(handle)
    await house.ended(handle)
    assert await upserts(handle) - before == 2, "the reason is gone"


@pytest.mark.covers("W3", "W5", "F22")
async def test_a_cancelled_order_is_labelled_before_the_provider_knows(house: House) -> None:
    handle = await house.acknowledged()
    door = house.troubles.shut_before("withdraw_from_provider")
    assert (await house.call(handle, "cancel")).status is OrderStatus.CANCELLED
    assert await house.attribute(handle, ORDER_STATUS) == "cancelled"
    door.set()
    await house.ended(handle)
    assert await house.attribute(handle, ORDER_STATUS) == "cancelled"


@pytest.mark.covers("W3", "W5")
async def test_an_order_started_again_after_it_was_processed_is_labelled_at_once(house: House) -> None:
    order = house.wish()
    handle = await house.placed(order)
    await house.call(handle, "acknowledge")
    door = house.troubles.shut_before("send_email")
    await house.call(handle, "processed", iccid=ICCID)
    await handle.terminate()
    start = order.model_copy(update={"retries": 1})
    again = await house.client.start_workflow(EsimOrder.run, start, id=handle.id, task_queue=house.task_queue)
    await eventually(lambda: house.attribute(again, ORDER_STATUS), lambda status: status == "processed")
    door.set()
    await house.ended(again)
    assert await house.attribute(again, ORDER_STATUS) == "processed"


@pytest.mark.covers("W3", "F18")
async def test_an_order_held_for_silence_is_labelled_as_soon_as_it_is_processed(house: House) -> None:
    handle = await house.acknowledged()
    await eventually(lambda: house.details(handle), lambda page: "Handed to the provider" in page)
    for _ in range(WAITS.reminders + 1):
        await house.forward(handle, days=4)
    await eventually(lambda: house.attribute(handle, HOLD_REASON), bool)
    door = house.troubles.shut_before("send_email")
    await house.call(handle, "processed", iccid=ICCID)
    assert await house.attribute(handle, ORDER_STATUS) == "processed"
    door.set()
    await house.ended(handle)
