"""Which profile is cheapest for a plan, and why."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.travel.rates import Rate, cheapest_profile, profile_costs


def rate(profile: int, country: str, price: str, network: str = "A") -> Rate:
    return Rate(profile=profile, country=country, network=network, per_mb=Decimal(price), currency="USD")


@pytest.mark.covers("T15")
def test_the_profile_with_the_lowest_mean_of_the_cheapest_networks_is_chosen() -> None:
    costs = profile_costs(
        ["FR", "ES"],
        [
            rate(2, "FR", "0.010"),
            rate(2, "ES", "0.010"),
            rate(7, "FR", "0.500", "Dear"),
            rate(7, "FR", "0.004", "Cheap"),
            rate(7, "ES", "0.012"),
            rate(10, "ES", "0.001"),
            rate(10, "US", "0.001"),
        ],
    )
    assert cheapest_profile(costs) == 7
    assert [(cost.profile, cost.per_mb, cost.missing) for cost in costs] == [
        (7, Decimal("0.008000"), ()),
        (2, Decimal("0.010000"), ()),
        (10, None, ("FR",)),
    ]
    assert [(one.country, one.network) for one in costs[0].networks] == [("ES", "A"), ("FR", "Cheap")]


@pytest.mark.covers("T15")
def test_of_equally_cheap_profiles_the_lower_one_is_chosen() -> None:
    rates = [rate(profile, country, "0.1") for profile in (10, 2, 7) for country in ("FR", "ES", "IT")]
    assert cheapest_profile(profile_costs(["FR", "ES", "IT"], rates)) == 2


@pytest.mark.covers("T27")
def test_without_a_profile_that_covers_all_countries_there_is_none() -> None:
    assert cheapest_profile(profile_costs(["FR", "ES"], [rate(2, "FR", "0"), rate(7, "ES", "0")])) is None
    assert cheapest_profile(profile_costs(["FR"], [])) is None


RATES = st.lists(
    st.builds(
        rate,
        st.sampled_from([2, 7, 10]),
        st.sampled_from(["FR", "ES", "IT"]),
        st.decimals(0, 10, places=6).map(str),
        st.sampled_from(["A", "B"]),
    ),
    max_size=20,
)


@given(RATES, st.sets(st.sampled_from(["FR", "ES", "IT"]), min_size=1), st.randoms())
def test_the_choice_is_the_cheapest_and_does_not_depend_on_the_sequence(
    rates: list[Rate], countries: set[str], shuffle: Random
) -> None:
    chosen = cheapest_profile(profile_costs(countries, rates))
    mixed = list(rates)
    shuffle.shuffle(mixed)
    assert cheapest_profile(profile_costs(countries, mixed)) == chosen

    def total(profile: int) -> Decimal | None:
        prices = [
            min(
                (one.per_mb for one in rates if (one.profile, one.country) == (profile, country)),
                default=None,
            )
            for country in countries
        ]
        known = [price for price in prices if price is not None]
        return sum(known, Decimal(0)) if len(known) == len(prices) else None

    totals = {profile: cost for profile in (2, 7, 10) if (cost := total(profile)) is not None}
    assert chosen == min(totals, key=lambda profile: (totals[profile], profile), default=None)
