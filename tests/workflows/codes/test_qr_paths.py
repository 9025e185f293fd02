"""Each way a request for a QR code goes, from asking to its end."""

import asyncio

import pytest

from models.codes.requests import RequestResult, RequestStatus
from models.orders.lifecycle import OrderStatus
from tests.replay.replayer import replayer
from tests.temporal_server import Temporal, comes_true
from tests.workflows.codes.qr_house import ASKED, Handle, QrHouse, a_qr_house, seen
from tests.workflows.house import ICCID, Refusal
from workflows.codes.request import EsimQrRequest
from workflows.search_attributes import HOLD_REASON, ORDER_STATUS


@pytest.mark.covers("F31", "W2")
async def test_from_asking_to_telling_the_requester(qr_house: QrHouse) -> None:
    handle = await qr_house.requested()
    await comes_true(lambda: qr_house.qr.got == [ASKED])
    assert await qr_house.attribute(handle, ORDER_STATUS) == "requested"

    await qr_house.imported(handle)
    await seen(handle, RequestStatus.IMPORTED)
    assert qr_house.qr.got == [ASKED], "there is time to tell somebody by hand"
    await qr_house.forward(handle, minutes=16)
    await qr_house.ended(handle)
    assert qr_house.qr.got == [ASKED, "notification"]
    assert (await handle.result()).status is RequestStatus.IMPORTED
    assert await qr_house.attribute(handle, ORDER_STATUS) == "imported"
    assert await qr_house.attribute(handle, HOLD_REASON) is None
    assert qr_house.holds.timeline == []


@pytest.mark.covers("F37")
@pytest.mark.parametrize("said_so", [True, False])
async def test_where_somebody_was_told_the_requester_is_left_alone(qr_house: QrHouse, said_so: bool) -> None:
    handle = await qr_house.requested()
    await comes_true(lambda: qr_house.qr.got == [ASKED])
    await qr_house.imported(handle)
    qr_house.known(handle).notified = True
    if said_so:
        await handle.signal(EsimQrRequest.notified)
    else:
        await seen(handle, RequestStatus.IMPORTED)
        await qr_house.forward(handle, minutes=16)
    await qr_house.ended(handle)
    assert qr_house.qr.got == [ASKED]
    assert "A notification of the code was sent already" in await qr_house.details(handle)


@pytest.mark.covers("F56")
async def test_a_refused_request_ends_at_once_and_asks_nobody(qr_house: QrHouse) -> None:
    open_one = await qr_house.requested()
    await comes_true(lambda: qr_house.qr.got == [ASKED])
    sim_id = qr_house.known(open_one).request.sim_id
    handle, result = await qr_house.request(qr_house.ask("another", sim_id, contacts=(9,)))
    assert result.state.status is RequestStatus.REFUSED
    assert [it.code for it in result.refusals] == ["recipient_lacks_role", "open_qr_request"]
    await qr_house.ended(handle)
    assert qr_house.qr.got == [ASKED]
    assert await qr_house.attribute(handle, ORDER_STATUS) == "refused"


@pytest.mark.covers("F28")
async def test_sent_again_to_others_the_wait_begins_anew(qr_house: QrHouse) -> None:
    handle = await qr_house.requested(contacts=(7,))
    await comes_true(lambda: qr_house.qr.got == ["request 1 to (7,)"])
    await qr_house.forward(handle, days=2)
    for _ in range(2):
        state = await qr_house.steer(handle, "send_again", call_id="once", contacts=[8], actor="user:3")
        assert (state.status, state.round) == (RequestStatus.REQUESTED, 2)
    await comes_true(lambda: qr_house.qr.got[1:] == ["request 2 to (8,)"])
    await qr_house.forward(handle, days=2)
    assert len(qr_house.qr.got) == 2, "three days have not passed since"
    await qr_house.forward(handle, days=1, minutes=1)
    await comes_true(lambda: qr_house.qr.got[2:] == ["reminder 1 of round 2"])

    with pytest.raises(Refusal) as unfit:
        await qr_house.steer(handle, "send_again", contacts=[9])
    assert unfit.value.code == "recipient_lacks_role"
    assert (await handle.query(EsimQrRequest.state)).round == 2


async def test_a_request_withdrawn_is_over(qr_house: QrHouse) -> None:
    handle = await qr_house.requested()
    await comes_true(lambda: qr_house.qr.got == [ASKED])
    state = await qr_house.steer(handle, "withdraw", actor="user:3")
    assert state.status is RequestStatus.WITHDRAWN
    await qr_house.ended(handle)
    assert qr_house.known(handle).ended_by == "user:3"
    assert qr_house.qr.got == [ASKED]


async def test_a_cancellation_requested_of_temporal_withdraws_the_request(qr_house: QrHouse) -> None:
    handle = await qr_house.requested()
    await handle.cancel()
    await qr_house.ended(handle)
    assert qr_house.known(handle).status is RequestStatus.WITHDRAWN
    assert qr_house.known(handle).ended_by == "operator"


