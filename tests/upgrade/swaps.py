"""What happens to the fleet: orders of swaps in every status, and requests for QR codes at every step."""

from datetime import timedelta

from models.codes.requests import QrRequest
from models.identifiers import qr_notification_id, qr_request_id
from models.orders.lifecycle import HoldReason, OrderKind, OrderStatus
from starter.codes.desk import QrDesk
from starter.codes.drafts import QrRequestDraft
from starter.orders.desk import OrderDesk
from starter.orders.drafts import OrderDraft
from starter.people.erasure import erase
from tests.builders import ANA, OPERATOR
from tests.system.scene import msisdn
from tests.temporal_server import eventually
from tests.upgrade.works import BOSS, CLEO, ELSA, LATER, QUENTIN, REFUSES, TAKES, Works
from workflows.codes.messages import RequestQrCode

SOON = timedelta(seconds=1)
HURRIED = {
    "acknowledgement_reminder_after": SOON,
    "reminders": 1,
    "qr_reminder_after": SOON,
    "qr_reminders": 1,
}
"""Settings of who gives up soon that a distributor answers."""


def draft(kind: OrderKind, number: int, key: str, **changes: object) -> OrderDraft:
    """An order for the line of this number."""
    wish = {"kind": kind, "line": msisdn(number), "discard_confirmed": True, "key": key}
    return OrderDraft.model_validate(wish | changes)


async def swap(works: Works, kind: OrderKind, status: OrderStatus, key: str) -> None:
    """A line's SIM is switched or replaced, and the order gets as far as this status."""
    orders, ana = works.desks.orders, await works.who(ANA)
    number = works.next_line(esim=kind is OrderKind.REPLACE_ESIM)
    if status is OrderStatus.REFUSED:
        await works.is_refused(orders.place(ana, draft(kind, number, key, quantity=2)))
        return
    order = (await orders.place(ana, draft(kind, number, key))).order_id
    await works.mailed(order)
    if status is OrderStatus.SUBMITTED:
        return
    await orders.acknowledge(OPERATOR, order)
    if status is OrderStatus.PROVIDER_PROCESSING:
        await orders.enter_iccid(ana, order, works.next_iccid())
    elif status is OrderStatus.CANCELLED:
        await orders.cancel(OPERATOR, order, reason="The old phone stays.")
        await works.scene.ended(order)
        await works.is_refused(orders.processed(OPERATOR, order, iccid=works.next_iccid()))
    else:
        await orders.processed(OPERATOR, order, iccid=works.next_iccid())
        await works.scene.ended(order)


async def at_bolt(works: Works) -> None:
    """Another account's order, and its request for a code."""
    caller = await works.who(CLEO)
    order = draft(OrderKind.SWITCH_TO_ESIM, 51, "bolt 1")
    await works.mailed((await works.desks.orders.place(caller, order)).order_id)
    esim = await works.sim_of(52)
    await works.desks.codes.request(caller, QrRequestDraft(sim=esim, key="bolt 2"))


async def leaver(works: Works) -> None:
    """Elsa orders, writes a text of her own, gets a code, leaves, and is erased."""
    elsa = await works.who(ELSA)
    number = works.next_line(esim=False)
    order = draft(OrderKind.SWITCH_TO_ESIM, number, "elsa")
    placed = (await works.desks.orders.place(elsa, order)).order_id
    await works.mailed(placed)
    await works.desks.orders.cancel(elsa, placed, reason="Elsa Eriksen leaves.")
    await works.scene.ended(placed)
    wish = {"subject": "Please", "text": "Regards, Elsa Eriksen", "cc": (ELSA,), "key": "elsa"}
    sim = await works.next_esim()
    asked = await works.desks.codes.request(elsa, QrRequestDraft.model_validate({"sim": sim, **wish}))
    await works.desks.codes.withdraw(elsa, asked.request_id)
    await works.scene.ended(asked.request_id)
    await erase(OPERATOR, works.scene.database, ELSA)
    await works.desks.edits.set_employee(OPERATOR, [msisdn(40)], "new@acme.example", name="Nina New")


