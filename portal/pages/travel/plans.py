"""`/travel/plans`: the catalogue of travel plans, each with its IMSI profile and why it has it (T15)."""

from typing import Any
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.identifiers import reference
from models.people.callers import Permission
from models.travel.plan_views import PlanDetails
from models.travel.profiles import LARGEST_PROFILE
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page
from portal.pages.travel.words import Said

ROWS = 50
_VIEWS_OF_LIST = {"": False, "withdrawn": True, "all": None}


class PinForm(FormModel):
    """The profile that a plan is pinned to; none: the cheapest one is in force."""

    profile: str = Field(default="", max_length=10)


class WithdrawForm(FormModel):
    """A button."""


def path_of(plan: PlanDetails) -> str:
    """The address of a plan's page."""
    return f"/travel/plans/{reference('TP', plan.id)}"


async def plan_of(request: Request, who: SignedIn) -> PlanDetails:
    """The plan in the path. Raises `NotFound`."""
    return await who.desks.travel_plans.plan(who.caller, request.path_params["plan"])


async def show_all(request: Request, who: SignedIn) -> Response:
    """The plans by name: those on sale, the withdrawn ones, or all."""
    view = request.query_params.get("view", "")
    view = view if view in _VIEWS_OF_LIST else ""
    cursor, of = request.query_params.get("cursor"), f"travel plans {view}"
    found = await who.desks.travel_plans.plans(
        who.caller,
        withdrawn=_VIEWS_OF_LIST[view],
        limit=ROWS,
        after=opened(cursor, of) if cursor else None,
    )
    query = {"view": view} if view else {}
    following = found.following and {**query, "cursor": closed(found.following, of)}
    return who.page(
        request,
        "travel/plans",
        plans=found,
        view=view,
        views=list(_VIEWS_OF_LIST),
        here=f"/travel/plans?{urlencode(query)}" if query else "/travel/plans",
        first=cursor is None,
        following=f"/travel/plans?{urlencode(following)}" if following else "",
        say=Said(who.language),
    )


async def show(request: Request, who: SignedIn) -> Response:
    """A plan, with what it costs with each profile."""
    plan = await plan_of(request, who)
    say = Said(who.language)
    return who.page(request, "travel/plan", plan=plan, path=path_of(plan), say=say)


async def ask_pin(request: Request, who: SignedIn) -> Response:
    """The form of the profile."""
    plan = await plan_of(request, who)
    return await _pinning(request, who, unsent(profile=str(plan.pinned_profile or "")))


async def pin(request: Request, who: SignedIn) -> Response:
    """Pin the plan to a profile, or let the cheapest one be in force again."""
    plan, sent = await plan_of(request, who), await read_form(request, PinForm, who.language)
    with Asking(sent, who.language, {"profile_invalid": "profile"}) as asking:
        if (given := sent.model) is not None:
            text = given.profile.strip()
            number = int(text) if text.isascii() and text.isdigit() else (0 if text else None)
            saved = await who.desks.travel_plans.pin_plan(who.caller, reference("TP", plan.id), number)
            said = "travel_plan_unpinned" if number is None else "travel_plan_pinned"
            return who.done(path_of(saved), said, plan=saved.name)
    return await _pinning(request, who, asking.form, asking.status)


async def ask_withdraw(request: Request, who: SignedIn) -> Response:
    """What withdrawing a plan means, and whether it is meant."""
    plan = await plan_of(request, who)
    return who.page(request, "travel/withdraw", plan=plan, path=path_of(plan), form=unsent())


async def withdraw(request: Request, who: SignedIn) -> Response:
    """The plan is not sold any more."""
    return await _set_withdrawn(request, who, withdrawn=True)


async def offer_again(request: Request, who: SignedIn) -> Response:
    """The plan is sold again."""
    return await _set_withdrawn(request, who, withdrawn=False)


async def _set_withdrawn(request: Request, who: SignedIn, *, withdrawn: bool) -> Response:
    plan, sent = await plan_of(request, who), await read_form(request, WithdrawForm, who.language)
    with Asking(sent, who.language) as asking:
        if sent.model is not None:
            name = reference("TP", plan.id)
            await who.desks.travel_plans.withdraw_plan(who.caller, name, again=not withdrawn)
            said = "travel_plan_withdrawn" if withdrawn else "travel_plan_offered"
            return who.done(path_of(plan), said, plan=plan.name)
    facts = {"plan": plan, "path": path_of(plan), "form": asking.form}
    return who.page(request, "travel/withdraw", asking.status, **facts)


async def _pinning(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    plan = await plan_of(request, who)
    return who.page(
        request,
        "travel/pin",
        status,
        plan=plan,
        path=path_of(plan),
        form=sent,
        profiles=[str(cost.profile) for cost in plan.costs],
        most=LARGEST_PROFILE,
        say=Said(who.language),
    )


_VIEWS, _MANAGES = Permission.VIEW_TRAVEL, Permission.MANAGE_TRAVEL
routes = [
    page("/travel/plans", show_all, needs=_VIEWS),
    page("/travel/plans/{plan}", show, needs=_VIEWS),
    page("/travel/plans/{plan}/pin", ask_pin, needs=_MANAGES),
    form("/travel/plans/{plan}/pin", pin, needs=_MANAGES),
    page("/travel/plans/{plan}/withdraw", ask_withdraw, needs=_MANAGES),
    form("/travel/plans/{plan}/withdraw", withdraw, needs=_MANAGES),
    form("/travel/plans/{plan}/offer", offer_again, needs=_MANAGES),
]
