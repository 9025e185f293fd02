"""What any SDK may send: plain JSON, too little of it, or nonsense. Every call gets an answer."""

import asyncio
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import WorkflowAlreadyStartedError

from models.fleet.inventory import SimKind, SimState
from models.identifiers import order_id
from models.orders.lifecycle import OrderStatus
from tests.temporal_server import PATIENCE, comes_true, eventually
from tests.workflows.house import ICCID, House, Refusal
from workflows import search_attributes


def as_json(house: House, key: str = "from another SDK", **changed: Any) -> dict[str, Any]:
    """The least that an order can be started with."""
    house.inventory.add_line(77)
    what = {"kind": "switch_to_esim", "line_id": 77, "pack_id": 4, "discard_confirmed": True}
    order = {"order_id": order_id(1, house.task_queue + key), "account_id": 1, "user_id": 3}
    order |= {name: value for name, value in changed.items() if name in order}
    what |= {name: value for name, value in changed.items() if name not in order}
    names = {"slot": 1, "provider": "Orange", "distributor": "Distribution SA"}
    return {"order": {**order, "what": what}, **names}


async def start(house: House, workflow_id: str, *arguments: Any) -> WorkflowHandle[Any, Any]:
    return await house.client.start_workflow(
        "EsimOrder", args=arguments, id=workflow_id, task_queue=house.task_queue
    )


@pytest.mark.covers("W4", "W3")
async def test_an_order_started_with_plain_json_gets_its_search_attributes(house: House) -> None:
    message = as_json(house)
    handle = await start(house, message["order"]["order_id"], message)
    acceptance = await handle.execute_update("place")
    assert acceptance["status"] == "submitted"
    described = (await handle.describe()).typed_search_attributes
    assert {pair.key.name: pair.value for pair in described.search_attributes if pair.key.name[0] != "B"} == {
        "OrderStatus": "submitted",
        "OrderKind": "switch_to_esim",
        "Provider": "Orange",
        "Distributor": "Distribution SA",
        "AccountId": "1",
    }
    await handle.execute_update("acknowledge", {"actor": "contact:7"})
    processed = await handle.execute_update("processed", {"iccid": ICCID, "unknown_field": 1})
    assert processed == {
        "order_id": handle.id,
        "status": "processed",
        "iccid": ICCID,
        "warnings": [],
    }
    assert (await asyncio.wait_for(handle.result(), PATIENCE))["status"] == "processed"


@pytest.mark.covers("W4")
async def test_nobody_needs_to_ask_whether_the_order_is_accepted(house: House) -> None:
    message = as_json(house)
    handle = await start(house, message["order"]["order_id"], message)
    await comes_true(lambda: handle.id in house.inventory.orders)
    await comes_true(lambda: house.outside.got == ["order"])
    assert (await house.call(handle, "cancel")).status is OrderStatus.CANCELLED


@pytest.mark.covers("W3")
async def test_operators_find_orders_by_their_search_attributes(house: House) -> None:
    handle = await house.acknowledged()
    await house.placed()

    async def found(query: str) -> list[str]:
        ours = f"TaskQueue = '{house.task_queue}' AND {query}"
        return [it.id async for it in house.client.list_workflows(ours)]

    query = (
        "OrderStatus = 'provider_processing' AND OrderKind = 'switch_to_esim' AND Provider = 'Orange' "
        "AND Distributor = 'Distribution SA' AND AccountId = '1' AND HoldReason IS NULL"
    )
    await eventually(lambda: found(query), lambda seen: seen == [handle.id])
    assert search_attributes.NAMES == (
        "OrderStatus",
        "OrderKind",
        "Provider",
        "Distributor",
        "AccountId",
        "HoldReason",
    )


@pytest.mark.covers("W4", "F49")
@pytest.mark.parametrize(
    ("update", "message", "says"),
    [
        ("acknowledge", {"iccid": "123"}, "18 to 20 digits"),
        ("enter_iccid", {"iccid": "89330000000000000001x"}, "18 to 20 digits"),
        ("enter_iccid", {"iccid": "8933000000000000000012"}, "18 to 20 digits"),
        ("processed", {"iccid": ""}, "18 to 20 digits"),
        ("processed", {"iccid": "٨٩٣٣٠٠٠٠٠٠٠٠٠٠٠٠٠٠١"}, "18 to 20 digits"),
        ("enter_iccid", {}, ""),
        ("acknowledge", {"actor": "Ana Martin"}, ""),
        ("cancel", {"actor": "user:3", "note_id": "because"}, ""),
        ("cancel", "please", ""),
        ("resurrect", {}, ""),
    ],
)
async def test_a_malformed_call_is_answered_and_changes_nothing(
    house: House, update: str, message: Any, says: str
) -> None:
    handle = await house.acknowledged()
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await asyncio.wait_for(handle.execute_update(update, message), PATIENCE)
    assert says in str(refused.value.cause)
    assert house.sims_of(handle) == {
        SimState.ACTIVE: [SimKind.PHYSICAL],
        SimState.TEMPORARY: [SimKind.ESIM],
    }
    assert (await house.call(handle, "processed", iccid=ICCID)).status is OrderStatus.PROCESSED


