"""`/desk`: the orders that wait for the distributor, the oldest first (P9); the address is the filter."""

from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from models.errors import Refused
from models.orders.lifecycle import OrderStatus
from models.orders.next_steps import OrderStep, next_steps
from models.orders.views import OrderQueue, OrderView
from models.paging import counted_up
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.forms import FormModel
from portal.pages.routes import page
from starter.orders.waits_for import is_late, waits_for
from wording.ages import age
from wording.labels import hold_sentence, kind_label, order_status
from wording.pages import page_texts
from wording.refusals import sentences

ROWS = 50
_STATUSES = {"acknowledge": OrderStatus.SUBMITTED, "process": OrderStatus.PROVIDER_PROCESSING}
_NOTHING = dict.fromkeys(_STATUSES.values(), 0)


class QueueFilter(FormModel):
    """The filter: the query string."""

    view: Literal["", "acknowledge", "process"] = ""

    def query(self, **other: Any) -> str:
        """The query string of this filter, with other values for some fields, and others besides."""
        values = {**self.model_dump(), **other}
        return urlencode({name: value for name, value in values.items() if value})

    def path(self, **other: Any) -> str:
        """The address of the queue with this filter."""
        query = self.query(**other)
        return f"/desk?{query}" if query else "/desk"


async def show(request: Request, who: SignedIn) -> Response:
    """A page of the queue. Its links to the steps lead back to the same place."""
    sent = {name: value for name, value in request.query_params.items() if value}
    cursor = sent.pop("cursor", None)
    wrong: list[str] = []
    chosen, queue = QueueFilter(), None
    try:
        chosen = QueueFilter.model_validate(sent)
        queue = await _queue(who, chosen, cursor)
    except ValidationError:
        wrong = [page_texts(who.language)["orders"]["filter_unknown"]]
    except Refused as refused:
        wrong = sentences(refused, who.language)
    here = chosen.path(cursor=cursor)
    following = queue and queue.orders.following and closed(queue.orders.following, _name(chosen))
    return who.page(
        request,
        "desk/queue",
        422 if wrong else 200,
        chosen=chosen,
        wrong_filter=wrong,
        rows=_rows(who, queue, here) if queue else [],
        counts={
            view: counted_up((queue.waiting if queue else _NOTHING)[of]) for view, of in _STATUSES.items()
        },
        first=cursor is None,
        following=chosen.path(cursor=following) if following else "",
    )


async def _queue(who: SignedIn, chosen: QueueFilter, cursor: str | None) -> OrderQueue:
    return await who.desks.orders.queue(
        who.caller,
        status=_STATUSES.get(chosen.view),
        limit=ROWS,
        after=opened(cursor, _name(chosen)) if cursor else None,
    )


def _name(chosen: QueueFilter) -> str:
    return f"desk {chosen.query()}"


def _rows(who: SignedIn, queue: OrderQueue, here: str) -> list[dict[str, Any]]:
    return [_row(who, order, queue.now, here, _beside(queue, at)) for at, order in enumerate(queue.orders)]


def _beside(queue: OrderQueue, at: int) -> str:
    """The row that the reader comes back to after a step: the next one, as this one may have left."""
    orders = queue.orders
    beside = orders[at + 1] if at + 1 < len(orders) else orders[max(0, at - 1)]
    return f"row-{beside.id}"


def _row(who: SignedIn, order: OrderView, now: datetime, here: str, beside: str) -> dict[str, Any]:
    language = who.language
    waits = waits_for(order, who.desks.settings)
    late = is_late(order, now, who.desks.settings)
    steps = next_steps(order, who.caller)
    return {
        "order": order,
        "kind": kind_label(order.kind, language),
        "status": order_status(order.status, language),
        "waits": waits.what if waits else "",
        "late": late,
        "age": age(now - order.placed_at, language),
        "in_status": age(now - order.status_since, language),
        "held": " ".join(hold_sentence(one.reason, language) for one in order.holds),
        "steps": [step.value for step in _FIRST if step in steps],
        "back": urlencode({"back": f"{here}#{beside}"}),
    }


_FIRST = (OrderStep.ACKNOWLEDGE, OrderStep.PROCESSED, OrderStep.ICCID, OrderStep.CANCEL)
"""The steps in the sequence in which they are offered: what moves the order on first."""


routes = [page("/desk", show, needs=Permission.ACKNOWLEDGE_ORDERS)]
