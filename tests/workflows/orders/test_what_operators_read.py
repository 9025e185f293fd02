"""An operator who opens an order in the Web UI reads where it is, what it waits for, and what can be done."""

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata

from models.orders.lifecycle import HoldReason, OrderKind
from tests.temporal_server import comes_true, eventually, readable
from tests.workflows.house import ICCID, House
from tests.workflows.troubles import MAIL_REJECTED


@pytest.mark.covers("W3")
async def test_the_details_of_an_order_at_each_status(house: House) -> None:
    handle = await house.placed()
    await comes_true(lambda: house.outside.got == ["order"])
    submitted = await house.details(handle)
    assert submitted.startswith("**Submitted**")
    assert "Waits for the provider's acknowledgement since 20" in submitted
    assert "next reminder 20" in submitted
    assert "Updates that can be sent now: `acknowledge`, `cancel`." in submitted

    await house.call(handle, "acknowledge", iccid=ICCID)
    processing = await house.details(handle)
    assert processing.startswith("**Provider processing in progress**")
    assert "Waits for the provider's word that the order is processed" in processing
    assert "`enter_iccid`, `processed`, `cancel`" in processing
    assert f"| ICCID {ICCID} |" in processing

    await house.call(handle, "processed")
    await house.ended(handle)
    ended = await house.details(handle)
    assert ended.startswith("**Processed by the provider**")
    assert "Updates that can be sent" not in ended
    told = ["Submitted", "Handed to the provider", "Provider processing", f"ICCID {ICCID}", "Processed by"]
    places = [ended.index(f"| {what}") for what in told]
    assert places == sorted(places), "in the order it happened"


@pytest.mark.covers("W3", "W5")
async def test_a_held_order_says_why_since_when_and_what_to_do(house: House) -> None:
    house.troubles.last("submit_to_provider", MAIL_REJECTED)
    handle = await house.placed()
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    held = await house.details(handle)
    assert "**Held** in `submit_to_provider` since 20" in held
    assert f"(`mail_rejected`): {HoldReason.MAIL_REJECTED.sentence} Signal `retry` to continue." in held
    house.troubles.over("submit_to_provider")
    await house.retry(handle)
    await house.held_for(handle, None)
    assert "**Held**" not in await house.details(handle)


@pytest.mark.covers("W3")
@pytest.mark.parametrize(
    ("kind", "summary"),
    [
        (OrderKind.SWITCH_TO_ESIM, "Switch line L-1, slot 1, to eSIM (Orange)"),
        (OrderKind.REPLACE_ESIM, "Replace the eSIM of line L-1, slot 1 (Orange)"),
    ],
)
async def test_the_list_says_each_order_in_one_line(house: House, kind: OrderKind, summary: str) -> None:
    handle = await house.placed(house.wish(kind=kind))
    assert await (await handle.describe()).static_summary() == summary


@pytest.mark.covers("W3", "W4")
async def test_every_call_is_described_to_who_may_send_it(house: House) -> None:
    handle = await house.placed()
    metadata: WorkflowMetadata = await handle.query(
        "__temporal_workflow_metadata", result_type=WorkflowMetadata
    )
    described = {it.name: it.description for it in metadata.definition.update_definitions}
    assert set(described) == {"place", "acknowledge", "enter_iccid", "processed", "cancel"}
    described |= {it.name: it.description for it in metadata.definition.signal_definitions}
    assert all(len(description) > 20 for description in described.values())
    assert "retry" in described


@pytest.mark.covers("W3")
async def test_steps_and_timers_are_named_in_words(house: House) -> None:
    handle = await house.placed()
    await comes_true(lambda: house.outside.got == ["order"])

    async def history() -> str:
        return readable((await handle.fetch_history()).to_json())

    await eventually(history, lambda text: "Remind the provider if nothing happened" in text)
    assert "Hand the order to the provider" in await history()
