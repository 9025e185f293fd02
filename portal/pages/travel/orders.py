"""`/travel/.../add-line`, `../add-plan`: from the countries of a journey to the number of the order.

The plans that cover the countries are offered cheapest first, each with the eSIM or the stock that it would
use (T42); the order is shown as it will be placed (T39), then placed (T7 to T10, T14). The idempotency key is
made with the form of the plans and travels in the forms: a double click makes one order.
"""

import re
import uuid
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import Field, field_validator
from starlette.requests import Request
from starlette.responses import Response

from models.errors import NotFound, Refused
from models.paging import Page as ListPage
from models.people.callers import Permission
from models.travel.order_views import TravelOrderDetails
from models.travel.plan_views import PlanOffer
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.orders.order import order_of
from portal.pages.routes import Page, form, page
from portal.pages.travel.journeys import Chosen, Journey
from portal.pages.travel.words import Said
from starter.keys import LONGEST_KEY
from wording.refusals import sentence

OFFERS = 20
_MOST_COUNTRIES = 50
_LONGEST_SHOWN = 2000
_FIELDS = {
    **dict.fromkeys(("country_unknown", "country_ambiguous", "no_countries"), "countries"),
    **dict.fromkeys(("destination_not_covered", "plan_withdrawn", "plan_without_profile"), "plan"),
    **dict.fromkeys(("profile_differs", "unknown_travel_plan"), "plan"),
    **dict.fromkeys(("plan_not_complimentary", "complimentary_not_allowed"), "paying"),
}
_APART = re.compile(r"[;\n]")


def names_of(countries: str) -> tuple[str, ...]:
    """The countries of a text: with commas between them, or with semicolons where a name has a comma."""
    parts = _APART.split(countries) if _APART.search(countries) else countries.split(",")
    return tuple(filter(None, map(str.strip, parts)))


class CountriesForm(FormModel):
    """Where the subscriber goes; `cursor`: from where on plans are shown."""

    countries: str = Field(min_length=1, max_length=1000)
    cursor: str = Field(default="", max_length=1000)

    @field_validator("countries")
    @classmethod
    def _few(cls, text: str) -> str:
        if not 0 < len(names_of(text)) <= _MOST_COUNTRIES:
            raise ValueError
        return text


class PlanForm(CountriesForm):
    """The plan that was chosen, and who pays."""

    plan: str = Field(min_length=1, max_length=200)
    paying: Literal["paid", "complimentary"] = "paid"
    key: str = Field(min_length=1, max_length=LONGEST_KEY)
    shown: str = Field(default="", max_length=_LONGEST_SHOWN)
    """What the confirmation said of the order."""

    @property
    def chosen(self) -> Chosen:
        """The order."""
        free = self.paying == "complimentary"
        return Chosen(self.plan, names_of(self.countries), free, self.key, self.shown or None)


async def choose(request: Request, who: SignedIn) -> Response:
    """Ask for the countries, and show the plans that cover them."""
    journey, asked = await Journey.of(request, who), dict(request.query_params)
    if not asked.get("countries", "").strip():
        return await _choices(request, who, journey, unsent())
    given = {name: [value] for name, value in asked.items() if name in CountriesForm.model_fields}
    sent = await read_form(request, CountriesForm, who.language, given)
    return await _choices(request, who, journey, sent)


async def review(request: Request, who: SignedIn) -> Response:
    """The order as it will be placed. Nothing is placed yet."""
    journey = await Journey.of(request, who)
    sent = await read_form(request, PlanForm, who.language)
    with Asking(sent, who.language, _FIELDS) as asking:
        if sent.model is not None:
            return await _review(request, who, journey, sent)
    return await _choices(request, who, journey, asking.form, asking.status)


