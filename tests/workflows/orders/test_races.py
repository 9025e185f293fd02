"""Calls that are sent together: each is answered, and of those that exclude each other exactly one wins."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from temporalio.service import RPCError, RPCStatusCode

from models.fleet.inventory import SimKind, SimState
from models.orders.lifecycle import OrderStatus
from models.orders.placement import OrderState
from tests.temporal_server import PATIENCE
from tests.workflows.fake_inventory import swap
from tests.workflows.house import ICCID, OTHER_ICCID, Handle, House, Refusal
from tests.workflows.troubles import LOST_ANSWER


@contextmanager
def kept_open(house: House) -> Iterator[None]:
    """Ended orders do not end their workflows meanwhile, so that these answer every call themselves."""
    doors = [house.troubles.shut_before(step) for step in ("withdraw_from_provider", "send_email")]
    yield
    for door in doors:
        door.set()


@pytest.mark.covers("F51", "F43", "F50")
@pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=pytest.mark.night)])
async def test_of_a_cancel_and_a_processed_exactly_one_wins_and_the_other_is_told(
    house: House, rounds: int
) -> None:
    handles = [await house.acknowledged(key=str(number)) for number in range(rounds)]
    with kept_open(house):
        winners = await asyncio.gather(*(race(house, handle, i) for i, handle in enumerate(handles)))
    assert set(winners) == {OrderStatus.PROCESSED, OrderStatus.CANCELLED}, "either can win"
    for handle in handles:
        await house.ended(handle)


async def race(house: House, handle: Handle, number: int) -> OrderStatus:
    calls = [house.call(handle, "cancel"), house.call(handle, "processed", iccid=f"8944{number:015d}")]
    if number % 2:
        calls.reverse()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    won = [answer for answer in answers if isinstance(answer, OrderState)]
    lost = [answer for answer in answers if isinstance(answer, Refusal)]
    assert len(won) == len(lost) == 1, answers
    assert lost[0].code == f"already_{won[0].status}"
    esim = won[0].status is OrderStatus.PROCESSED
    assert house.sims_of(handle) == {SimState.ACTIVE: [SimKind.ESIM if esim else SimKind.PHYSICAL]}
    assert len(house.order(handle).incidents) == (0 if esim else 1)
    return won[0].status


@pytest.mark.covers("F50", "F51", "W1")
async def test_a_burst_of_everything_is_answered_call_by_call(house: House) -> None:
    handle = await house.placed()
    sent = ["acknowledge"] * 3 + ["enter_iccid"] * 3 + ["processed"] * 3 + ["cancel"]
    random.Random(7).shuffle(sent)
    given = {"enter_iccid": {"iccid": OTHER_ICCID}, "processed": {"iccid": ICCID}}
    house.troubles.next("complete_order", LOST_ANSWER)
    with kept_open(house):
        calls = [house.call(handle, call, **given.get(call, {})) for call in sent]
        answers = await asyncio.gather(*calls, return_exceptions=True)
    assert len(answers) == len(sent)
    assert all(isinstance(answer, OrderState | Refusal) for answer in answers), answers
    await house.ended(handle)
    assert house.order(handle).status in (OrderStatus.PROCESSED, OrderStatus.CANCELLED)


LATE = {"workflow execution already completed", "workflow update was aborted by closing workflow"}
"""What Temporal itself says of a call that an order that has ended did not take (docs/contract.md)."""


@pytest.mark.covers("F50", "F51", "W4")
async def test_calls_around_the_end_get_an_answer_that_the_contract_names(house: House) -> None:
    """Of any SDK: the workflow's own answer, or Temporal's, which says that the result has it."""
    late = set()

    async def call(handle: Handle, update: str, begun: int) -> str:
        """The status or the refusal, as a backend learns it that follows the contract."""
        await asyncio.sleep(begun * 0.004)  # spread over the time that an end takes
        message = {"iccid": f"8944{int(handle.id[-3:].encode().hex(), 16):015d}"[:19]}
        try:
            given = message if update == "processed" else {}
            return (await house.call(handle, update, **given)).status
        except Refusal as refusal:
            return refusal.code
        except RPCError as failure:
            if failure.status is not RPCStatusCode.NOT_FOUND:
                raise
            late.add(failure.message)
            return f"the result is {(await handle.result()).status}"

    for _ in range(3):
        handle = await house.acknowledged()
        calls = [call(handle, update, begun) for begun in range(8) for update in ("processed", "cancel")]
        answers = set(await asyncio.wait_for(asyncio.gather(*calls), PATIENCE))
        ended = (await handle.result()).status
        assert answers <= {ended, f"already_{ended}", f"the result is {ended}"}, answers
        assert await call(handle, "cancel", 0) == f"the result is {ended}"
    assert late <= LATE


@pytest.mark.covers("F46", "F50")
async def test_an_order_placed_many_times_at_once_is_one_order(house: House) -> None:
    wish = house.wish()
    answers = await asyncio.gather(*(house.ask_for(wish) for _ in range(8)))
    assert {acceptance.status for _, acceptance in answers} == {OrderStatus.SUBMITTED}
    assert {handle.id for handle, _ in answers} == {wish.order.order_id}
    handle = answers[0][0]
    await house.call(handle, "cancel")
    await house.ended(handle)
    assert house.order(handle).events == ["order.submitted", "order.cancelled"]
    assert house.outside.got.count("order") <= 1


@pytest.mark.covers("F46")
async def test_of_two_orders_for_one_line_one_is_refused(house: House) -> None:
    first = house.wish("one")
    second = house.wish("two", swap(first.order).line_id)
    answers = await asyncio.gather(house.ask_for(first), house.ask_for(second))
    statuses = sorted(acceptance.status for _, acceptance in answers)
    assert statuses == [OrderStatus.REFUSED, OrderStatus.SUBMITTED]


@pytest.mark.covers("F22", "F44")
async def test_a_cancel_sent_with_the_order_itself(house: House) -> None:
    async def cancelled(handle: Handle) -> OrderState:
        return await house.call(handle, "cancel")

    door = house.troubles.shut_before("submit_to_provider")
    handle = await house.placed()
    assert (await cancelled(handle)).status is OrderStatus.CANCELLED
    door.set()
    await house.ended(handle)
    assert house.sims_of(handle) == {SimState.ACTIVE: [SimKind.PHYSICAL]}
