"""The link in an order's e-mail: the contact acts on that one order without an account (P9).

    GET  /o/{token}          the order, and what the contact can do
    GET  /o/{token}/{step}   what the step does: acknowledge, iccid, processed, cancel
    POST /o/{token}/{step}   does it

Opening a page changes nothing: mail scanners open links. Each step may be repeated. Once the order has ended,
the pages say how; only that it was processed after it was cancelled is still recorded, as an incident.
"""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from models.errors import Refused
from models.identifiers import CHECK_DIGIT_WRONG
from models.language import Language
from models.orders.lifecycle import OPEN
from models.orders.next_steps import next_steps
from models.orders.notes import parts_of
from models.orders.views import OrderView, SwapDetails
from models.people.callers import LinkBearer
from outbox.links import ORDER_PAGE
from portal.auth.signed_in import visit_of
from portal.http.forms import check_same_origin
from portal.links.pages import Pages, spoken
from portal.pages.forms import Asking, Sent, unsent
from portal.pages.orders.steps import FIELDS, STEPS, Step, over_words, step_words
from starter import callers
from starter.callers import ByOrderLink
from starter.desks import Desks
from starter.orders.waits_for import waits_for
from wording.labels import kind_label, order_status
from wording.refusals import sentence
from wording.warnings import warning


@dataclass(frozen=True)
class _Opened:
    """The order that a link opens, and who came by it."""

    by: ByOrderLink
    order: OrderView
    action: str
    """The address of the order's page."""

    def facts(self, language: Language) -> dict[str, Any]:
        """What all pages say."""
        return {
            "link": self.by.link,
            "order": self.order,
            "action": self.action,
            "kind": kind_label(self.order.kind, language),
            "status_words": order_status(self.order.status, language),
        }


class OrderLinkRoutes:
    """The routes behind the link of an order's e-mail."""

    def __init__(self, desks: Desks, pages: Pages, portal_url: str) -> None:
        self.desks = desks
        self.pages = pages
        self.portal_url = portal_url

    async def page(self, request: Request, token: str) -> Response:
        """The order, and what was done last, where the address says so."""
        opened = await self._opened(request, token)
        order = opened.order
        if order.status not in OPEN:
            return self._over(request, order, done=True)
        purchase, comment = parts_of(order.note)
        language, done = _language(request), request.query_params.get("done", "")
        return self.pages.render(
            request,
            "links/order",
            **opened.facts(language),
            swap=order.details if isinstance(order.details, SwapDetails) else None,
            waits=waits_for(order, self.desks.settings),
            may=[step for step in next_steps(order, opened.by.caller) if step in STEPS],
            done=done if done in STEPS else "",
            warned=_warned(request),
            reference=purchase,
            comment=comment,
        )

    async def show(self, request: Request, token: str, step: str) -> Response:
        """What the step does, and its form."""
        chosen = _step(step)
        opened = await self._opened(request, token)
        if opened.order.status not in OPEN:
            return self._over(request, opened.order)
        return self._form(request, opened, chosen, unsent())

    async def send(self, request: Request, token: str, step: str) -> Response:
        """Do it, or say why not beside what was typed."""
        check_same_origin(request, self.portal_url)
        chosen = _step(step)
        opened = await self._opened(request, token, changes=True)
        caller, order_id = opened.by.caller, opened.order.id
        language = _language(request)
        with Asking(await chosen.read(request, language), language, FIELDS) as asking:
            if asking.form.model is not None:
                state = await chosen.call(self.desks.orders, caller, order_id, asking.form.model)
                query = {"done": step} | ({"warned": "check_digit"} if state.warnings else {})
                return RedirectResponse(f"{opened.action}?{urlencode(query)}", 303)
        now = await self.desks.orders.order(caller, order_id, history=False)
        if now.status not in OPEN:
            return self._over(request, now, asking.refused)
        return self._form(request, replace(opened, order=now), chosen, asking.form, asking.status)

    async def _opened(self, request: Request, token: str, *, changes: bool = False) -> _Opened:
        """Refuses a link that is not valid, before anything of a body is read."""
        bearer = LinkBearer(token)
        by = await callers.of_order_link(self.desks.database, bearer, visit_of(request), changes=changes)
        order = await self.desks.orders.order(by.caller, by.link.order_id, history=False)
        return _Opened(by, order, self.pages.link(ORDER_PAGE, token))

    def _form(
        self, request: Request, opened: _Opened, step: Step, sent: Sent[Any], status: int = 200
    ) -> Response:
        language = _language(request)
        refusal = step.why_not(opened.order, opened.by.caller)
        return self.pages.render(
            request,
            "links/order_step",
            status,
            **opened.facts(language),
            step=step.name.value,
            confirms=step.confirms,
            words=step_words(step.name, opened.order, language),
            form=sent,
            why_not=sentence(refusal, language) if refusal else "",
        )

    def _over(
        self, request: Request, order: OrderView, refused: Refused | None = None, *, done: bool = False
    ) -> Response:
        """How the order ended. Who came to do something learns that it was not done. `done`: the page to
        which a step leads, perhaps with a warning.
        """
        language = _language(request)
        return self.pages.render(
            request,
            "links/order_over",
            410 if request.method == "POST" else 200,
            order=order,
            kind=kind_label(order.kind, language),
            words=over_words(order, language),
            warned=_warned(request) if done else "",
            reasons=[sentence(each, language) for each in refused.refusals] if refused else [],
        )


def _step(name: str) -> Step:
    if name not in STEPS:
        raise HTTPException(404)
    return STEPS[name]


def _warned(request: Request) -> str:
    """The warning of the step that led here (F49)."""
    return warning(CHECK_DIGIT_WRONG, _language(request)) if "warned" in request.query_params else ""


def _language(request: Request) -> Language:
    return spoken(request.headers.get("accept-language", ""))
