"""Format travel plans, and why each has its profile, for a terminal."""

from collections.abc import Sequence
from decimal import Decimal

from models.identifiers import reference
from models.travel.entered import data_volume
from models.travel.plan_views import PlanDetails, PlanOffer, PlanView, ProfileChange
from models.travel.rates import ProfileCost
from starter.cli.language import countries, country, money
from starter.cli.output import full_time, print_facts, print_table, say


def print_plans(plans: Sequence[PlanView]) -> None:
    """Print one row per plan, by account."""
    if not plans:
        say("There are no such travel plans.")
    columns = ("id", "plan", "countries", "data", "price", "profile")
    for account in dict.fromkeys(plan.account for plan in plans):
        rows = [
            (
                reference("TP", plan.id),
                plan.name + (" (withdrawn)" if plan.withdrawn_at else ""),
                countries(plan.countries),
                data_volume(plan.data_mb),
                money(plan.price, plan.currency),
                _profile(plan),
            )
            for plan in plans
            if plan.account == account
        ]
        print_table(account, columns, rows, whole=("id", "price"))


def print_plan(plan: PlanDetails) -> None:
    """Print a plan with its facts, and what it costs with each profile (T15)."""
    facts = [
        ("plan", plan.name),
        ("account", plan.account),
        ("countries", countries(plan.countries)),
        ("data", data_volume(plan.data_mb)),
        ("price", money(plan.price, plan.currency)),
        ("lasts", f"{plan.days} days from its activation"),
        ("shelf life", f"{plan.shelf_life_months} months"),
        ("complimentary", "may be given free of charge" if plan.complimentary else "no"),
        ("profile", f"{_profile(plan) or '-'}: {why(plan)}"),
        ("withdrawn", full_time(plan.withdrawn_at) if plan.withdrawn_at else None),
    ]
    print_facts(reference("TP", plan.id), [fact for fact in facts if fact[1]])
    if plan.costs:
        rows = [(cost.profile, _mean(cost), _networks(cost)) for cost in plan.costs]
        columns = ("profile", "a MB, on average", "the cheapest network of each country")
        print_table("Cost of the data", columns, rows)


def why(plan: PlanDetails) -> str:
    """Why a plan has its profile, or has none."""
    if plan.pinned_profile is not None:
        computed = "no profile has a rate in each country"
        if plan.computed_profile is not None:
            computed = f"the cheapest one is {plan.computed_profile}"
        return f"pinned by hand; {computed}."
    if plan.computed_profile is None:
        return "no profile has a rate in each of its countries, so it cannot be sold."
    covering = [cost for cost in plan.costs if cost.covers]
    if len(covering) == 1:
        return "the only one with a rate in each of its countries."
    if covering[0].total == covering[1].total:
        return f"as cheap as profile {covering[1].profile}; the lower number is chosen."
    return f"the cheapest of the {len(covering)} with a rate in each of its countries."


def print_offers(offers: Sequence[PlanOffer], *, with_lines: bool) -> None:
    """Print the plans that cover a journey, and which eSIM each would use (T42)."""
    if not offers:
        say("No plan on sale covers all of these countries.")
        return
    columns = ("id", "plan", "price", "data", "days", "eSIM", "countries")
    for account in dict.fromkeys(offer.account for offer in offers):
        rows = [
            (
                reference("TP", offer.id),
                offer.name,
                money(offer.price, offer.currency),
                data_volume(offer.data_mb),
                offer.days,
                _esim(offer, with_lines=with_lines),
                countries(offer.countries),
            )
            for offer in offers
            if offer.account == account
        ]
        print_table(account, columns, rows, whole=("id", "price"))


def moved(change: ProfileChange, *, dry_run: bool = False) -> str:
    """The sentence that a plan has another profile."""
    before = "no profile" if change.before is None else f"profile {change.before}"
    after = "no profile" if change.after is None else f"profile {change.after}"
    would = "would move" if dry_run else "moves"
    return f"{reference('TP', change.plan_id)} {would} from {before} to {after}."


def _esim(offer: PlanOffer, *, with_lines: bool) -> str:
    if offer.esim_line_id is not None:
        return f"on {reference('EL', offer.esim_line_id)}"
    new = "a new one: " if with_lines else ""
    return f"{new}{offer.in_stock} of profile {offer.profile} in stock"


def _profile(plan: PlanView) -> str | None:
    if plan.profile is None:
        return None
    return f"{plan.profile} (pinned)" if plan.pinned_profile is not None else str(plan.profile)


def _mean(cost: ProfileCost) -> str | None:
    return None if cost.per_mb is None else _price(cost.per_mb, cost.networks[0].currency)


def _networks(cost: ProfileCost) -> str:
    reached = [
        f"{country(rate.country)}: {rate.network}, {_price(rate.per_mb, rate.currency)}"
        for rate in cost.networks
    ]
    if cost.missing:
        reached.append(f"no rate: {countries(cost.missing)}")
    return "\n".join(reached)


def _price(price: Decimal, currency: str) -> str:
    """A price of a megabyte, with all of its decimals."""
    return f"{price.normalize():f} {currency}"
