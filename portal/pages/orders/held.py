"""`/held`: everything that waits for a person, with what to do; retry one or the chosen ones (P15, W5)."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.operations.retries import Outcome
from models.operations.views import HeldView
from models.orders.lifecycle import HoldReason
from models.paging import LARGEST_PAGE
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page
from wording.labels import hold_sentence
from wording.pages import page_texts

ROWS = 50
_LIST = "held"
_SEEN: Mapping[str, tuple[str, Permission]] = {
    "order": ("/orders/{id}", Permission.VIEW_ORDERS),
    "qr_request": ("/sims/{about}/qr", Permission.VIEW_INVENTORY),
    "qr_notification": ("/sims/{about}/qr", Permission.VIEW_INVENTORY),
    "number_change": ("/numbers/{about}", Permission.VIEW_LICENCES),
    "licence_request": ("/licences/requests", Permission.VIEW_LICENCES),
    "user_mail": ("/people/{about}", Permission.VIEW_PEOPLE),
    "travel_line": ("/travel/lines/{line}", Permission.VIEW_TRAVEL),
    "job": ("/jobs/{job}", Permission.RUN_JOBS),
}
"""The page where work of a kind is seen, and who may see it. Kinds without a page are not links."""


_CONTACTS = ("/administration/distributors", Permission.MANAGE_CONTACTS, "contacts")
_MENDED: Mapping[str, tuple[str, Permission, str]] = {
    HoldReason.NO_ORDER_CONTACT: _CONTACTS,
    HoldReason.NO_QR_CONTACT: _CONTACTS,
    HoldReason.NO_AGENT_ADDRESS: ("/agents", Permission.MANAGE_NUMBERS, "agents"),
    HoldReason.NO_STOCK: ("/imports/import_travel_stock", Permission.MANAGE_TRAVEL, "stock"),
}
"""The page where a reason is mended, who may do it, and its words in `held.mended`."""


class RetryForm(FormModel):
    """What is retried: the chosen rows, or the one row whose button was pressed."""

    ids: tuple[str, ...] = Field(default=(), max_length=LARGEST_PAGE)
    one: str = ""

    @property
    def chosen(self) -> set[str]:
        """The ids."""
        return {self.one} if self.one else set(self.ids)


async def show(request: Request, who: SignedIn) -> Response:
    """The list, the longest waiting first."""
    return await _page(request, who, unsent())


async def retry(request: Request, who: SignedIn) -> Response:
    """Resume each at the step that it is held for, without watching the outcomes."""
    sent = await read_form(request, RetryForm, who.language)
    if sent.model is not None and not sent.model.chosen:
        sent = Sent(sent.values, None, {"": [page_texts(who.language)["held"]["choose"]]})
    with Asking(sent, who.language) as asking:
        if sent.model is not None:
            held = await who.desks.retry.select(who.caller, ids=sent.model.chosen)
            done = await who.desks.retry.resume_many(who.caller, held)
            missed = sum(one.outcome is Outcome.NOT_REACHED for one in done)
            words = "held_missed" if missed else "held_retried" if done else "held_over"
            return who.done("/held", words, number=str(len(done) - missed), missed=str(missed))
    return await _page(request, who, asking.form, asking.status)


async def _page(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    cursor = request.query_params.get("cursor")
    after = opened(cursor, _LIST) if cursor else None
    found = await who.desks.retry.held(who.caller, limit=ROWS, after=after)
    following = found.following and closed(found.following, _LIST)
    return who.page(
        request,
        "orders/held",
        status,
        form=sent,
        rows=list(_rows(found, who)),
        following=f"/held?{urlencode({'cursor': following})}" if following else "",
        first=cursor is None,
    )


def _rows(found: Iterable[HeldView], who: SignedIn) -> Iterable[dict[str, Any]]:
    kinds = page_texts(who.language)["held"]["kinds"]
    for work in found:
        yield {
            "id": work.id,
            "kind": kinds.get(work.kind, work.kind),
            "number": work.number,
            "mended_on": _mended_on(work, who),
            "path": _seen_at(work, who),
            "since": work.holds[0].since,
            "what": list(dict.fromkeys(hold_sentence(one.reason, who.language) for one in work.holds)),
        }


def _mended_on(work: HeldView, who: SignedIn) -> tuple[str, str] | None:
    """The page where the first reason that a page can mend is mended, and its words."""
    pages = filter(None, (_MENDED.get(one.reason) for one in work.holds))
    return next(((path, words) for path, needs, words in pages if who.may(needs)), None)


def _seen_at(work: HeldView, who: SignedIn) -> str:
    path, needs = _SEEN.get(work.kind, ("", None))
    if needs is None or not who.may(needs):
        return ""
    ids = {"job": work.id.replace("job-", "J-"), "line": work.id.replace("travel-line-", "EL-")}
    return path.format(id=work.id, about=work.about, **ids)


routes = [
    page("/held", show, needs=Permission.RETRY_WORK),
    form("/held/retry", retry, needs=Permission.RETRY_WORK),
]
