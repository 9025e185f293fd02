"""Travel plans as the API answers them, with what they cost with each IMSI profile."""

from datetime import datetime

from pydantic import Field

from models.identifiers import reference
from models.travel.plan_views import PlanDetails, PlanOffer, PlanView
from models.travel.rates import ProfileCost
from portal.api.fields import FREE_COUNTED_UP, Currency, Resource, id_or_none
from portal.api.travel.shared import Amount, Country, ProfileNumber, amount


class PlanResource(Resource):
    """A travel plan."""

    id: str = Field(examples=["TP-3"])
    name: str
    countries: list[Country]
    data_mb: int = Field(description="The data volume, in MB of a million bytes.")
    days: int = Field(description="How long it lasts from the first connection in one of its countries.")
    price: Amount
    currency: Currency
    shelf_life_months: int = Field(description="It lapses if it is not used so long.")
    complimentary: bool = Field(description="Whether it may be given free of charge.")
    profile: ProfileNumber | None = Field(
        description="The IMSI profile in force: pinned, else computed. Null: it cannot be sold."
    )
    pinned_profile: ProfileNumber | None
    computed_profile: ProfileNumber | None = Field(description="The cheapest that covers its countries.")
    withdrawn_at: datetime | None = Field(description="Since when it is not sold any more.")


class NetworkRateResource(Resource):
    """The cheapest network of a country with a profile."""

    country: Country
    network: str
    per_mb: Amount
    currency: Currency


class ProfileCostResource(Resource):
    """What a plan costs the operator with one IMSI profile."""

    profile: ProfileNumber
    per_mb: Amount | None = Field(
        description="The mean of its networks. Null: the profile does not cover the plan."
    )
    networks: list[NetworkRateResource]
    missing: list[Country] = Field(description="The countries in which the profile has no network.")


class PlanDetailsResource(PlanResource):
    """A travel plan with the reason for its profile."""

    costs: list[ProfileCostResource] = Field(
        description="The cheapest profile first, then those that do not cover the plan."
    )


class PlanOfferResource(PlanResource):
    """A plan that covers a journey, and which eSIM it would use."""

    esim_line: str | None = Field(
        description="The subscriber's eSIM line that it can be added to: `EL-9`. Null: a new eSIM is needed."
    )
    in_stock: int = Field(
        description=f"How many eSIMs of its profile are free{FREE_COUNTED_UP} With none, an order waits."
    )


def plan_resource(plan: PlanView) -> PlanResource:
    """A plan."""
    return PlanResource(**_plan(plan))


def plan_details(plan: PlanDetails) -> PlanDetailsResource:
    """A plan with its costs."""
    return PlanDetailsResource(**_plan(plan), costs=list(map(_cost, plan.costs)))


def offer(plan: PlanOffer) -> PlanOfferResource:
    """A plan that covers a journey."""
    line = id_or_none("EL", plan.esim_line_id)
    return PlanOfferResource(**_plan(plan), esim_line=line, in_stock=plan.in_stock)


def _plan(plan: PlanView) -> dict[str, object]:
    known = plan.model_dump(include=set(PlanView.model_fields) - {"account"})
    return {**known, "id": reference("TP", plan.id), "price": amount(plan.price)}


def _cost(cost: ProfileCost) -> ProfileCostResource:
    networks = [
        NetworkRateResource(
            country=rate.country, network=rate.network, per_mb=amount(rate.per_mb), currency=rate.currency
        )
        for rate in cost.networks
    ]
    return ProfileCostResource(
        profile=cost.profile,
        per_mb=None if cost.per_mb is None else amount(cost.per_mb),
        networks=networks,
        missing=list(cost.missing),
    )
