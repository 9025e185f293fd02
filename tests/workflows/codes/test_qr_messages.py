"""What any SDK may send to a request or a notification: plain JSON, too little of it, or nonsense."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError, WorkflowHandle, WorkflowUpdateFailedError

from models.codes.requests import RequestStatus
from models.identifiers import qr_notification_id, qr_request_id
from tests.temporal_server import PATIENCE, comes_true, eventually
from tests.workflows.codes.qr_house import ASKED, QrHouse


def request_json(house: QrHouse, **changed: Any) -> dict[str, Any]:
    """The least that a request can be started with."""
    wish = {
        "request_id": qr_request_id(1, house.task_queue),
        "account_id": 1,
        "sim_id": 41,
        "user_id": 3,
    }
    return {"request": wish | changed, "provider": "Orange", "distributor": "Telvia"}


def notification_json(house: QrHouse, **changed: Any) -> dict[str, Any]:
    return {
        "notification_id": qr_notification_id(1, house.task_queue),
        "sim_id": 41,
        "account_id": 1,
        "provider": "Orange",
    } | changed


async def start(house: QrHouse, kind: str, workflow_id: str, *arguments: Any) -> WorkflowHandle[Any, Any]:
    return await house.client.start_workflow(
        kind, args=arguments, id=workflow_id, task_queue=house.task_queue
    )


async def attributes(handle: WorkflowHandle[Any, Any]) -> dict[str, Any]:
    described = (await handle.describe()).typed_search_attributes
    return {pair.key.name: pair.value for pair in described.search_attributes if pair.key.name[0] != "B"}


@pytest.mark.covers("W4", "W3")
async def test_a_request_made_with_plain_json_gets_its_search_attributes(qr_house: QrHouse) -> None:
    message = request_json(qr_house)
    handle = await start(qr_house, "EsimQrRequest", message["request"]["request_id"], message)
    result = await handle.execute_update("request")
    state = {"request_id": handle.id, "status": "requested", "sim_id": 41, "round": 1, "warnings": []}
    assert result == {"state": state, "refusals": [], "origin_id": None}
    assert await attributes(handle) == {
        "OrderStatus": "requested",
        "OrderKind": "generate_qr_code",
        "Provider": "Orange",
        "Distributor": "Telvia",
        "AccountId": "1",
    }
    again = await handle.execute_update("send_again", {"contacts": [7], "unknown_field": 1})
    assert again == state | {"round": 2}
    assert await handle.execute_update("withdraw", {"actor": "user:3"}) == again | {"status": "withdrawn"}
    assert await asyncio.wait_for(handle.result(), PATIENCE) == again | {"status": "withdrawn"}


@pytest.mark.covers("W4", "W3")
async def test_a_notification_started_with_plain_json(qr_house: QrHouse) -> None:
    message = notification_json(qr_house)
    handle = await start(qr_house, "EsimQrNotification", message["notification_id"], message)
    assert await asyncio.wait_for(handle.result(), PATIENCE) == "sent"
    assert await attributes(handle) == {
        "OrderStatus": "sent",
        "OrderKind": "notify_qr_code",
        "Provider": "Orange",
        "AccountId": "1",
    }
    assert await handle.query("state") == "sent"


@pytest.mark.covers("W3")
async def test_operators_find_requests_among_orders(qr_house: QrHouse) -> None:
    await qr_house.placed()
    handle = await qr_house.requested()

    async def found() -> list[str]:
        query = (
            f"TaskQueue = '{qr_house.task_queue}' AND OrderKind = 'generate_qr_code' "
            "AND OrderStatus = 'requested' AND Distributor = 'Telvia' AND HoldReason IS NULL"
        )
        return [it.id async for it in qr_house.client.list_workflows(query)]

    await eventually(found, lambda seen: seen == [handle.id])


@pytest.mark.covers("W4")
@pytest.mark.parametrize(
    ("update", "message"),
    [
        ("send_again", {"contacts": "all"}),
        ("send_again", {"contacts": [0]}),
        ("send_again", {"contacts": [1] * 51}),
        ("send_again", {"email_text_id": "Dear Telvia"}),
        ("send_again", {"actor": "Ana Martin"}),
        ("send_again", "please"),
        ("withdraw", {"actor": 12}),
        ("withdraw", []),
        ("resurrect", {}),
    ],
)
async def test_a_malformed_call_is_answered_and_changes_nothing(
    qr_house: QrHouse, update: str, message: Any
) -> None:
    handle = await qr_house.requested()
    with pytest.raises(WorkflowUpdateFailedError):
        await asyncio.wait_for(handle.execute_update(update, message), PATIENCE)
    assert qr_house.known(handle).state.round == 1
    assert (await qr_house.steer(handle, "withdraw")).status is RequestStatus.WITHDRAWN


@pytest.mark.covers("W4")
@pytest.mark.parametrize("arguments", [[], [None], [{}]])
async def test_calls_need_no_input_where_there_is_nothing_to_say(
    qr_house: QrHouse, arguments: list[Any]
) -> None:
    handle = await qr_house.requested()
    assert (await handle.execute_update("send_again", args=arguments))["round"] == 2
    assert (await handle.execute_update("withdraw", args=arguments))["status"] == "withdrawn"


@pytest.mark.covers("W4")
@pytest.mark.parametrize("update", ["send_again", "withdraw"])
async def test_a_call_with_too_much_input_is_answered(qr_house: QrHouse, update: str) -> None:
    handle = await qr_house.requested()
    with pytest.raises(WorkflowUpdateFailedError):
        await asyncio.wait_for(handle.execute_update(update, args=[{}, 2]), PATIENCE)
    assert qr_house.known(handle).status is RequestStatus.REQUESTED
    with pytest.raises(WorkflowUpdateFailedError):
        await asyncio.wait_for(handle.execute_update("request", args=[{}, 2]), PATIENCE)
    assert (await handle.execute_update("request"))["state"]["round"] == 1


@pytest.mark.covers("W4", "W5")
async def test_a_signal_nobody_understands_disturbs_nothing(qr_house: QrHouse) -> None:
    qr_house.qr.due_in = timedelta(days=3)
    handle = await qr_house.requested()
    for nonsense in ([], [None], ["please"], [{"actor": 12}], [{"actor": "operator"}, 2]):
        await handle.signal("retry", args=nonsense)
        await handle.signal("look", args=nonsense)
    await handle.signal("hurry", "up")
    await qr_house.imported(handle)
    await qr_house.forward(handle, minutes=16)
    await qr_house.ended(handle)
    assert qr_house.qr.got == [ASKED, "notification"]


@pytest.mark.covers("W4")
async def test_nobody_needs_to_ask_whether_the_request_is_accepted(qr_house: QrHouse) -> None:
    message = request_json(qr_house)
    await start(qr_house, "EsimQrRequest", message["request"]["request_id"], message)
    await comes_true(lambda: qr_house.qr.got == [ASKED])


@pytest.mark.covers("W4")
@pytest.mark.parametrize(
    "changed",
    [
        {"request_id": "4711"},
        {"request_id": "order-aaaaaaaaaaaaaaaa"},
        {"sim_id": "S-41"},
        {"user_id": None},
        {"contacts": ["qr@telvia.example"]},
    ],
)
async def test_a_request_that_makes_no_sense_ends_with_the_reason(
    qr_house: QrHouse, changed: dict[str, Any]
) -> None:
    message = request_json(qr_house, **changed)
    handle = await start(qr_house, "EsimQrRequest", message["request"]["request_id"], message)
    with pytest.raises(WorkflowFailureError) as failed:
        await asyncio.wait_for(handle.result(), PATIENCE)
    assert next(iter(changed)) in str(failed.value.cause)
    assert qr_house.qr.requests == {}


@pytest.mark.covers("W4")
@pytest.mark.parametrize("kind", ["EsimQrRequest", "EsimQrNotification"])
@pytest.mark.parametrize("arguments", [(), ("code",), (None,), ({},)])
async def test_a_workflow_without_content_ends_too(
    qr_house: QrHouse, kind: str, arguments: tuple[Any, ...]
) -> None:
    handle = await start(qr_house, kind, f"empty-{qr_house.task_queue}", *arguments)
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(handle.result(), PATIENCE)


@pytest.mark.covers("W4")
async def test_what_is_started_under_another_workflows_id_is_refused(qr_house: QrHouse) -> None:
    """Nobody could steer it: calls go to the workflow that is named after the request."""
    request, notification = request_json(qr_house), notification_json(qr_house)
    for kind, message, right in (
        ("EsimQrRequest", request, request["request"]["request_id"]),
        ("EsimQrNotification", notification, notification["notification_id"]),
    ):
        handle = await start(qr_house, kind, f"my-own-{kind}-{qr_house.task_queue}", message)
        with pytest.raises(WorkflowFailureError) as failed:
            await asyncio.wait_for(handle.result(), PATIENCE)
        assert right in str(failed.value.cause)
    assert qr_house.qr.requests == {}
    assert qr_house.qr.got == []
