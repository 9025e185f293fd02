"""`/shop?line=L-42&action=switch`: from the choice of the eSIM to the number of the order (F8 to F11, P7).

The idempotency key is made before the first entry screen, is in its address and travels in the forms: going
back, loading a page again and a double click make one order.
"""

import uuid
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.catalogue.views import PackView
from models.errors import NotFound, Refused
from models.fleet.inventory import LineView
from models.fleet.offers import Shop
from models.identifiers import reference, storable
from models.orders.lifecycle import OrderKind
from models.orders.notes import LONGEST_COMMENT, LONGEST_REFERENCE
from models.orders.rules import DISCARD_WARNING, Action
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.http.middleware import REVALIDATED
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.orders.order import order_of
from portal.pages.routes import form, page
from starter.keys import LONGEST_KEY
from starter.orders.drafts import OrderDraft
from wording.labels import action_label
from wording.warnings import warning

ActionName = Literal["switch", "replace"]
_ACTIONS = {"switch": Action.SWITCH_TO_ESIM, "replace": Action.REPLACE_ESIM}
_FIELDS = {"note_invalid": "comment", "discard_not_confirmed": "confirmed"}


class ReviewForm(FormModel):
    """What the entry screens ask for."""

    line: str = Field(min_length=1, max_length=200)
    action: ActionName
    pack: str = Field(min_length=1, max_length=200)
    quantity: int
    key: str = Field(min_length=1, max_length=LONGEST_KEY)
    purchase_reference: str = Field(default="", max_length=LONGEST_REFERENCE)
    comment: str = Field(default="", max_length=LONGEST_COMMENT)

    def draft(self, *, confirmed: bool) -> OrderDraft:
        """The order."""
        return OrderDraft(
            kind=OrderKind(_ACTIONS[self.action].value),
            line=self.line,
            pack=self.pack,
            quantity=self.quantity,
            key=self.key,
            purchase_reference=self.purchase_reference,
            comment=self.comment.replace("\r\n", "\n"),
            discard_confirmed=confirmed,
        )


class PlaceForm(ReviewForm):
    """The same, with the confirmation that the SIM in place is discarded."""

    confirmed: str = ""


@dataclass(frozen=True)
class _Basket:
    """What is ordered: a pack for a line."""

    line: LineView
    shop: Shop
    action: ActionName
    pack: PackView | None

    @classmethod
    async def of(cls, who: SignedIn, line: str, action: str, pack: str = "") -> "_Basket":
        """Ask what may be ordered for the line. Raises `NotFound`."""
        if not storable(line):
            raise NotFound.because("unknown_line")
        found = await who.desks.catalogue.shop(who.caller, line, _ACTIONS.get(action))
        chosen = next((one for one in found.packs if pack in (reference("P", one.id), one.name)), None)
        name: ActionName = "replace" if found.action is Action.REPLACE_ESIM else "switch"
        return cls(await who.desks.fleet.line(who.caller, line), found, name, chosen)

    @property
    def query(self) -> dict[str, str]:
        """The address's parameters."""
        return {"line": reference("L", self.line.id), "action": self.action}

    def facts(self, who: SignedIn) -> dict[str, Any]:
        """What all screens show."""
        return {
            "basket": self,
            "action_words": action_label(self.shop.action, who.language),
            "shop_path": f"/shop?{urlencode(self.query)}",
            "line_path": f"/lines/{reference('L', self.line.id)}",
        }


def entry_path(basket: _Basket, pack: PackView, key: str) -> str:
    """The address of the first entry screen."""
    return f"/shop/order?{urlencode(basket.query | {'pack': reference('P', pack.id), 'key': key})}"


async def show(request: Request, who: SignedIn) -> Response:
    """The shop of a line; skipped where exactly one eSIM fits (F10)."""
    asked = request.query_params
    basket = await _Basket.of(who, asked.get("line", ""), asked.get("action", ""))
    if basket.shop.chosen is not None:
        return who.done(entry_path(basket, basket.shop.chosen, uuid.uuid4().hex))
    return _shop(request, who, basket)


async def enter(request: Request, who: SignedIn) -> Response:
    """The first entry screen: the purchase reference and a comment."""
    asked = dict(request.query_params)
    basket = await _Basket.of(who, asked.get("line", ""), asked.get("action", ""), asked.get("pack", ""))
    if basket.pack is None:
        return _shop(request, who, basket)
    if not 0 < len(asked.get("key", "")) <= LONGEST_KEY:
        return who.done(entry_path(basket, basket.pack, uuid.uuid4().hex))
    return _screen(request, who, basket, "details", unsent(**asked))