async def requests(works: Works) -> None:
    """Requests for QR codes that are over, and codes that were shown, sent, revoked and replaced."""
    codes, links, ana = works.desks.codes, works.desks.links, await works.who(ANA)
    before = len(works.scene.mailbox.mails)
    sim = await works.next_esim()
    asked = await codes.request(ana, QrRequestDraft(sim=sim, key="by link"))
    bearer = await works.link(QUENTIN, "u", before)
    seen = await links.check(bearer, works.picture(works.next_code()), "code.png")
    before = len(works.scene.mailbox.mails)
    await links.send(bearer, seen.upload_id)
    await links.notify_manager(bearer)
    await works.scene.ended(asked.request_id)
    await links.reveal(await works.link(ANA, "q", before))
    await codes.import_code(ana, sim, str(works.next_code()))
    again = await works.next_esim()
    await codes.import_code(ana, again, str(works.next_code()))
    revoked = await codes.notify(ana, again, BOSS, key="revoked")
    await works.scene.ended(revoked.id)
    await codes.revoke(ana, revoked.id)
    sent = await codes.notify(ana, again, BOSS, key="sent")
    await works.scene.ended(sent.id)
    physical = int((await works.sim_of(works.next_line(esim=False)))[2:])
    wish_of = QrRequest(
        request_id=qr_request_id(1, "no eSIM"), account_id=1, sim_id=physical, user_id=ana.user
    )
    # the desk refuses it before it starts anything; a backend may start it all the same
    start = RequestQrCode(request=wish_of, provider="Orange", distributor="Telvia")
    assert (await codes._start(start)).refusals
    gone = works.next_line(esim=True)
    ends = await codes.request(ana, QrRequestDraft(sim=await works.sim_of(gone), key="discarded"))
    order = draft(OrderKind.REPLACE_ESIM, gone, "ends a request")
    placed = (await works.desks.orders.place(ana, order)).order_id
    await works.mailed(placed)
    await works.desks.orders.acknowledge(OPERATOR, placed)
    await works.desks.orders.processed(OPERATOR, placed, iccid=works.next_iccid())
    await works.scene.ended(ends.request_id)


async def open_requests(works: Works) -> None:
    """Requests that wait at every step, and notifications that are not sent."""
    codes, links, ana = works.desks.codes, works.desks.links, await works.who(ANA)
    mailbox = works.scene.mailbox
    for key, rounds in (("waits", 1), ("sent twice", 2)):
        before, sim = len(mailbox.mails), await works.next_esim()
        for number in range(rounds):
            text = {"text": "Please, once more."} if number else {}
            wish = {"sim": sim, "again": bool(number), "key": f"{key} {number}", **text}
            await codes.request(ana, QrRequestDraft.model_validate(wish))
        bearer = await works.link(QUENTIN, "u", before)
    await links.check(bearer, works.picture(works.next_code()), "staged.png")
    sim = await works.next_esim()
    await codes.request(ana, QrRequestDraft(sim=sim, key="imported"))
    await codes.import_file(ana, sim, works.picture(works.next_code()), "by hand.png")
    mailbox.answers = {QUENTIN: REFUSES, BOSS: REFUSES}
    held = await codes.request(ana, QrRequestDraft(sim=await works.next_esim(), key="held"))
    await works.held(held.request_id, HoldReason.MAIL_REJECTED)
    sim = await works.next_esim()
    await codes.import_code(ana, sim, str(works.next_code()))
    unsent = await codes.notify(ana, sim, BOSS, key="held")
    await works.held(unsent.id, HoldReason.MAIL_REJECTED)
    assert unsent.id == qr_notification_id(1, "held")
    mailbox.answers = {}
    settings = works.scene.settings.model_copy(update=HURRIED)
    hurried = QrDesk(works.desks.codes.client, works.scene.database, settings)
    late = await hurried.request(ana, QrRequestDraft(sim=await works.next_esim(), key="no code"))
    await works.held(late.request_id, HoldReason.NO_QR_CODE)


async def held_orders(works: Works) -> None:
    """Orders that wait for a person: a distributor that does not answer, and mails that cannot be sent."""
    scene, ana = works.scene, await works.who(ANA)
    settings = scene.settings.model_copy(update=HURRIED)
    hurried = OrderDesk(works.desks.codes.client, scene.database, settings)
    kind = OrderKind.SWITCH_TO_ESIM
    late = await hurried.place(ana, draft(kind, works.next_line(esim=False), "no answer"))
    await works.held(late.order_id, HoldReason.NO_ACKNOWLEDGEMENT)
    scene.mailbox.answers = {ANA: REFUSES}
    owing = await works.desks.orders.place(ana, draft(kind, works.next_line(esim=False), "owes"))
    await works.mailed(owing.order_id)
    await works.desks.orders.acknowledge(OPERATOR, owing.order_id)
    await works.desks.orders.processed(OPERATOR, owing.order_id, iccid=works.next_iccid())
    await works.held(owing.order_id, HoldReason.MAIL_REJECTED)
    scene.mailbox.answer = REFUSES
    held = await works.desks.orders.place(ana, draft(kind, works.next_line(esim=False), "held"))
    await works.held(held.order_id, HoldReason.MAIL_REJECTED)
    scene.mailbox.answer, scene.mailbox.answers = TAKES, {}


async def not_sent(works: Works) -> None:
    """At last, an order whose mail is tried again and again."""
    works.scene.mailbox.answers = {"orders@telvia.example": LATER}
    wish = draft(OrderKind.SWITCH_TO_ESIM, works.next_line(esim=False), "tried")
    tried = await works.desks.orders.place(await works.who(ANA), wish)
    unsent = "SELECT 1 FROM not_sent WHERE subject_id = :id"
    await eventually(lambda: works.scene.sql(unsent, id=tried.order_id), bool)
