"""The ways that workflows of travel eSIMs can take."""

from datetime import timedelta

from models.orders.lifecycle import HoldReason
from tests.replay.licence_paths import Handle, Path
from tests.temporal_server import comes_true
from tests.workflows.codes.qr_house import QrHouse
from tests.workflows.travel.ways import alerted
from tests.workflows.troubles import AWAY, MAIL_REJECTED


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


TRAVEL_PATHS: tuple[Path, ...] = (
    staff_alerted,
    staff_alert_held_and_retried,
    staff_alert_given_up,
    staff_alert_cancelled,
)