async def change(request: Request, who: SignedIn) -> Response:
    """The first entry screen again, from the second, with what was typed."""
    sent = await read_form(request, ReviewForm, who.language)
    status = 422 if sent.errors else 200
    return _screen(request, who, await _of_form(who, sent), "details", sent, status)


async def review(request: Request, who: SignedIn) -> Response:
    """Check what was typed in the first entry screen, and show the second: the order as it will be placed,
    and the warning (F11).

    What was typed is in the forms alone: an address is kept in the browser's history and in access logs.
    """
    sent = await read_form(request, ReviewForm, who.language)
    basket = await _of_form(who, sent)
    if sent.model is None:
        return _screen(request, who, basket, "details", sent, 422)
    with Asking(sent, who.language, _FIELDS) as asking:
        await who.desks.orders.check(who.caller, sent.model.draft(confirmed=True))
    if asking.refused and basket.shop.refusals:
        return _shop(request, who, basket, asking.status)
    if asking.form.errors:
        return _screen(request, who, basket, "details", asking.form, asking.status)
    if basket.pack is None:
        return _shop(request, who, basket)
    confirmation = _screen(request, who, basket, "confirm", sent)
    confirmation.headers["Cache-Control"] = REVALIDATED  # else a browser cannot go back to it
    return confirmation


async def begin_again(request: Request, who: SignedIn) -> Response:
    """The address of the second entry screen holds nothing of what was typed: begin with the shop."""
    asked = request.query_params
    known = {name: asked[name] for name in ("line", "action") if name in asked}
    return who.done(f"/shop?{urlencode(known)}" if known else "/shop")


async def place(request: Request, who: SignedIn) -> Response:
    """Place the order; again with the same key: the same order."""
    sent = await read_form(request, PlaceForm, who.language)
    if sent.model is None:
        return _screen(request, who, await _of_form(who, sent), "details", sent, 422)
    with Asking(sent, who.language, _FIELDS) as asking:
        draft = sent.model.draft(confirmed=sent.model.confirmed == "yes")
        placed = await who.desks.orders.place(who.caller, draft)
        return who.done(f"/orders/{placed.order_id}/placed")
    basket = await _of_form(who, sent)
    if asking.refused and basket.shop.refusals:  # nothing that is typed would help: it was ordered elsewhere
        return _shop(request, who, basket, asking.status)
    return _screen(request, who, basket, "confirm", asking.form, asking.status)


async def placed(request: Request, who: SignedIn) -> Response:
    """The confirmation, with the number of the order."""
    order = await who.desks.orders.order(who.caller, order_of(request), history=False)
    return who.page(request, "orders/placed", order=order)


async def _of_form(who: SignedIn, sent: Sent[Any]) -> _Basket:
    line, action, pack = (str(sent.values.get(name, "")) for name in ("line", "action", "pack"))
    return await _Basket.of(who, line, action, pack)


def _shop(request: Request, who: SignedIn, basket: _Basket, status: int = 200) -> Response:
    """The shop, or why nothing can be ordered for the line now, with the way to its open order."""
    reasons = Refused(*basket.shop.refusals)
    why_not = unsent().refused(reasons, who.language).summary if basket.shop.refusals else []
    key = uuid.uuid4().hex
    return who.page(request, "orders/shop", status, why_not=why_not, key=key, **basket.facts(who))


def _screen(  # noqa: PLR0917  a page and what it shows
    request: Request, who: SignedIn, basket: _Basket, screen: str, sent: Sent[Any], status: int = 200
) -> Response:
    return who.page(
        request,
        f"orders/{screen}",
        status,
        form=sent,
        wrong=bool(sent.errors),
        review_path=f"/shop/review?{urlencode(basket.query)}",
        caution=warning(DISCARD_WARNING, who.language),
        **basket.facts(who),
    )


routes = [
    page("/shop", show, needs=Permission.PLACE_ORDERS),
    page("/shop/order", enter, needs=Permission.PLACE_ORDERS),
    form("/shop/order", change, needs=Permission.PLACE_ORDERS),
    page("/shop/review", begin_again, needs=Permission.PLACE_ORDERS),
    form("/shop/review", review, needs=Permission.PLACE_ORDERS),
    form("/shop/place", place, needs=Permission.PLACE_ORDERS),
    page("/orders/{order}/placed", placed, needs=Permission.VIEW_ORDERS),
]
