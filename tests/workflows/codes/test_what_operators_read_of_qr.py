"""An operator who opens a request or a notification in the Web UI reads where it is and what can be done."""

from typing import Any

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowHandle

from models.codes.requests import RequestStatus
from models.orders.lifecycle import HoldReason
from tests.temporal_server import comes_true, eventually, readable
from tests.workflows.codes.qr_house import ASKED, QrHouse, seen
from tests.workflows.troubles import MAIL_REJECTED


async def described(handle: WorkflowHandle[Any, Any]) -> dict[str, str]:
    """The updates and signals of a workflow, and what is said of them."""
    metadata: WorkflowMetadata = await handle.query(
        "__temporal_workflow_metadata", result_type=WorkflowMetadata
    )
    definition = metadata.definition
    return {
        it.name: it.description for it in (*definition.update_definitions, *definition.signal_definitions)
    }


@pytest.mark.covers("W3")
async def test_the_details_of_a_request_at_each_status(qr_house: QrHouse) -> None:
    handle = await qr_house.requested()
    await comes_true(lambda: qr_house.qr.got == [ASKED])

    async def details() -> str:
        return await qr_house.details(handle)

    asked = await eventually(details, lambda text: "| Asked the distributor |" in text)
    assert asked.startswith("**Requested from the distributor**")
    assert "Waits for the QR code since 20" in asked
    assert "next reminder 20" in asked
    assert "Updates that can be sent now: `send_again`, `withdraw`." in asked

    await qr_house.steer(handle, "send_again")
    await eventually(details, lambda text: "| Asked the distributor again (round 2) |" in text)
    await qr_house.imported(handle)
    await seen(handle, RequestStatus.IMPORTED)
    imported = await details()
    assert imported.startswith("**Imported**")
    assert "The requester is notified at 20" in imported
    assert "Updates that can be sent" not in imported

    await qr_house.forward(handle, minutes=16)
    await qr_house.ended(handle)
    ended = await details()
    expected = [
        "Requested from",
        "Asked",
        "Asked the distributor again",
        "Imported",
        "The requester was notified",
    ]
    places = [ended.index(f"| {what}") for what in expected]
    assert places == sorted(places), "in the order it happened"
    assert "is notified at" not in ended


@pytest.mark.covers("W3", "W5")
async def test_a_held_request_says_why_since_when_and_what_to_do(qr_house: QrHouse) -> None:
    qr_house.troubles.last("ask_for_code", MAIL_REJECTED)
    handle = await qr_house.requested()
    await qr_house.held_for(handle, HoldReason.MAIL_REJECTED)
    held = await qr_house.details(handle)
    assert "**Held** in `ask_for_code` since 20" in held
    assert f"(`mail_rejected`): {HoldReason.MAIL_REJECTED.sentence} Signal `retry` to continue." in held


@pytest.mark.covers("W3")
async def test_the_list_says_each_in_one_line(qr_house: QrHouse) -> None:
    request, notification = await qr_house.requested(), await qr_house.notify()
    summary = await (await request.describe()).static_summary()
    assert summary == "QR code of S-41, slot 1 (Orange), requested from Telvia"
    summary = await (await notification.describe()).static_summary()
    assert summary == "Notify that the QR code of S-41 (Orange) has arrived"


@pytest.mark.covers("W3")
async def test_the_details_of_a_notification(qr_house: QrHouse) -> None:
    qr_house.troubles.last("send_notification", MAIL_REJECTED)
    handle = await qr_house.notify()
    await qr_house.held_for(handle, HoldReason.MAIL_REJECTED)
    held = await qr_house.details(handle)
    assert held.startswith("**Waiting to be sent**")
    assert "**Held** in `send_notification` since 20" in held
    qr_house.troubles.over("send_notification")
    await qr_house.retry(handle)
    await qr_house.ended(handle)
    assert (await qr_house.details(handle)).startswith("**Sent**")


@pytest.mark.covers("W3", "W4")
async def test_every_call_is_described_to_who_may_send_it(qr_house: QrHouse) -> None:
    of_request = await described(await qr_house.requested())
    assert set(of_request) == {"request", "send_again", "withdraw", "retry", "look", "notified"}
    of_notification = await described(await qr_house.notify())
    assert set(of_notification) == {"retry"}
    assert all(len(text) > 20 for text in (*of_request.values(), *of_notification.values()))


@pytest.mark.covers("W3", "W6")
async def test_steps_and_timers_are_named_in_words_and_nobody_is_named(qr_house: QrHouse) -> None:
    handle = await qr_house.requested()
    await qr_house.forward(handle, days=6, minutes=1)
    await qr_house.held_for(handle, HoldReason.NO_QR_CODE)
    await qr_house.imported(handle)
    await seen(handle, RequestStatus.IMPORTED)
    await qr_house.forward(handle, minutes=16)
    await qr_house.ended(handle)
    text = readable((await handle.fetch_history()).to_json())
    for words in (
        "Ask the distributor for the QR code",
        "Remind the distributor if no code came",
        "Look whether the code was imported",
        "Notify the requester if no notification was sent",
        "Notify the requester that no QR code came",
    ):
        assert words in text
    assert "LPA:" not in text
    assert ".example" not in text
