"""Travel plans over HTTP, and those that suit a journey (T15, T39, T42)."""

from typing import Annotated, Any

from fastapi import Path, Query, Response
from pydantic import Field, Strict, field_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from models.people.callers import Caller, Permission
from models.travel.entered import MOST_GB, MOST_MONTHS
from models.values import Flag
from portal.api.caller import At, needs
from portal.api.fields import WHOLE, Body, Id, IdempotencyKey, Name, required
from portal.api.lists import ListOf, Pages
from portal.api.made import say_made
from portal.api.routing import router
from portal.api.travel.plan_resources import (
    PlanDetailsResource,
    PlanOfferResource,
    PlanResource,
    offer,
    plan_details,
    plan_resource,
)
from portal.api.travel.shared import Number

routes = router("Travel plans")
Viewing = Annotated[Caller, needs(Permission.VIEW_TRAVEL)]
Managing = Annotated[Caller, needs(Permission.MANAGE_TRAVEL)]
ThePlan = Annotated[Id, Path(description="`TP-3`, or its name.")]
_MOST_COUNTRIES = 300
Countries = Annotated[
    list[Name],
    Field(max_length=_MOST_COUNTRIES, description="Names in English or French, or ISO 3166-1 codes."),
]
Data = Annotated[
    int,
    Strict(),
    Field(ge=1, le=MOST_GB * 1000, description="The data volume, in MB of a million bytes."),
    WHOLE,
]
Price = Annotated[
    str, Field(max_length=20, description="Decimals after a point, in quotes.", examples=["9.90"])
]
CurrencyCode = Annotated[str, Field(max_length=20, description="ISO 4217.", examples=["EUR"])]
Months = Annotated[
    int, Strict(), Field(ge=1, le=MOST_MONTHS, description="It lapses if it is not used so long."), WHOLE
]


class NewPlanBody(Body):
    """A travel plan to create. Its profile is the cheapest that covers all of its countries."""

    name: Name
    countries: Countries
    data_mb: Data
    price: Price
    currency: CurrencyCode
    shelf_life_months: Months | None = Field(default=None, description="12, if left out.")
    complimentary: Flag = Field(default=False, description="Whether it may be given free of charge.")


class PlanChangesBody(Body):
    """The fields to change; those that are left out stay. None of them can be removed."""

    name: Name | SkipJsonSchema[None] = None
    countries: Countries | SkipJsonSchema[None] = None
    data_mb: Data | SkipJsonSchema[None] = None
    price: Price | SkipJsonSchema[None] = None
    currency: CurrencyCode | SkipJsonSchema[None] = None
    shelf_life_months: Months | SkipJsonSchema[None] = None
    complimentary: Flag | SkipJsonSchema[None] = None

    @field_validator("*", mode="before")
    @classmethod
    def _kept(cls, value: Any) -> Any:
        if value is None:
            raise PydanticCustomError("not_removable", "This cannot be removed; leave it out to keep it.")
        return value


class PinBody(Body):
    """The IMSI profile that is to be in force."""

    profile: Number = Field(examples=[7])


@routes.get("/travel-plans", summary="List travel plans")
async def list_travel_plans(
    caller: Viewing, desks: At, pages: Pages, withdrawn: bool | None = None
) -> ListOf[PlanResource]:
    """The travel plans of the account, by name; `withdrawn`: only those that are, or are not."""
    found = await desks.travel_plans.plans(caller, withdrawn=withdrawn, limit=pages.limit, after=pages.after)
    return pages.of(found, plan_resource)


@routes.get("/travel-offers", summary="Find travel plans for a journey")
async def list_travel_offers(
    caller: Viewing,
    desks: At,
    pages: Pages,
    country: Annotated[
        list[Name],
        Query(
            max_length=_MOST_COUNTRIES,
            description="Where the journey goes: a name in English or French, or a code; once for each.",
        ),
    ],
    subscriber: Annotated[
        Id | None, Query(description="Who travels: `SB-4`, phone number, e-mail address or full name.")
    ] = None,
) -> ListOf[PlanOfferResource]:
    """The plans on sale that cover all of these countries, cheapest first (each currency by itself), and the
    eSIM that each would use.
    """
    found = await desks.travel_plans.find(caller, country, subscriber, limit=pages.limit, after=pages.after)
    return pages.of(found, offer)


@routes.get("/travel-plans/{plan}", summary="Show a travel plan")
async def show_travel_plan(caller: Viewing, desks: At, plan: ThePlan) -> PlanDetailsResource:
    """One plan, also a withdrawn one, with what it costs with each IMSI profile: why it has its profile."""
    return plan_details(await desks.travel_plans.plan(caller, plan))


@routes.post(
    "/travel-plans",
    summary="Create a travel plan",
    status_code=201,
    responses={200: {"model": PlanDetailsResource, "description": "A repeat: the plan as it is now."}},
)
async def create_travel_plan(
    caller: Managing, desks: At, body: NewPlanBody, response: Response, idempotency_key: IdempotencyKey = None
) -> PlanDetailsResource:
    """Create a plan, once per `Idempotency-Key`."""
    made = await desks.travel_plans.create_plan(
        caller,
        None,
        body.name,
        **_fields(body),
        key=required(idempotency_key),
    )
    say_made(response, f"/travel-plans/TP-{made.id}", replayed=made.replayed)
    return plan_details(made)


@routes.patch("/travel-plans/{plan}", summary="Edit a travel plan")
async def edit_travel_plan(
    caller: Managing, desks: At, plan: ThePlan, body: PlanChangesBody
) -> PlanDetailsResource:
    """Change some fields. What was sold of it stays as it was."""
    return plan_details(await desks.travel_plans.edit_plan(caller, plan, name=body.name, **_fields(body)))


@routes.post("/travel-plans/{plan}/pin", summary="Pin a travel plan to an IMSI profile")
async def pin_travel_plan(caller: Managing, desks: At, plan: ThePlan, body: PinBody) -> PlanDetailsResource:
    """The profile is in force, whatever the rates say. eSIM lines keep theirs. Idempotent."""
    return plan_details(await desks.travel_plans.pin_plan(caller, plan, body.profile))


@routes.post("/travel-plans/{plan}/unpin", summary="Unpin a travel plan")
async def unpin_travel_plan(caller: Managing, desks: At, plan: ThePlan) -> PlanDetailsResource:
    """The cheapest profile is in force again. Idempotent."""
    return plan_details(await desks.travel_plans.pin_plan(caller, plan, None))


@routes.post("/travel-plans/{plan}/withdraw", summary="Withdraw a travel plan")
async def withdraw_travel_plan(caller: Managing, desks: At, plan: ThePlan) -> PlanDetailsResource:
    """The plan is not sold any more; what was sold of it stays. Idempotent."""
    return plan_details(await desks.travel_plans.withdraw_plan(caller, plan))


@routes.post("/travel-plans/{plan}/offer", summary="Offer a withdrawn travel plan again")
async def offer_travel_plan(caller: Managing, desks: At, plan: ThePlan) -> PlanDetailsResource:
    """The plan is sold again. Idempotent."""
    return plan_details(await desks.travel_plans.withdraw_plan(caller, plan, again=True))


def _fields(body: NewPlanBody | PlanChangesBody) -> dict[str, Any]:
    given = body.model_dump(exclude={"name", "data_mb"})
    return {**given, "data": None if body.data_mb is None else f"{body.data_mb} MB"}
