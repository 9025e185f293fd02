"""`/travel/stock`: the whole stock of eSIMs and whom each is allocated to (T12), with thresholds (T26).

The address is the filter; the CSV has exactly the eSIMs of the filter. Of each profile those that end first
come first: in this sequence they are handed out (T36).
"""

from typing import Any
from urllib.parse import urlencode

from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from models.errors import NotFound, Refused
from models.identifiers import reference
from models.paging import LARGEST_PAGE
from models.paging import Page as ListPage
from models.people.callers import Permission
from models.travel.profiles import LARGEST_PROFILE
from models.travel.stock_views import StockEsim, StockState, stock_csv
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page
from portal.pages.travel.words import Said
from wording.pages import page_texts
from wording.refusals import sentences

ROWS = 50
LIES = (StockState.FREE, StockState.REVEALED, StockState.ENDED)
"""The states in which an eSIM can be discarded."""
_CSV = "text/csv; charset=utf-8"


class StockFilter(FormModel):
    """The filter: the query string."""

    q: str = Field(default="", max_length=100)
    """An eSIM by its ICCID or id; then nothing else is asked for."""
    profile: int | None = Field(default=None, ge=1, le=LARGEST_PROFILE)
    state: StockState | None = None

    def query(self, **other: Any) -> str:
        """The query string of this filter, with other values for some fields."""
        values = self.model_copy(update=other).model_dump()
        return urlencode({name: value for name, value in values.items() if value})

    def path(self, **other: Any) -> str:
        """The address of the list with this filter."""
        query = self.query(**other)
        return f"/travel/stock?{query}" if query else "/travel/stock"


class ThresholdForm(FormModel):
    """With how many free eSIMs of a profile the staff is alerted."""

    profile: int = Field(ge=1, le=LARGEST_PROFILE)
    threshold: int = Field(ge=0, le=1_000_000)


class DiscardForm(FormModel):
    """A button."""


async def show_all(request: Request, who: SignedIn) -> Response:
    """The list; above it, where nothing is filtered, the levels of all profiles, else that of the chosen one.
    What the filter cannot mean is said above it.
    """
    sent = {name: value for name, value in request.query_params.items() if value}
    cursor = sent.pop("cursor", None)
    wrong: list[str] = []
    status, found, chosen = 200, ListPage[StockEsim](), StockFilter()
    try:
        chosen = _filter(sent)
        found = await _esims(who, chosen, cursor)
    except ValidationError:
        wrong, status = [page_texts(who.language)["orders"]["filter_unknown"]], 422
    except Refused as refused:
        wrong, status = sentences(refused, who.language), 404 if isinstance(refused, NotFound) else 422
    following = found.following and closed(found.following, _name(chosen))
    query = chosen.query()
    profiles = await who.desks.stock.profiles(who.caller, limit=LARGEST_PAGE)
    return who.page(
        request,
        "travel/stock",
        status,
        chosen=chosen,
        wrong_filter=wrong,
        esims=found,
        profiles=[level.profile for level in profiles],
        levels=[level for level in profiles if level.profile == chosen.profile] if sent else profiles,
        states=list(StockState),
        first=cursor is None,
        csv=f"/travel/stock.csv?{query}" if query else "/travel/stock.csv",
        following=f"/travel/stock?{query}&{urlencode({'cursor': following})}" if following else "",
        say=Said(who.language),
    )


async def download(request: Request, who: SignedIn) -> Response:
    """The eSIMs of the filter as a CSV file; of a search the one that it finds."""
    try:
        chosen = _filter({name: value for name, value in request.query_params.items() if value})
    except ValidationError:
        raise Refused.because("list_invalid", fields="profile, state") from None
    named = {"Content-Disposition": 'attachment; filename="travel-stock.csv"'}
    if request.method == "HEAD":
        return Response(media_type=_CSV, headers=named)
    if chosen.q:
        found = await who.desks.stock.esim(who.caller, chosen.q)
        return Response(stock_csv([found]), media_type=_CSV, headers=named)
    parts = await who.desks.stock.csv(who.caller, profile=chosen.profile, state=chosen.state)
    return StreamingResponse(parts, media_type=_CSV, headers=named)


