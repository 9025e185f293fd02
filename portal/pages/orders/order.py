"""`/orders/{order}`: an order as it is now, live, with all that the signed-in person may do about it (P8)."""

import hashlib
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from models.errors import NotFound
from models.identifiers import parse_order_id, reference
from models.licences.order_views import LicenceOrderDetails
from models.orders.next_steps import next_steps
from models.orders.notes import parts_of
from models.orders.views import OrderView, SwapDetails
from models.people.callers import Permission
from models.travel.order_views import TravelOrderDetails
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, unsent
from portal.pages.orders.timeline import timeline
from portal.pages.routes import form, page
from starter.orders.waits_for import waits_for
from wording.labels import hold_sentence, kind_label, not_sent_reason, not_sent_step, order_status
from wording.refusals import sentence

_LIVE = frozenset({"submitted", "provider_processing"})


def order_of(request: Request) -> str:
    """The order's id in the path. Raises `NotFound` for what is none."""
    text: str = request.path_params["order"]
    try:
        return parse_order_id(text)
    except ValueError:
        raise NotFound.because("unknown_order", order=text) from None


async def show(request: Request, who: SignedIn) -> Response:
    """The order; 304 where nothing has changed since the page that the browser has."""
    order = await who.desks.orders.order(who.caller, order_of(request))
    tag = _tag(order, who)
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    answer = await _page(request, who, order)
    answer.headers["ETag"] = tag
    return answer


async def retry(request: Request, who: SignedIn) -> Response:
    """Resume a held order at the step that it is held for (W5)."""
    order = order_of(request)
    with Asking(unsent(), who.language) as asking:
        await who.desks.orders.retry(who.caller, order)
        return who.done(f"/orders/{order}", "order_retried")
    found = await who.desks.orders.order(who.caller, order)
    failed = [said for _, said in asking.form.summary]
    return await _page(request, who, found, failed, asking.status)


async def _page(
    request: Request, who: SignedIn, order: OrderView, failed: Iterable[str] = (), status: int = 200
) -> Response:
    people = await who.desks.orders.people(who.caller, order)
    purchase, comment = parts_of(order.note)
    language, settings = who.language, who.desks.settings
    workflow = f"{settings.temporal_ui_url}/namespaces/{settings.temporal_namespace}/workflows/{order.id}"
    return who.page(
        request,
        "orders/order",
        status,
        order=order,
        swap=order.details if isinstance(order.details, SwapDetails) else None,
        of_line=order.details if isinstance(order.details, TravelOrderDetails) else None,
        of_number=order.details if isinstance(order.details, LicenceOrderDetails) else None,
        waits=waits_for(order, settings),
        holds=[(hold.since, hold_sentence(hold.reason, language)) for hold in order.holds],
        refused=[sentence(each, language) for each in order.refusals],
        failed=list(failed),
        may=set(next_steps(order, who.caller)),
        live=order.status in _LIVE or bool(order.holds),
        kind=kind_label(order.kind, language),
        status_words=order_status(order.status, language),
        placed_by=people.get(f"user:{order.placed_by}", reference("U", order.placed_by)).partition(" <")[0],
        unsent=[
            (not_sent_step(one.step, language), not_sent_reason(one.reason, language))
            for one in order.not_sent
        ],
        reference=purchase,
        comment=comment,
        events=timeline(order.events, people, language),
        workflow=workflow if who.may(Permission.SEE_OPERATIONS) else "",
    )


def _tag(order: OrderView, who: SignedIn) -> str:
    facts = f"{order.model_dump_json()} {who.language} {sorted(who.rights)}"
    return f'"{hashlib.sha256(facts.encode()).hexdigest()[:32]}"'


routes = [
    page("/orders/{order}", show, needs=Permission.VIEW_ORDERS),
    form("/orders/{order}/retry", retry, needs=Permission.RETRY_WORK),
]
