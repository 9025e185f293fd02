"""The workflow of an eSIM line: it ends when nothing is due, and loses no look."""

from datetime import timedelta

import pytest

from models.orders.lifecycle import HoldReason
from tests.temporal_server import comes_true
from tests.workflows.codes.qr_house import QrHouse
from tests.workflows.travel.ways import LineHandle, due, living, notice_id
from tests.workflows.troubles import AWAY, MAIL_REJECTED
from workflows.travel.line_life import EsimLineLife
from workflows.travel.messages import LineAdvanced, LineLifeStatus

SOON, LATER = timedelta(seconds=1), timedelta(days=20)
NOTHING = LineAdvanced()


def looks(house: QrHouse) -> int:
    return house.troubles.attempts["advance_line"]


async def status(handle: LineHandle) -> LineLifeStatus:
    return await handle.query(EsimLineLife.state)


@pytest.mark.covers("T5", "W5")
async def test_it_looks_again_when_a_plan_ends_and_ends_when_nothing_is_due(qr_house: QrHouse) -> None:
    handle = await living(qr_house, LineAdvanced(due_in=LATER), NOTHING)
    await comes_true(lambda: looks(qr_house) == 1)
    assert await status(handle) is LineLifeStatus.RUNNING
    await qr_house.forward(handle, days=LATER.days, minutes=1)
    await qr_house.ended(handle)
    assert looks(qr_house) == 2
    assert await handle.result() is LineLifeStatus.ENDED


@pytest.mark.covers("T35", "W5")
async def test_a_notice_that_is_held_delays_neither_the_end_of_a_plan_nor_another_notice(
    qr_house: QrHouse,
) -> None:
    held, sent = notice_id(qr_house, "used_80"), notice_id(qr_house, "used_100")
    qr_house.troubles.next("send_notice", MAIL_REJECTED)
    first = LineAdvanced(due_in=SOON, notices=(held,))
    handle = await living(qr_house, first, LineAdvanced(notices=(held, sent)), NOTHING)
    await qr_house.held_for(handle, HoldReason.MAIL_REJECTED)
    await comes_true(lambda: qr_house.travel.got == [f"notice {sent}"])
    assert looks(qr_house) == 2
    await qr_house.retry(handle)
    await qr_house.ended(handle)
    assert qr_house.travel.got == [f"notice {sent}", f"notice {held}"]
    assert qr_house.esim_lines.dropped == []


@pytest.mark.covers("T5", "W1")
async def test_a_look_is_not_lost_while_a_release_is_being_recorded(qr_house: QrHouse) -> None:
    qr_house.troubles.last("send_notice", MAIL_REJECTED)
    handle = await living(qr_house, LineAdvanced(notices=(notice_id(qr_house),)), NOTHING)
    await qr_house.held_for(handle, HoldReason.MAIL_REJECTED)
    door = qr_house.troubles.shut_before("release")
    qr_house.troubles.over("send_notice")
    await qr_house.retry(handle)
    await comes_true(lambda: looks(qr_house) == 2)
    due(qr_house, LineAdvanced(due_in=LATER))
    await handle.signal("look")
    door.set()
    await comes_true(lambda: looks(qr_house) == 3)
    assert await status(handle) is LineLifeStatus.RUNNING


@pytest.mark.covers("T5", "W5")
async def test_an_operator_who_cancels_it_gives_up_notices_and_ends_no_plan(qr_house: QrHouse) -> None:
    qr_house.troubles.last("send_notice", AWAY)
    notice = notice_id(qr_house)
    handle = await living(qr_house, LineAdvanced(due_in=LATER, notices=(notice,)))
    await comes_true(lambda: qr_house.troubles.attempts["send_notice"])
    await handle.cancel()
    await comes_true(lambda: qr_house.esim_lines.dropped == [notice])
    assert await status(handle) is LineLifeStatus.RUNNING, "a plan ends later"
    due(qr_house, NOTHING)
    await handle.signal("look")
    await qr_house.ended(handle)