async def show(request: Request, who: SignedIn) -> Response:
    """One eSIM, and whom it is allocated to."""
    esim = await who.desks.stock.esim(who.caller, request.path_params["esim"])
    discards = esim.state in LIES and who.may(Permission.MANAGE_TRAVEL)
    return who.page(request, "travel/esim", esim=esim, discards=discards, say=Said(who.language))


async def ask_discard(request: Request, who: SignedIn) -> Response:
    """What discarding means, and whether it is meant."""
    esim = await who.desks.stock.esim(who.caller, request.path_params["esim"])
    with Asking(unsent(), who.language) as asking:
        await who.desks.stock.check_discard(who.caller, reference("S", esim.sim_id))
    return _discarding(request, who, esim, asking.form)


async def discard(request: Request, who: SignedIn) -> Response:
    """Discard an eSIM that lies in stock."""
    esim = await who.desks.stock.esim(who.caller, request.path_params["esim"])
    sent = await read_form(request, DiscardForm, who.language)
    with Asking(sent, who.language) as asking:
        if sent.model is not None:
            await who.desks.stock.discard(who.caller, reference("S", esim.sim_id))
            return who.done(f"/travel/stock/S-{esim.sim_id}", "travel_discarded")
    return _discarding(request, who, esim, asking.form, asking.status)


async def ask_threshold(request: Request, who: SignedIn) -> Response:
    """The form of a threshold; with the profile of the address, if it has one."""
    asked = request.query_params.get("profile", "")
    levels = await who.desks.stock.profiles(who.caller, limit=LARGEST_PAGE)
    known = next((level for level in levels if str(level.profile) == asked), None)
    threshold = known.threshold if known else ""
    return who.page(request, "travel/threshold", form=unsent(profile=asked, threshold=threshold))


async def set_threshold(request: Request, who: SignedIn) -> Response:
    """Set it; the staff is alerted at once where fewer are free already."""
    sent = await read_form(request, ThresholdForm, who.language)
    fields = {"profile_invalid": "profile", "threshold_invalid": "threshold"}
    with Asking(sent, who.language, fields) as asking:
        if (given := sent.model) is not None:
            await who.desks.stock.set_threshold(who.caller, None, given.profile, given.threshold)
            return who.done("/travel/stock", "travel_threshold", profile=str(given.profile))
    return who.page(request, "travel/threshold", asking.status, form=asking.form)


def _discarding(
    request: Request, who: SignedIn, esim: StockEsim, sent: Sent[Any], status: int = 200
) -> Response:
    return who.page(request, "travel/discard", status, esim=esim, form=sent)


def _filter(sent: dict[str, str]) -> StockFilter:
    """The filter of a query string. Raises `ValidationError`."""
    return StockFilter.model_validate({**sent, "q": sent.get("q", "").strip()})


async def _esims(who: SignedIn, chosen: StockFilter, cursor: str | None) -> ListPage[StockEsim]:
    if chosen.q:
        return ListPage([await who.desks.stock.esim(who.caller, chosen.q)])
    return await who.desks.stock.esims(
        who.caller,
        profile=chosen.profile,
        state=chosen.state,
        limit=ROWS,
        after=opened(cursor, _name(chosen)) if cursor else None,
    )


def _name(chosen: StockFilter) -> str:
    return f"stock {chosen.query()}"


_VIEWS, _MANAGES = Permission.VIEW_TRAVEL, Permission.MANAGE_TRAVEL
routes = [
    page("/travel/stock", show_all, needs=_VIEWS),
    page("/travel/stock.csv", download, needs=_VIEWS),
    page("/travel/thresholds", ask_threshold, needs=_MANAGES),
    form("/travel/thresholds", set_threshold, needs=_MANAGES),
    page("/travel/stock/{esim}", show, needs=_VIEWS),
    page("/travel/stock/{esim}/discard", ask_discard, needs=_MANAGES),
    form("/travel/stock/{esim}/discard", discard, needs=_MANAGES),
]
