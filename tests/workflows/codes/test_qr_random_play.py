"""Requests for QR codes played at random: calls, imports and discards in any order, while steps fail."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from temporalio.service import RPCError, RPCStatusCode

from models.codes.requests import RequestStatus
from tests.temporal_server import PATIENCE, eventually
from tests.workflows.codes.qr_house import Handle, QrHouse
from tests.workflows.house import Refusal, exists, keep_retrying
from tests.workflows.troubles import AWAY, FINAL, LOST_ANSWER, MAIL_REJECTED, Trouble
from workflows.codes.messages import QrTimeouts
from workflows.codes.request import EsimQrRequest
from workflows.search_attributes import HOLD_REASON, ORDER_STATUS

Call = tuple[str, dict[str, Any]]
QUICK = QrTimeouts(
    reminder_after=timedelta(seconds=1),
    requester_notified_after=timedelta(seconds=1),
    look_every=timedelta(seconds=1),
)
OVER = {f"already_{status}" for status in RequestStatus if status is not RequestStatus.REQUESTED}
CODES = OVER | {"done", "over", "recipient_lacks_role"}

calls = st.one_of(
    st.builds(
        lambda contacts: ("send_again", {"contacts": contacts}), st.sampled_from([None, [7], [8], [9]])
    ),
    st.just(("withdraw", {})),
    st.just(("import", {})),
    st.just(("discard", {})),
    st.just(("look", {})),
    st.just(("retry", {})),
)
bursts = st.lists(st.lists(calls, min_size=1, max_size=4), min_size=1, max_size=4)
database_steps = ("open_request", "look_at_request", "add_round", "withdraw_request", "offer_notification")
mail_steps = ("ask_for_code", "remind_of_code", "report_no_code", "send_notification")
troubles = st.lists(
    st.tuples(st.sampled_from(database_steps), st.sampled_from([AWAY, LOST_ANSWER, FINAL]))
    | st.tuples(st.sampled_from(mail_steps), st.just(MAIL_REJECTED)),
    max_size=4,
)


@pytest.mark.parametrize(
    "count", [5, pytest.param(250, marks=[pytest.mark.night, pytest.mark.timeout(1800)])]
)
@pytest.mark.covers("W1", "W5")
async def test_whatever_is_called_in_whatever_order(qr_house: QrHouse, count: int) -> None:
    loop = asyncio.get_running_loop()

    @settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(bursts=bursts, troubles=troubles)
    def plays(bursts: list[list[Call]], troubles: list[tuple[str, Trouble]]) -> None:
        asyncio.run_coroutine_threadsafe(play(qr_house, bursts, troubles), loop).result()

    await asyncio.to_thread(plays)


async def play(house: QrHouse, bursts: list[list[Call]], troubles: list[tuple[str, Trouble]]) -> None:
    house.troubles.coming.clear()
    for step, trouble in troubles:
        house.troubles.next(step, trouble)
    wish = house.ask(timeouts=QUICK)
    asking = asyncio.create_task(house.request(wish))
    handle = house.client.get_workflow_handle_for(EsimQrRequest.run, wish.request.request_id)
    await eventually(partial(exists, handle), bool)
    person = asyncio.create_task(keep_retrying(house, handle))
    try:
        for burst in bursts:
            for code in await asyncio.gather(*(answer(house, handle, call) for call in burst)):
                assert code in CODES
        assert (await answer(house, handle, ("withdraw", {}))) in OVER | {"done", "over"}
        await house.ended(handle)
        assert handle.id == (await asking)[0].id
    finally:
        person.cancel()

    request = house.known(handle)
    assert request.status not in (RequestStatus.REQUESTED, RequestStatus.REFUSED)
    assert (await handle.result()).status is request.status
    assert await house.attribute(handle, ORDER_STATUS) == request.status
    assert await house.attribute(handle, HOLD_REASON) is None
    assert handle.id not in house.holds.steps
    told = house.qr.copies[handle.id.replace("request", "notification"), "notification"]
    assert bool(told) is (request.status is RequestStatus.IMPORTED)


async def answer(house: QrHouse, handle: Handle, call: Call) -> str:
    """The code of a call's answer: done, why not, or over, where the workflow has ended before."""
    update, message = call
    try:
        async with asyncio.timeout(PATIENCE):
            if update in ("import", "discard"):
                await happen(house, handle, update)
            elif update in ("look", "retry"):
                await handle.signal(update)
            else:
                await house.steer(handle, update, **message)
    except Refusal as refusal:
        return refusal.code
    except RPCError as failure:
        return "over" if failure.status is RPCStatusCode.NOT_FOUND else failure.message
    return "done"


async def happen(house: QrHouse, handle: Handle, what: str) -> None:
    """In the database, if the request is open there; nobody says so to the workflow."""
    request = house.qr.requests.get(handle.id)
    if request and request.status is RequestStatus.REQUESTED:
        status = RequestStatus.IMPORTED if what == "import" else RequestStatus.SIM_DISCARDED
        house.qr.end(handle.id, status)
