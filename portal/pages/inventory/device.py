"""`/inventory/{device}`: the detail of a device, and of a SIM without a slot (P4)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from models.fleet.details import SlotDetail
from models.fleet.inventory import LineView
from models.identifiers import reference
from models.orders.rules import SLOTS, Action
from models.orders.views import OrderView
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.codes.section import section_tag
from portal.pages.inventory.listed import Listed
from portal.pages.orders.timeline import details
from portal.pages.routes import page
from wording import history, labels
from wording.refusals import sentence

EVENTS = 20


async def show(request: Request, who: SignedIn) -> Response:
    """A device, and one of its slots: the asked one, else the first that has a line."""
    name, desk = request.path_params["device"], who.desks.inventory
    device = await desk.device(who.caller, name)
    asked = request.query_params.get("slot", "")
    number = next((slot for slot in SLOTS if str(slot) == asked), None)
    filled = [slot for slot in device.slots if slot.line is not None]
    chosen = device.slots[(number or (filled[0].slot if filled else 1)) - 1]
    return who.page(
        request,
        "inventory/device",
        device=device,
        chosen=chosen,
        open_order=await _open_order(who, chosen),
        qr_tag=_qr_tag(who, chosen),
        listed=Listed.came_from(request.query_params),
        **await _history(request, who, device.device_id),
        **_words(who),
    )


async def show_sim(request: Request, who: SignedIn) -> Response:
    """A SIM, also one without a slot or a discarded one."""
    detail = await who.desks.inventory.sim(who.caller, request.path_params["sim"])
    sim_id = reference("S", detail.sim.id)
    return who.page(
        request,
        "inventory/sim",
        detail=detail,
        sim_id=sim_id,
        qr_tag=section_tag(who, detail.sim, detail.code),
        listed=Listed.came_from(request.query_params),
        **await _history(request, who, sim_id),
        **_words(who),
    )


async def show_line(request: Request, who: SignedIn) -> Response:
    """Lead to the slot of a line."""
    line = await who.desks.fleet.line(who.caller, request.path_params["line"])
    return who.door.redirect(await detail_of(who, line))


async def detail_of(who: SignedIn, line: LineView) -> str:
    """The address of a line's slot."""
    row = await who.desks.inventory.row(who.caller, reference("L", line.id))
    return f"/inventory/{reference('D', row.device_id or 0)}?slot={line.slot}"


async def _open_order(who: SignedIn, slot: SlotDetail) -> OrderView | None:
    """The open order of the slot's line, for who may see orders."""
    order = slot.line.open_order if slot.line else None
    if order is None or not who.may(Permission.VIEW_ORDERS):
        return None
    return await who.desks.orders.order(who.caller, order)


def _qr_tag(who: SignedIn, slot: SlotDetail) -> str:
    """By which the section QR Code of the slot is followed."""
    sim = slot.line.sim if slot.line else None
    return section_tag(who, sim, slot.code) if sim else ""


def _words(who: SignedIn) -> dict[str, Any]:
    return {
        "happened": lambda event: history.sentence(event, who.language),
        "details": lambda event: details(event.type, event.data, event.people, who.language),
        "sentence": lambda refusal: sentence(refusal, who.language),
        "order_status": lambda status: labels.order_status(status, who.language),
        "action_label": lambda action: labels.action_label(Action(action), who.language),
    }


async def _history(request: Request, who: SignedIn, target: str) -> dict[str, Any]:
    """What happened, a page of it, and where it goes on."""
    cursor = request.query_params.get("before", "")
    after = opened(cursor, target) if cursor else None
    events = await who.desks.inventory.history(who.caller, target, limit=EVENTS, after=after)
    older = "" if events.following is None else closed(events.following, target)
    return {"events": events, "older": older, "later": bool(cursor)}


routes = [
    page("/inventory/{device}", show, needs=Permission.VIEW_INVENTORY),
    page("/inventory/sims/{sim}", show_sim, needs=Permission.VIEW_INVENTORY),
    page("/lines/{line}", show_line, needs=Permission.VIEW_INVENTORY),
]
