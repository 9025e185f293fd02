"""`/orders`: the orders, filtered; the address is the filter (P8)."""

from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from models.errors import NotFound, Refused
from models.language import Language
from models.orders.lifecycle import OrderStatus
from models.orders.notes import LONGEST_REFERENCE
from models.orders.views import OrderView
from models.paging import Page as ListPage
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.forms import FormModel
from portal.pages.routes import page
from starter.orders.waits_for import late_after
from wording.labels import hold_sentence, kind_label, order_status
from wording.pages import page_texts
from wording.refusals import sentences

ROWS = 50


class OrderFilter(FormModel):
    """The filter: the query string."""

    view: Literal["", "open", "late", "held", "incidents"] = ""
    status: OrderStatus | None = None
    line: str = ""
    """A line, or the number of an order."""
    reference: str = Field(default="", max_length=LONGEST_REFERENCE)
    """How the purchase reference begins."""

    def query(self, **other: Any) -> str:
        """The query string of this filter, with other values for some fields."""
        values = self.model_copy(update=other).model_dump()
        return urlencode({name: value for name, value in values.items() if value})

    def path(self, **other: Any) -> str:
        """The address of the list with this filter."""
        query = self.query(**other)
        return f"/orders?{query}" if query else "/orders"


async def show(request: Request, who: SignedIn) -> Response:
    """The list. What the filter cannot mean is said above it."""
    sent = {name: value for name, value in request.query_params.items() if value}
    cursor = sent.pop("cursor", None)
    wrong: list[str] = []
    status, found, chosen = 200, ListPage[OrderView](), OrderFilter()
    try:
        chosen = OrderFilter.model_validate(sent)
        found = await _orders(who, chosen, cursor)
    except ValidationError:
        wrong, status = [page_texts(who.language)["orders"]["filter_unknown"]], 422
    except Refused as refused:
        wrong, status = sentences(refused, who.language), 404 if isinstance(refused, NotFound) else 422
    following = found.following and closed(found.following, _name(chosen))
    return who.page(
        request,
        "orders/list",
        status,
        chosen=chosen,
        wrong_filter=wrong,
        rows=[_row(order, who.language) for order in found],
        statuses=[(each.value, order_status(each, who.language)) for each in OrderStatus],
        first=cursor is None,
        following=f"/orders?{chosen.query()}&{urlencode({'cursor': following})}" if following else "",
    )


async def _orders(who: SignedIn, chosen: OrderFilter, cursor: str | None) -> ListPage[OrderView]:
    if chosen.line.strip().lower().startswith("order-"):
        return ListPage([await who.desks.orders.order(who.caller, chosen.line.strip().lower())])
    return await who.desks.orders.orders(
        who.caller,
        status=chosen.status,
        open_only=chosen.view == "open",
        held=chosen.view == "held",
        incidents=chosen.view == "incidents",
        late_after=late_after(who.desks.settings) if chosen.view == "late" else None,
        line=chosen.line.strip() or None,
        purchase_reference=chosen.reference.strip() or None,
        limit=ROWS,
        after=opened(cursor, _name(chosen)) if cursor else None,
    )


def _name(chosen: OrderFilter) -> str:
    return f"orders {chosen.query()}"


def _row(order: OrderView, language: Language) -> dict[str, Any]:
    return {
        "order": order,
        "kind": kind_label(order.kind, language),
        "status": order_status(order.status, language),
        "held": " ".join(hold_sentence(one.reason, language) for one in order.holds),
    }


routes = [page("/orders", show, needs=Permission.VIEW_ORDERS)]
