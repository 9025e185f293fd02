"""The ways that workflows of travel eSIMs can take."""

from datetime import timedelta

from models.orders.lifecycle import HoldReason
from tests.replay.licence_paths import Handle, Path
from tests.temporal_server import comes_true
from tests.workflows.codes.qr_house import QrHouse
from tests.workflows.travel.ways import alerted, due, living, notice_id, swept
from tests.workflows.troubles import AWAY, MAIL_REJECTED
from workflows.travel.messages import LineAdvanced, Sweep, Swept

SOON = timedelta(seconds=1)
LATER = timedelta(days=20)
NOTHING = LineAdvanced()


async def staff_alerted(house: QrHouse) -> Handle:
    return await alerted(house)


async def staff_alert_held_and_retried(house: QrHouse) -> Handle:
    house.troubles.last("send_notice", MAIL_REJECTED)
    handle = await alerted(house)
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    house.troubles.over("send_notice")
    await house.retry(handle)
    return handle


async def staff_alert_given_up(house: QrHouse) -> Handle:
    house.troubles.last("send_notice", MAIL_REJECTED)
    return await alerted(house, given_up_after=timedelta(seconds=1))


async def staff_alert_cancelled(house: QrHouse) -> Handle:
    house.troubles.last("send_notice", AWAY)
    handle = await alerted(house)
    await comes_true(lambda: house.troubles.attempts["send_notice"])
    await handle.cancel()
    return handle


async def line_with_nothing_due(house: QrHouse) -> Handle:
    return await living(house)


async def line_whose_plan_expires_and_subscriber_notified(house: QrHouse) -> Handle:
    notice = notice_id(house)
    return await living(house, LineAdvanced(due_in=SOON, notices=(notice,)), NOTHING)


async def line_looked_at_while_due_later(house: QrHouse) -> Handle:
    handle = await living(house, LineAdvanced(due_in=LATER))
    await comes_true(lambda: house.troubles.attempts["advance_line"])
    await looked(house, handle)
    await looked(house, handle)
    due(house, NOTHING)
    await handle.signal("look")
    return handle


async def looked(house: QrHouse, handle: Handle) -> None:
    looks = house.troubles.attempts["advance_line"]
    await handle.signal("look")
    await comes_true(lambda: house.troubles.attempts["advance_line"] > looks)


async def line_notices_held_and_retried(house: QrHouse) -> Handle:
    notices = tuple(notice_id(house, about) for about in ("used_80", "lapses_soon"))
    house.troubles.last("send_notice", MAIL_REJECTED)
    house.troubles.next("advance_line", AWAY)
    handle = await living(house, LineAdvanced(due_in=SOON, notices=notices), LineAdvanced(notices=notices))
    await comes_true(lambda: len(house.holds.steps.get(handle.id, {})) == len(notices))
    house.troubles.over("send_notice")
    await house.retry(handle)
    return handle


async def line_notice_given_up(house: QrHouse) -> Handle:
    house.troubles.last("send_notice", MAIL_REJECTED)
    return await living(house, LineAdvanced(notices=(notice_id(house),)), NOTHING, given_up_after=SOON)


async def line_cancelled_by_an_operator(house: QrHouse) -> Handle:
    house.troubles.last("send_notice", MAIL_REJECTED)
    notice = notice_id(house)
    handle = await living(house, LineAdvanced(due_in=LATER, notices=(notice,)), NOTHING)
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    await handle.cancel()
    await comes_true(lambda: house.esim_lines.dropped == [notice])
    await handle.signal("look")
    return handle


async def swept_in_batches(house: QrHouse) -> Handle:
    house.esim_lines.batches[Sweep.LAPSED] = [Swept(done=200, more=True), Swept(done=3)]
    house.troubles.next("sweep_travel", AWAY)
    return await swept(house)


TRAVEL_PATHS: tuple[Path, ...] = (
    staff_alerted,
    staff_alert_held_and_retried,
    staff_alert_given_up,
    staff_alert_cancelled,
    line_with_nothing_due,
    line_whose_plan_expires_and_subscriber_notified,
    line_looked_at_while_due_later,
    line_notices_held_and_retried,
    line_notice_given_up,
    line_cancelled_by_an_operator,
    swept_in_batches,
)