@pytest.mark.covers("F51")
async def test_of_a_withdrawal_and_an_import_one_wins_and_the_other_is_told(qr_house: QrHouse) -> None:
    handle = await qr_house.requested()
    await qr_house.imported(handle, look=False)
    with pytest.raises(Refusal) as late:
        await qr_house.steer(handle, "withdraw")
    assert late.value.code == "already_imported"
    await seen(handle, RequestStatus.IMPORTED)
    with pytest.raises(Refusal) as later:
        await qr_house.steer(handle, "send_again")
    assert later.value.code == "already_imported"
    await qr_house.forward(handle, minutes=16)
    await qr_house.ended(handle)


@pytest.mark.covers("W1")
async def test_an_import_is_noticed_although_nobody_said_so(qr_house: QrHouse) -> None:
    handle = await qr_house.requested()
    await comes_true(lambda: qr_house.qr.got == [ASKED])
    await qr_house.imported(handle, look=False)
    await qr_house.forward(handle, days=1, minutes=20)
    await qr_house.ended(handle)
    assert qr_house.qr.got == [ASKED, "notification"]


@pytest.mark.covers("F18")
async def test_an_order_that_discards_the_sim_ends_the_request(qr_house: QrHouse) -> None:
    request = await qr_house.requested()
    order = await qr_house.acknowledged()
    qr_house.order(order).ends_request = request.id
    qr_house.qr.end(request.id, RequestStatus.SIM_DISCARDED)  # in the transaction of the swap
    assert (await qr_house.call(order, "processed", iccid=ICCID)).status is OrderStatus.PROCESSED
    await qr_house.ended(request)
    await qr_house.ended(order)
    assert await qr_house.attribute(request, ORDER_STATUS) == "sim_discarded"
    assert "notification" not in qr_house.qr.got


@pytest.mark.covers("F18", "W1")
async def test_an_order_ends_also_where_the_requests_workflow_is_gone(qr_house: QrHouse) -> None:
    order = await qr_house.acknowledged()
    qr_house.order(order).ends_request = "qr-request-aaaaaaaaaaaaaaaa"
    assert (await qr_house.call(order, "processed", iccid=ICCID)).status is OrderStatus.PROCESSED
    await qr_house.ended(order)
    assert "news" in qr_house.outside.got


async def test_a_request_made_many_times_at_once_is_one_request(qr_house: QrHouse) -> None:
    wish = qr_house.ask()
    answers = await asyncio.gather(*(qr_house.request(wish) for _ in range(5)))
    assert {result.state.status for _, result in answers} == {RequestStatus.REQUESTED}
    await comes_true(lambda: qr_house.qr.got == [ASKED])
    assert list(qr_house.qr.requests) == [wish.request.request_id]


@pytest.mark.covers("W5")
async def test_a_request_started_again_after_its_code_came_still_tells(qr_house: QrHouse) -> None:
    handle = await qr_house.requested()
    await comes_true(lambda: qr_house.qr.got == [ASKED])
    await handle.terminate()
    await qr_house.imported(handle, look=False)
    again = await qr_house.client.start_workflow(
        EsimQrRequest.run,
        qr_house.ask(sim_id=qr_house.known(handle).request.sim_id),
        id=handle.id,
        task_queue=qr_house.task_queue,
    )
    answer = await again.execute_update("request", id="again", result_type=RequestResult)
    assert answer.state.status is RequestStatus.IMPORTED
    await qr_house.forward(again, minutes=16)
    await qr_house.ended(again)
    assert qr_house.qr.got == [ASKED, "notification"]


@pytest.mark.covers("W1")
async def test_a_worker_that_forgets_everything_takes_the_request_on(temporal: Temporal) -> None:
    async with a_qr_house(temporal, cached_workflows=0) as house:
        handle = await house.requested()
        await comes_true(lambda: house.qr.got == [ASKED])
        await house.forward(handle, days=3, minutes=1)
        await house.steer(handle, "send_again", contacts=[8])
        await comes_true(lambda: house.qr.got[1:] == ["reminder 1 of round 1", "request 2 to (8,)"])
        await house.imported(handle)
        await seen(handle, RequestStatus.IMPORTED)
        await house.forward(handle, minutes=16)
        await house.ended(handle)
        assert house.qr.got[3:] == ["notification"]


@pytest.mark.covers("W3", "W7")
async def test_operators_who_look_all_the_time_leave_a_history_that_replays(qr_house: QrHouse) -> None:
    for _ in range(5):
        handle = await qr_house.requested()
        looking = asyncio.create_task(look_all_the_time(qr_house, handle))
        await qr_house.steer(handle, "send_again")
        await qr_house.imported(handle)
        await seen(handle, RequestStatus.IMPORTED)
        await qr_house.forward(handle, minutes=16)
        await qr_house.ended(handle)
        looking.cancel()
        await replayer().replay_workflow(await handle.fetch_history())


async def look_all_the_time(house: QrHouse, handle: Handle) -> None:
    while True:
        await house.details(handle)