async def place(request: Request, who: SignedIn) -> Response:
    """Place the order as it was shown; again with the same key: the same order. If it would be another one
    now, it is shown again.
    """
    journey = await Journey.of(request, who)
    sent = await read_form(request, PlanForm, who.language)
    with Asking(sent, who.language, _FIELDS) as asking:
        if sent.model is not None:
            placed = await journey.place(who, sent.model.chosen)
            return who.done(f"/travel/orders/{placed.order_id}/placed")
    if sent.model is not None and _can_be_sent_again(asking.refused):
        form_again, status = asking.form, asking.status
        with Asking(form_again, who.language, _FIELDS) as asking:
            return await _review(request, who, journey, form_again, status)
    return await _choices(request, who, journey, asking.form, asking.status)


def _can_be_sent_again(refused: Refused | None) -> bool:
    """Whether the order can be confirmed once more: Temporal is unavailable, or it is not what was shown."""
    return refused is None or refused.refusals[0].code == "offer_changed"


async def placed(request: Request, who: SignedIn) -> Response:
    """The confirmation, with the number of the order and what happens next."""
    order = await who.desks.orders.order(who.caller, order_of(request), history=False)
    if not isinstance(order.details, TravelOrderDetails):
        raise NotFound.because("unknown_order", order=request.path_params["order"])
    return who.page(request, "travel/placed", order=order, about=order.details)


async def _review(
    request: Request, who: SignedIn, journey: Journey, sent: Sent[PlanForm], status: int = 200
) -> Response:
    assert sent.model is not None  # noqa: S101  only what is valid is shown for confirmation
    preview = await journey.preview(who, sent.model.chosen)
    facts = {"journey": journey, "form": sent, "preview": preview, "say": Said(who.language)}
    return who.page(request, "travel/review", status, **facts)


async def _choices(
    request: Request, who: SignedIn, journey: Journey, sent: Sent[Any], status: int = 200
) -> Response:
    offers, sent = await _offers(who, journey, sent)
    countries = sent.values.get("countries", "")
    following = offers.following and {
        "countries": countries,
        "cursor": closed(offers.following, _of(journey, countries)),
    }
    failed = status if status != 200 or not sent.errors else 422
    return who.page(
        request,
        "travel/choose",
        failed,
        journey=journey,
        form=sent,
        countries=countries,
        offers=[offer for offer in offers if journey.fits(offer)],
        others=[offer for offer in offers if not journey.fits(offer)],
        key=sent.values.get("key") or uuid.uuid4().hex,
        more=f"{journey.path}?{urlencode(following)}" if following else "",
        why_not=[sentence(each, who.language) for each in journey.refusals],
        no_complimentary=[sentence(each, who.language) for each in journey.subscriber.no_complimentary],
        say=Said(who.language),
    )


async def _offers(who: SignedIn, journey: Journey, sent: Sent[Any]) -> tuple[ListPage[PlanOffer], Sent[Any]]:
    """The plans that cover the countries of the form; none where these are not named right."""
    countries, cursor = str(sent.values.get("countries", "")), str(sent.values.get("cursor", ""))
    if not 0 < len(names_of(countries)) <= _MOST_COUNTRIES or "countries" in sent.errors:
        return ListPage(), sent
    with Asking(sent, who.language, _FIELDS) as asking:
        found = await who.desks.travel_plans.find(
            who.caller,
            names_of(countries),
            journey.name,
            limit=OFFERS,
            after=opened(cursor, _of(journey, countries)) if cursor else None,
        )
        return found, sent
    return ListPage(), asking.form


def _of(journey: Journey, countries: str) -> str:
    return f"offers {journey.path} {countries}"


def _routes(path: str) -> list[Page]:
    sells = Permission.SELL_TRAVEL
    return [
        page(path, choose, needs=sells),
        form(f"{path}/review", review, needs=sells),
        form(path, place, needs=sells),
    ]


routes = [
    *_routes("/travel/subscribers/{subscriber}/add-line"),
    *_routes("/travel/lines/{line}/add-plan"),
    page("/travel/orders/{order}/placed", placed, needs=Permission.SELL_TRAVEL),
]
