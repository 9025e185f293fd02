"""Which IMSI profile is cheapest for a plan, and why (T15).

A phone uses the network of a country that costs least with its profile. The cost of a plan with a profile is
the mean of these over the plan's countries, as nothing says in which of them the data is used. A profile
without a rate in one of the countries does not cover the plan. Of equally cheap profiles the lower one is
chosen, so that the choice does not depend on the sequence of the rates.
"""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from models.travel.profiles import Profile
from models.values import View

_SHOWN = Decimal("0.000001")


class Rate(View):
    """What a megabyte costs the operator with a profile in a network of a country."""

    profile: Profile
    country: str
    network: str
    per_mb: Decimal
    currency: str


class ProfileCost(View):
    """What a plan costs the operator with one profile."""

    profile: Profile
    per_mb: Decimal | None = None
    """The mean price of a megabyte, rounded to six decimals; None if the profile does not cover the plan."""
    networks: tuple[Rate, ...] = ()
    """The cheapest network of each country, by country."""
    missing: tuple[str, ...] = ()
    """The countries without a rate."""

    @property
    def covers(self) -> bool:
        """Whether there is a rate in each of the plan's countries."""
        return not self.missing

    @property
    def total(self) -> Decimal:
        """The sum over the countries, by which profiles are compared: it is exact."""
        return sum((rate.per_mb for rate in self.networks), Decimal(0))


def cheapest_networks(rates: Iterable[Rate]) -> list[Rate]:
    """Of each profile and country only the cheapest network: all that the cost of a plan depends on."""
    found: dict[tuple[int, str], Rate] = {}
    for rate in rates:
        known = found.get((rate.profile, rate.country))
        if known is None or (rate.per_mb, rate.network) < (known.per_mb, known.network):
            found[rate.profile, rate.country] = rate
    return list(found.values())


def profile_costs(countries: Collection[str], rates: Iterable[Rate]) -> list[ProfileCost]:
    """What a plan for these countries costs with each profile that has rates: the cheapest first, then those
    that do not cover it.
    """
    by_profile: dict[int, dict[str, Rate]] = {}
    for rate in cheapest_networks(rates):
        by_profile.setdefault(rate.profile, {})[rate.country] = rate
    costs = [_cost(profile, of_profile, countries) for profile, of_profile in by_profile.items()]
    return sorted(costs, key=lambda cost: (len(cost.missing), cost.total, cost.profile))


def cheapest_profile(costs: Sequence[ProfileCost]) -> int | None:
    """The profile that is chosen among the costs of `profile_costs`; None if none covers the plan (T27)."""
    return costs[0].profile if costs and costs[0].covers else None


def _cost(profile: int, of_profile: dict[str, Rate], countries: Collection[str]) -> ProfileCost:
    networks = tuple(of_profile[country] for country in sorted(countries) if country in of_profile)
    missing = tuple(country for country in sorted(countries) if country not in of_profile)
    cost = ProfileCost(profile=profile, networks=networks, missing=missing)
    if missing or not networks:
        return cost
    return cost.model_copy(update={"per_mb": (cost.total / len(networks)).quantize(_SHOWN)})