@pytest.mark.covers("W4")
@pytest.mark.parametrize("arguments", [[], [None], [{}]])
async def test_calls_need_no_input_where_there_is_nothing_to_say(house: House, arguments: list[Any]) -> None:
    handle = await house.placed()
    acknowledged = await handle.execute_update("acknowledge", args=arguments)
    assert acknowledged["status"] == "provider_processing"
    with pytest.raises(WorkflowUpdateFailedError):
        await handle.execute_update("enter_iccid", args=arguments)
    with pytest.raises(WorkflowUpdateFailedError) as unknown:
        await handle.execute_update("processed", args=arguments)
    assert "ICCID" in str(unknown.value.cause)
    assert (await handle.execute_update("cancel", args=arguments))["status"] == "cancelled"


@pytest.mark.covers("W4")
@pytest.mark.parametrize("update", ["acknowledge", "enter_iccid", "processed", "cancel"])
async def test_a_call_with_too_much_input_is_answered(house: House, update: str) -> None:
    handle = await house.acknowledged()
    with pytest.raises(WorkflowUpdateFailedError):
        await asyncio.wait_for(handle.execute_update(update, args=[{"iccid": ICCID}, 2]), PATIENCE)
    assert house.order(handle).status is OrderStatus.PROVIDER_PROCESSING
    with pytest.raises(WorkflowUpdateFailedError):
        await asyncio.wait_for(handle.execute_update("place", args=[{}, 2]), PATIENCE)
    assert (await handle.execute_update("place"))["status"] == "submitted"


@pytest.mark.covers("W4", "W5")
async def test_a_signal_nobody_understands_disturbs_nothing(house: House) -> None:
    handle = await house.acknowledged()
    await handle.signal("retry", {"actor": 12})
    await handle.signal("retry", {"actor": "Ana Martin", "more": "text"})
    await handle.signal("retry", "please")
    await handle.signal("retry", None)
    await handle.signal("retry", args=[{"actor": "operator"}, 2])
    await handle.signal("hurry", "up")
    assert (await house.call(handle, "processed", iccid=ICCID)).status is OrderStatus.PROCESSED
    await house.ended(handle)


@pytest.mark.covers("W4")
@pytest.mark.parametrize(
    "changed",
    [
        {"order_id": "4711"},
        {"order_id": "order-../../etc/passwd"},
        {"kind": "steal_esim"},
        {"line_id": "L-42"},
        {"line_id": None},
    ],
)
async def test_an_order_that_makes_no_sense_ends_with_the_reason(
    house: House, changed: dict[str, Any]
) -> None:
    message = as_json(house, **changed)
    handle = await start(house, message["order"]["order_id"], message)
    with pytest.raises(WorkflowFailureError) as failed:
        await asyncio.wait_for(handle.result(), PATIENCE)
    assert next(iter(changed)) in str(failed.value.cause)
    assert house.inventory.orders == {}


@pytest.mark.covers("W4")
@pytest.mark.parametrize("arguments", [(), ("order",), (None,), ({},)])
async def test_an_order_without_content_ends_too(house: House, arguments: tuple[Any, ...]) -> None:
    handle = await start(house, f"empty-{house.task_queue}", *arguments)
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(handle.result(), PATIENCE)


@pytest.mark.covers("W4")
async def test_an_order_under_another_workflows_id_is_refused(house: House) -> None:
    """Nobody could steer it: calls go to the workflow that is named after the order."""
    message = as_json(house)
    handle = await start(house, f"my-own-{house.task_queue}", message)
    with pytest.raises(WorkflowFailureError) as failed:
        await asyncio.wait_for(handle.result(), PATIENCE)
    assert message["order"]["order_id"] in str(failed.value.cause)
    assert house.inventory.orders == {}


@pytest.mark.covers("W4")
async def test_the_second_start_of_an_order_is_told_so(house: House) -> None:
    message = as_json(house)
    await start(house, message["order"]["order_id"], message)
    with pytest.raises(WorkflowAlreadyStartedError):
        await start(house, message["order"]["order_id"], message)


@pytest.mark.covers("F49")
async def test_an_iccid_is_taken_as_people_write_it(house: House) -> None:
    handle = await house.acknowledged()
    state = await house.call(handle, "enter_iccid", iccid=" 8933 0100 0000 0000 002F ")
    assert state.iccid == ICCID
    with pytest.raises(Refusal):
        await house.call(handle, "enter_iccid", iccid="8933 0100")
