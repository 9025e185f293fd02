"""Orders played at random: calls in any order, alone and in bursts, while steps fail. What must hold, holds.

Each play runs the real workflow on the real server; the fake inventory checks itself at every change.
"""

import asyncio
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from temporalio.service import RPCError, RPCStatusCode

from models.fleet.inventory import SimKind, SimState
from models.orders.lifecycle import OPEN, OrderKind, OrderStatus
from tests.builders import SWAPS
from tests.temporal_server import PATIENCE, eventually
from tests.workflows.house import ICCID, OTHER_ICCID, Handle, House, Refusal, exists, keep_retrying
from tests.workflows.troubles import AWAY, FINAL, LOST_ANSWER, MAIL_REJECTED, Trouble
from workflows.orders.order import EsimOrder
from workflows.search_attributes import HOLD_REASON, ORDER_STATUS

Call = tuple[str, dict[str, Any]]
CODES = {
    "already_provider_processing",
    "already_processed",
    "already_cancelled",
    "not_acknowledged",
    "iccid_unknown",
    "iccid_invalid",
    "done",
    "over",
}

actors = st.sampled_from(["operator", "contact:7", "user:3"])
iccids = st.sampled_from([ICCID, OTHER_ICCID, f" {ICCID} ", "123"])
calls = st.one_of(
    st.builds(lambda actor: ("acknowledge", {"actor": actor}), actors),
    st.builds(lambda iccid: ("acknowledge", {"iccid": iccid}), iccids),
    st.builds(lambda iccid: ("enter_iccid", {"iccid": iccid}), iccids),
    st.builds(lambda actor: ("processed", {"actor": actor}), actors),
    st.builds(lambda iccid: ("processed", {"iccid": iccid}), iccids),
    st.builds(lambda note: ("cancel", {"note_id": note}), st.none() | st.integers(1, 9)),
    st.just(("place", {})),
    st.just(("retry", {})),
)
bursts = st.lists(st.lists(calls, min_size=1, max_size=5), min_size=1, max_size=5)
database_steps = ("accept_order", "acknowledge_order", "enter_iccid", "complete_order", "cancel_order")
mail_steps = ("submit_to_provider", "withdraw_from_provider", "send_email")
troubles = st.lists(
    st.tuples(st.sampled_from(database_steps), st.sampled_from([AWAY, LOST_ANSWER, FINAL]))
    | st.tuples(st.sampled_from(mail_steps), st.just(MAIL_REJECTED)),
    max_size=4,
)
STORIES = (
    ["order.submitted", "order.cancelled"],
    ["order.submitted", "order.provider_processing", "order.cancelled"],
    ["order.submitted", "order.provider_processing", "order.processed"],
)


@pytest.mark.parametrize(
    "count", [8, pytest.param(500, marks=[pytest.mark.night, pytest.mark.timeout(1800)])]
)
@pytest.mark.covers("W1", "W5", "F16", "F19", "F22", "F43", "F50", "F51")
async def test_whatever_is_called_in_whatever_order(house: House, count: int) -> None:
    loop = asyncio.get_running_loop()

    @settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(kind=st.sampled_from(SWAPS), bursts=bursts, troubles=troubles)
    def plays(kind: OrderKind, bursts: list[list[Call]], troubles: list[tuple[str, Trouble]]) -> None:
        asyncio.run_coroutine_threadsafe(play(house, kind, bursts, troubles), loop).result()

    await asyncio.to_thread(plays)


async def play(
    house: House, kind: OrderKind, bursts: list[list[Call]], troubles: list[tuple[str, Trouble]]
) -> None:
    for old in (house.troubles.coming, house.inventory.sims, house.inventory.orders):
        old.clear()
    for step, trouble in troubles:
        house.troubles.next(step, trouble)
    wish = house.wish(kind=kind)
    placing = asyncio.create_task(house.ask_for(wish))
    handle = house.client.get_workflow_handle_for(EsimOrder.run, wish.order.order_id)
    await eventually(partial(exists, handle), bool)
    person = asyncio.create_task(keep_retrying(house, handle))
    try:
        for burst in bursts:
            for code in await asyncio.gather(*(answer(house, handle, call) for call in burst)):
                assert code in CODES
        last = await answer(house, handle, ("cancel", {}))
        assert last in {"done", "already_processed", "over"}
        await house.ended(handle)
        assert (await placing)[1].accepted
    finally:
        person.cancel()

    order = house.order(handle)
    assert house.inventory.broken == []
    assert order.events in STORIES
    processed = order.status is OrderStatus.PROCESSED
    replaced = SimKind.ESIM if processed else order.in_place.kind
    assert house.sims_of(handle) == {SimState.ACTIVE: [replaced]}
    assert (order.in_place.state is SimState.DISCARDED) is processed
    assert house.holds.reason(handle.id) is None
    assert await house.attribute(handle, HOLD_REASON) is None
    assert await house.attribute(handle, ORDER_STATUS) == order.status
    assert house.outside.copies[f"{handle.id} news"] >= 1


async def answer(house: House, handle: Handle, call: Call) -> str:
    """The code of a call's answer: done, why not, or over, where the workflow has ended before."""
    update, message = call
    try:
        async with asyncio.timeout(PATIENCE):
            if update == "retry":
                await handle.signal("retry", message)
            elif update == "place":
                return await place_again(handle)
            else:
                await house.call(handle, update, **message)
    except Refusal as refusal:
        return refusal.code
    except RPCError as failure:
        over = failure.status is RPCStatusCode.NOT_FOUND and house.order(handle).status not in OPEN
        return "over" if over else failure.message
    return "done"


async def place_again(handle: Handle) -> str:
    try:
        await handle.execute_update("place", id="place")
    except RPCError as failure:
        if failure.status is not RPCStatusCode.NOT_FOUND:
            raise
        return "over"
    return "done"
