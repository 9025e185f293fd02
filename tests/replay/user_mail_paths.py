"""The ways an e-mail to a user can go, each driven once to be recorded."""

from datetime import timedelta

from models.orders.lifecycle import HoldReason
from tests.replay.licence_paths import Handle, Path
from tests.workflows.codes.qr_house import QrHouse
from tests.workflows.people.ways import invited
from tests.workflows.troubles import MAIL_REJECTED


async def user_invited(house: QrHouse) -> Handle:
    return await invited(house)


async def invitation_held_and_retried(house: QrHouse) -> Handle:
    house.troubles.last("send_to_user", MAIL_REJECTED)
    handle = await invited(house)
    await house.held_for(handle, HoldReason.MAIL_REJECTED)
    house.troubles.over("send_to_user")
    await house.retry(handle)
    return handle


async def invitation_given_up(house: QrHouse) -> Handle:
    house.troubles.last("send_to_user", MAIL_REJECTED)
    return await invited(house, given_up_after=timedelta(seconds=1))


USER_MAIL_PATHS: tuple[Path, ...] = (user_invited, invitation_held_and_retried, invitation_given_up)
