"""What `--keep` leaves for the people who sign in: orders that the provider's desk has yet to process, and,
of the chapters that were played, a number that waits for its eSIM, a request for licences and a threshold.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from models.orders.lifecycle import OrderKind
from models.people.callers import Role
from sandbox.demo.pages import line_for
from sandbox.demo.scene import OPERATOR, Scene
from sandbox.mails import list_mails, read_mail
from sandbox.stage import wait_until
from starter import callers
from starter.licences.assignments import AssignDraft, AssignmentDesk
from starter.licences.requests import LicenceRequestDesk
from starter.people.sandbox_people import SignIn, sign_ins
from starter.travel.stock import StockDesk

ADD_ON, NUMBER = "voice_sms_data", "+33612340002"
_PROFILE, _THRESHOLD = 7, 5
_ORDERS = 6


@dataclass(frozen=True)
class OpenWork:
    """Who can sign in, and what waits for them."""

    people: tuple[SignIn, ...]
    link: str
    """Of an order's e-mail, which opens that order without a sign-in."""


async def leave_open(scene: Scene, played: Collection[str]) -> OpenWork:
    """Place orders at the distributor of the provider desk's sign-in, one for each step of its queue."""
    scene.timeline.chapter("Work is left open for the people who sign in")
    people = {one.role: one for one in await sign_ins(OPERATOR, scene.desk.database, scene.folder.path)}
    desk = people[Role.PROVIDER_DESK]
    processed, cancelled, begun, numbered, _, newest = [await _placed(scene, desk) for _ in range(_ORDERS)]
    await scene.desk.cancel(OPERATOR, cancelled, reason="The employee keeps the old phone.")
    for order in (processed, begun, numbered):
        await scene.desk.acknowledge(OPERATOR, order)
    await scene.desk.processed(OPERATOR, processed, iccid=scene.next_iccid())
    await scene.desk.enter_iccid(OPERATOR, numbered, scene.next_iccid())
    if "licences" in played:
        await _leave_licences(scene, people[Role.ADMINISTRATOR].address)
    if "travel" in played:
        stock = StockDesk(scene.client, scene.desk.database, scene.qr_desk.settings)
        await stock.set_threshold(OPERATOR, scene.user.account, _PROFILE, _THRESHOLD)
        scene.timeline.says(f"Profile {_PROFILE} has fewer free eSIMs than its threshold of {_THRESHOLD}")
    return OpenWork(tuple(people.values()), await _link_of(scene, newest))


async def _placed(scene: Scene, desk: SignIn) -> str:
    line, pack = await line_for(scene, desk)
    return await scene.place(OrderKind.SWITCH_TO_ESIM, line, pack)


async def _leave_licences(scene: Scene, administrator: str) -> None:
    """The free licence is assigned to a number, whose eSIM is to be delivered; two more are requested."""
    database, settings = scene.desk.database, scene.qr_desk.settings
    caller = await callers.user(database, administrator)
    assignments = AssignmentDesk(scene.client, database, settings)
    placed = await assignments.assign(caller, AssignDraft(number=NUMBER, add_on=ADD_ON, phone_confirmed=True))
    requests = LicenceRequestDesk(scene.client, database, settings)
    await requests.request(caller, scene.user.account, ADD_ON, 2, "For the new agents in Lyon")
    scene.timeline.says(f"{NUMBER} waits for its eSIM ({placed.order_id}), and two licences are requested")


async def _link_of(scene: Scene, order: str) -> str:
    """The link in the e-mail about an order."""
    pattern = re.compile(rf"{re.escape(scene.qr_desk.settings.portal_url)}/o/[\w-]+")

    async def look() -> str | None:
        for mail in reversed(list_mails(scene.folder.mailbox)):
            if order in mail.subject:
                found = pattern.search(read_mail(scene.folder.mailbox, mail.number).text)
                if found:
                    return found[0]
        return None

    return await wait_until(look, f"an e-mail about {order} with a link")
