"""`/search`: the one search box over lines, SIMs, orders and people (P3)."""

from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from models.fleet.rows import HitKind, SearchHit
from models.identifiers import reference
from models.language import Language
from models.orders.lifecycle import OrderStatus
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.routes import page
from wording.labels import order_status
from wording.pages import page_texts


async def show(request: Request, who: SignedIn) -> Response:
    """What was found. A single hit that has a page of its own is shown at once."""
    text = request.query_params.get("q", "").strip()[:100]
    hits = await who.desks.inventory.search(who.caller, text) if text and "\0" not in text else []
    found = [(hit, leads_to(hit), _detail(hit, who.language)) for hit in hits]
    if len(found) == 1 and found[0][1]:
        return who.door.redirect(found[0][1])
    return who.page(request, "inventory/search", text=text, found=found, sought=text)


def _detail(hit: SearchHit, language: Language) -> str:
    """What else there is to say of it, a status in the reader's language."""
    if hit.status is None:
        return hit.detail or ""
    if hit.kind is HitKind.ORDER:
        return order_status(OrderStatus(hit.status), language)
    return str(page_texts(language)["grid_words"]["states"][hit.status])


def leads_to(hit: SearchHit) -> str:
    """The address of what was found."""
    if hit.device_id is not None:
        return f"/inventory/{reference('D', hit.device_id)}?{urlencode({'slot': hit.slot or 1})}"
    places = {
        HitKind.LINE: f"/lines/{quote(hit.id)}",
        HitKind.SIM: f"/inventory/sims/{quote(hit.id)}",
        HitKind.ORDER: f"/orders/{quote(hit.id)}",
        HitKind.DEVICE: f"/inventory/{quote(hit.id)}",
        HitKind.JOB: f"/jobs/{quote(hit.id)}",
        HitKind.EMPLOYEE: f"/inventory?{urlencode({'employee': hit.id})}",
        HitKind.USER: f"/people/{quote(hit.id)}",
    }
    return places[hit.kind]


routes = [page("/search", show, needs=Permission.VIEW_INVENTORY)]
