"""Format travel plans, and why each has its profile, for a terminal."""

from collections.abc import Sequence
from decimal import Decimal

from models.identifiers import reference
from models.paging import counted_up
from models.travel.plan_views import PlanDetails, PlanOffer, PlanView, ProfileChange, ProfileReason
from models.travel.rates import ProfileCost
from starter.cli.language import countries, country, headings, money, volume, worded
from starter.cli.output import full_time, print_facts, print_table, say


def print_plans(plans: Sequence[PlanView]) -> None:
    """Print one row per plan, by account."""
    if not plans:
        say(worded("There are no such travel plans."))
    columns = headings("id", "plan", "countries", "data", "price", "profile")
    for account in dict.fromkeys(plan.account for plan in plans):
        rows = [
            (
                reference("TP", plan.id),
                worded("{plan} (withdrawn)", plan=plan.name) if plan.withdrawn_at else plan.name,
                countries(plan.countries),
                volume(plan.data_mb),
                money(plan.price, plan.currency),
                _profile(plan),
            )
            for plan in plans
            if plan.account == account
        ]
        print_table(account, columns, rows, whole=headings("id", "price"))


def print_plan(plan: PlanDetails) -> None:
    """Print a plan with its facts, and what it costs with each profile (T15)."""
    free = worded("may be given free of charge") if plan.complimentary else worded("no")
    facts = [
        (worded("plan"), plan.name),
        (worded("account"), plan.account),
        (worded("countries"), countries(plan.countries)),
        (worded("data"), volume(plan.data_mb)),
        (worded("price"), money(plan.price, plan.currency)),
        (worded("lasts"), worded("{days} days from its activation", days=plan.days)),
        (worded("shelf life"), worded("{months} months", months=plan.shelf_life_months)),
        (worded("complimentary"), free),
        (worded("profile"), worded("{profile}: {why}", profile=_profile(plan) or "-", why=why(plan))),
        (worded("withdrawn"), full_time(plan.withdrawn_at) if plan.withdrawn_at else None),
    ]
    print_facts(reference("TP", plan.id), [fact for fact in facts if fact[1]])
    if plan.costs:
        rows = [(cost.profile, _mean(cost), _networks(cost)) for cost in plan.costs]
        columns = headings("profile", "a MB, on average", "the cheapest network of each country")
        print_table(worded("Cost of the data"), columns, rows)


def why(plan: PlanDetails) -> str:
    """Why a plan has its profile, or has none."""
    covering = plan.covering
    match plan.reason:
        case ProfileReason.PINNED_WITHOUT_RATES:
            return worded("pinned by hand; no profile has a rate in each country.")
        case ProfileReason.PINNED:
            return worded("pinned by hand; the cheapest one is {profile}.", profile=plan.computed_profile)
        case ProfileReason.NO_RATES:
            return worded("no profile has a rate in each of its countries, so it cannot be sold.")
        case ProfileReason.ONLY_ONE:
            return worded("the only one with a rate in each of its countries.")
        case ProfileReason.AS_CHEAP:
            other = covering[1].profile
            return worded("as cheap as profile {profile}; the lower number is chosen.", profile=other)
        case ProfileReason.CHEAPEST:
            number = len(covering)
            return worded("the cheapest of the {number} with a rate in each of its countries.", number=number)


def print_offers(offers: Sequence[PlanOffer], *, with_lines: bool) -> None:
    """Print the plans that cover a journey, and which eSIM each would use (T42)."""
    if not offers:
        say(worded("No plan on sale covers all of these countries."))
        return
    columns = headings("id", "plan", "price", "data", "days", "eSIM", "countries")
    for account in dict.fromkeys(offer.account for offer in offers):
        rows = [
            (
                reference("TP", offer.id),
                offer.name,
                money(offer.price, offer.currency),
                volume(offer.data_mb),
                offer.days,
                _esim(offer, with_lines=with_lines),
                countries(offer.countries),
            )
            for offer in offers
            if offer.account == account
        ]
        print_table(account, columns, rows, whole=headings("id", "price"))


def moved(change: ProfileChange, *, dry_run: bool = False) -> str:
    """The sentence that a plan has another profile."""
    facts = {
        "plan": reference("TP", change.plan_id),
        "before": _or_none(change.before),
        "after": _or_none(change.after),
    }
    if dry_run:
        return worded("{plan} would move from {before} to {after}.", **facts)
    return worded("{plan} moves from {before} to {after}.", **facts)


def _or_none(profile: int | None) -> str:
    return worded("no profile") if profile is None else worded("profile {profile}", profile=profile)


def _esim(offer: PlanOffer, *, with_lines: bool) -> str:
    if offer.esim_line_id is not None:
        return worded("on {line}", line=reference("EL", offer.esim_line_id))
    stock = {"stock": counted_up(offer.in_stock), "profile": offer.profile}
    if with_lines:
        return worded("a new one: {stock} of profile {profile} in stock", **stock)
    return worded("{stock} of profile {profile} in stock", **stock)


def _profile(plan: PlanView) -> str | None:
    if plan.profile is None:
        return None
    pinned = plan.pinned_profile is not None
    return worded("{profile} (pinned)", profile=plan.profile) if pinned else str(plan.profile)


def _mean(cost: ProfileCost) -> str | None:
    return None if cost.per_mb is None else _price(cost.per_mb, cost.networks[0].currency)


def _networks(cost: ProfileCost) -> str:
    reached = [
        f"{country(rate.country)}: {rate.network}, {_price(rate.per_mb, rate.currency)}"
        for rate in cost.networks
    ]
    if cost.missing:
        reached.append(worded("no rate: {countries}", countries=countries(cost.missing)))
    return "\n".join(reached)


def _price(price: Decimal, currency: str) -> str:
    """A price of a megabyte, with all of its decimals."""
    return f"{price.normalize():f} {currency}"
