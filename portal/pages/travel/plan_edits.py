"""`/travel/new-plan`, `/travel/plans/{plan}/edit`: a travel plan is created or edited (T15, T39)."""

import uuid
from typing import Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.people.callers import Permission
from models.travel.entered import data_volume
from models.travel.plan_views import PlanDetails
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page
from portal.pages.travel.orders import names_of
from portal.pages.travel.plans import path_of, plan_of
from portal.pages.travel.words import Said
from starter.keys import LONGEST_KEY

_FIELDS = {
    **dict.fromkeys(("country_unknown", "country_ambiguous", "no_countries"), "countries"),
    **dict.fromkeys(("travel_plan_exists", "name_invalid"), "name"),
    "data_invalid": "data",
    "price_invalid": "price",
    "currency_invalid": "currency",
    "shelf_life_invalid": "shelf_life_months",
}
_LONGEST_LIST = 5000


class NewPlanForm(FormModel):
    """A plan, as it is entered; `key`: the same form is the same plan."""

    name: str = Field(min_length=1, max_length=200)
    countries: str = Field(min_length=1, max_length=_LONGEST_LIST)
    data: str = Field(min_length=1, max_length=40)
    price: str = Field(min_length=1, max_length=40)
    currency: str = Field(min_length=1, max_length=10)
    shelf_life_months: int = Field(default=12, ge=1, le=120)
    complimentary: Literal["", "on"] = ""
    key: str = Field(default="", max_length=LONGEST_KEY)


class EditPlanForm(NewPlanForm):
    """The same, with what the form showed first: what was not changed on it is not saved."""

    was_name: str = Field(default="", max_length=200)
    was_countries: str = Field(default="", max_length=_LONGEST_LIST)
    was_data: str = Field(default="", max_length=40)
    was_price: str = Field(default="", max_length=40)
    was_currency: str = Field(default="", max_length=10)
    was_shelf_life_months: str = Field(default="", max_length=10)
    was_complimentary: str = Field(default="", max_length=10)

    def changes(self) -> dict[str, Any]:
        """What was entered otherwise than it was shown, as the desk takes it."""
        found: dict[str, Any] = {}
        for name in FIELDS:
            value = getattr(self, name)
            if str(value).strip() != getattr(self, f"was_{name}").strip():
                found[name] = value
        if "countries" in found:
            found["countries"] = names_of(self.countries)
        if "complimentary" in found:
            found["complimentary"] = self.complimentary == "on"
        return found


FIELDS = ("name", "countries", "data", "price", "currency", "shelf_life_months", "complimentary")


async def ask(request: Request, who: SignedIn) -> Response:
    """The form of a new plan."""
    shown = unsent(shelf_life_months="12", complimentary="on", key=uuid.uuid4().hex)
    return who.page(request, "travel/new_plan", form=shown)


async def create(request: Request, who: SignedIn) -> Response:
    """Create the plan; the same form again is the same plan."""
    sent = await read_form(request, NewPlanForm, who.language)
    with Asking(sent, who.language, _FIELDS) as asking:
        if (given := sent.model) is not None:
            made = await who.desks.travel_plans.create_plan(
                who.caller,
                None,
                given.name,
                countries=names_of(given.countries),
                data=given.data,
                price=given.price,
                currency=given.currency,
                shelf_life_months=given.shelf_life_months,
                complimentary=given.complimentary == "on",
                key=given.key or None,
            )
            return who.done(path_of(made), "travel_plan_created", plan=made.name)
    return who.page(request, "travel/new_plan", asking.status, form=asking.form)


async def ask_edit(request: Request, who: SignedIn) -> Response:
    """The form of a plan."""
    return await _editing(request, who, unsent())


async def edit(request: Request, who: SignedIn) -> Response:
    """Save what was changed. Orders that were placed keep the terms before."""
    plan, sent = await plan_of(request, who), await read_form(request, EditPlanForm, who.language)
    with Asking(sent, who.language, _FIELDS) as asking:
        if sent.model is not None:
            saved = await who.desks.travel_plans.edit_plan(
                who.caller, f"TP-{plan.id}", **sent.model.changes()
            )
            return who.done(path_of(saved), "travel_plan_saved", plan=saved.name)
    return await _editing(request, who, asking.form, asking.status)


async def _editing(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    plan = await plan_of(request, who)
    stored = _stored(plan, Said(who.language))
    shown = {name: sent.values.get(f"was_{name}", stored[name]) for name in FIELDS}
    facts = {"plan": plan, "path": path_of(plan), "form": sent, "stored": stored, "shown": shown}
    return who.page(request, "travel/edit_plan", status, **facts)


def _stored(plan: PlanDetails, say: Said) -> dict[str, str]:
    """What the fields show of the plan. A name of a country may have a comma."""
    return {
        "name": plan.name,
        "countries": "; ".join(say.country(code) for code in plan.countries),
        "data": data_volume(plan.data_mb),
        "price": f"{plan.price:f}",
        "currency": plan.currency,
        "shelf_life_months": str(plan.shelf_life_months),
        "complimentary": "on" if plan.complimentary else "",
    }


_MANAGES = Permission.MANAGE_TRAVEL
routes = [
    page("/travel/new-plan", ask, needs=_MANAGES),
    form("/travel/new-plan", create, needs=_MANAGES),
    page("/travel/plans/{plan}/edit", ask_edit, needs=_MANAGES),
    form("/travel/plans/{plan}/edit", edit, needs=_MANAGES),
]
