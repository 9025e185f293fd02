"""What one licence costs: the examples of the rule, and what else can happen to a licence."""

from decimal import Decimal

import pytest

from models.licences.add_ons import AddOn
from models.licences.charges import ChargeReason, charges, total
from models.licences.history import AddOnChange, add_on_change, add_on_on, terms_on, usable_until
from models.licences.periods import Period
from models.licences.prices import PriceList
from tests.models.licences.examples import (
    BOUGHT_AGAIN,
    DATA,
    FIRST,
    MONTHLY,
    PRICES,
    PRO,
    SAME_PRICE,
    SMS,
    UPGRADE,
    amounts,
    bought,
    bought_again,
    changed,
    charged,
    day,
    given_back,
    price,
)


@pytest.mark.covers("L3", "L34")
def test_bought_within_a_month_it_costs_the_days_left_then_a_month() -> None:
    made = charged([bought("2026-12-16")], "2027-01-31")
    assert amounts(made) == [("2026-12-16", "5.16"), ("2027-01-01", "10.00")]
    assert [charge.reason for charge in made] == [FIRST, MONTHLY]
    assert (made[0].days, made[0].period.days) == (16, 31)
    assert total(made) == Decimal("15.16")


@pytest.mark.covers("L34")
def test_the_31st_is_the_last_day_of_each_shorter_month() -> None:
    made = charged([bought("2027-01-31")], "2027-03-31", cycle_day=31)
    assert amounts(made) == [("2027-01-31", "10.00"), ("2027-02-28", "10.00"), ("2027-03-31", "10.00")]


@pytest.mark.covers("L34")
def test_a_cycle_to_the_28th_of_a_leap_year_has_31_days() -> None:
    made = charged([bought("2028-02-10")], "2028-03-28", cycle_day=29)
    assert amounts(made) == [("2028-02-10", "6.13"), ("2028-02-29", "10.00")]
    assert made[0].period == Period(start=day("2028-01-29"), end=day("2028-02-28"))
    assert (made[0].days, made[0].period.days) == (19, 31)


@pytest.mark.covers("L34", "L36")
def test_an_upgrade_costs_the_difference_for_the_days_left() -> None:
    made = charged([bought("2026-12-01"), changed("2026-12-20", DATA)], "2027-01-01")
    assert amounts(made)[1:] == [("2026-12-20", "2.32"), ("2027-01-01", "16.00")]
    assert (made[1].days, made[1].period.days) == (12, 31)
    assert [(charge.add_on, charge.reason) for charge in made] == [
        (SMS, FIRST),
        (DATA, UPGRADE),
        (DATA, MONTHLY),
    ]


@pytest.mark.covers("L32", "L33", "L34")
def test_given_back_and_bought_again_within_the_paid_period_it_costs_nothing_more() -> None:
    history = [bought("2026-11-01"), given_back("2026-12-10")]
    assert usable_until(history, 1) == day("2026-12-31")
    assert amounts(charged(history, "2027-06-30"))[1:] == [("2026-12-01", "10.00")]  # no credit, then gone
    assert add_on_on(history, PRICES, 1, day("2026-12-31")) is SMS
    assert add_on_on(history, PRICES, 1, day("2027-01-01")) is None

    history.append(bought_again("2026-12-20"))
    assert usable_until(history, 1) is None
    made = charged(history, "2027-01-01")
    assert amounts(made)[2:] == [("2026-12-20", "0.00"), ("2027-01-01", "10.00")]
    assert made[2].reason is BOUGHT_AGAIN


@pytest.mark.covers("L33")
def test_bought_given_back_and_bought_again_on_one_day_it_is_charged_once() -> None:
    day_of_it = [bought("2026-12-16"), given_back("2026-12-16")]
    assert amounts(charged(day_of_it, "2027-03-01")) == [("2026-12-16", "5.16")]
    twice = [*day_of_it, bought_again("2026-12-16"), given_back("2026-12-16"), bought_again("2026-12-16")]
    assert amounts(charged(twice, "2027-01-01")) == [
        ("2026-12-16", "5.16"),
        ("2026-12-16", "0.00"),
        ("2026-12-16", "0.00"),
        ("2027-01-01", "10.00"),
    ]


@pytest.mark.covers("L32")
@pytest.mark.parametrize(
    ("on", "last", "months"), [("2027-01-31", "2027-01-31", 1), ("2027-02-01", "2027-02-28", 2)]
)
def test_a_period_that_has_begun_is_paid(on: str, last: str, months: int) -> None:
    history = [bought("2027-01-01"), given_back(on)]
    assert usable_until(history, 1) == day(last)
    assert len(charged(history, "2027-12-31")) == months


@pytest.mark.covers("L35")
def test_a_new_price_applies_from_the_next_period_on() -> None:
    dearer = PriceList([price(SMS, "10.00"), price(SMS, "12.00", "2026-12-15"), price(DATA, "16.00")])
    history = [bought("2026-12-20")]
    assert amounts(charged(history, "2027-01-01", prices=dearer)) == [
        ("2026-12-20", "3.87"),  # 12 of 31 days at the period's price, 10.00
        ("2027-01-01", "12.00"),
    ]
    upgraded = charged([bought("2026-12-01"), changed("2026-12-20", DATA)], "2026-12-31", prices=dearer)
    assert amounts(upgraded)[1] == ("2026-12-20", "2.32")


@pytest.mark.covers("L35")
@pytest.mark.parametrize(
    ("since", "later"), [("2027-01-01", "12.00"), ("2027-01-02", "10.00"), ("2026-12-31", "12.00")]
)
def test_a_price_that_begins_with_a_period_applies_to_it(since: str, later: str) -> None:
    prices = PriceList([price(SMS, "10.00"), price(SMS, "12.00", since)])
    made = charged([bought("2026-12-01")], "2027-01-01", prices=prices)
    assert amounts(made) == [("2026-12-01", "10.00"), ("2027-01-01", later)]


@pytest.mark.covers("L35")
def test_the_first_price_of_an_add_on_applies_from_the_day_it_begins() -> None:
    prices = PriceList([price(SMS, "10.00", "2026-12-16"), price(SMS, "12.00", "2026-12-20")])
    assert amounts(charged([bought("2026-12-25")], "2027-01-01", prices=prices)) == [
        ("2026-12-25", "2.26"),  # 7 of 31 days at 10.00
        ("2027-01-01", "12.00"),
    ]
    with pytest.raises(ValueError, match="voice_sms has no price on 2026-12-15"):
        charged([bought("2026-12-15")], "2026-12-15", prices=prices)
    with pytest.raises(ValueError, match="voice_sms_data_pro has no price on 2026-12-25"):
        charged([bought("2026-12-25", PRO)], "2026-12-25", prices=prices)


@pytest.mark.covers("L36")
def test_a_downgrade_applies_at_the_next_period() -> None:
    history = [bought("2026-12-01", PRO), changed("2026-12-05", SMS)]
    assert amounts(charged(history, "2027-01-01")) == [("2026-12-01", "25.00"), ("2027-01-01", "10.00")]
    assert add_on_on(history, PRICES, 1, day("2026-12-31")) is PRO
    assert add_on_on(history, PRICES, 1, day("2027-01-01")) is SMS
    now = terms_on(history, PRICES, 1, day("2026-12-05"))
    assert now
    assert (now.add_on, now.planned, now.given_back) == (PRO, SMS, False)


@pytest.mark.covers("L36")
def test_a_change_replaces_the_downgrade_that_was_planned() -> None:
    planned = [bought("2026-12-01", DATA), changed("2026-12-05", SMS)]
    upgraded = charged([*planned, changed("2026-12-20", PRO)], "2027-01-01")
    assert amounts(upgraded)[1:] == [("2026-12-20", "3.48"), ("2027-01-01", "25.00")]  # 12 of 31 of 9.00

    withdrawn = charged([*planned, changed("2026-12-20", DATA)], "2027-01-01")
    assert amounts(withdrawn)[1:] == [("2026-12-20", "0.00"), ("2027-01-01", "16.00")]
    assert withdrawn[1].reason is SAME_PRICE

    pro = [bought("2026-12-01", PRO), changed("2026-12-05", SMS), changed("2026-12-06", DATA)]
    assert amounts(charged(pro, "2027-01-01"))[1:] == [("2027-01-01", "16.00")]


@pytest.mark.covers("L36")
def test_several_upgrades_on_several_days_and_on_one() -> None:
    history = [bought("2026-12-16"), changed("2026-12-16", DATA), changed("2026-12-31", PRO)]
    assert amounts(charged(history, "2027-01-01")) == [
        ("2026-12-16", "5.16"),
        ("2026-12-16", "3.10"),
        ("2026-12-31", "0.29"),
        ("2027-01-01", "25.00"),
    ]


@pytest.mark.covers("L36")
def test_an_upgrade_on_the_first_day_of_a_period_follows_its_monthly_charge() -> None:
    made = charged([bought("2026-12-01"), changed("2027-01-01", DATA)], "2027-01-01")
    assert amounts(made)[1:] == [("2027-01-01", "10.00"), ("2027-01-01", "6.00")]
    assert [charge.reason for charge in made] == [FIRST, MONTHLY, UPGRADE]


@pytest.mark.covers("L36")
def test_an_add_on_of_the_same_price_applies_at_once() -> None:
    prices = PriceList([price(SMS, "10.00"), price(DATA, "10.00")])
    history = [bought("2026-12-01"), changed("2026-12-20", DATA)]
    made = charged(history, "2026-12-31", prices=prices)
    assert amounts(made)[1] == ("2026-12-20", "0.00")
    assert made[1].reason is SAME_PRICE
    assert add_on_on(history, prices, 1, day("2026-12-20")) is DATA
    assert add_on_change(day("2026-12-20"), SMS, DATA, prices, 1) is AddOnChange.SAME_PRICE


@pytest.mark.covers("L35", "L36")
def test_whether_a_change_is_an_upgrade_is_decided_by_the_prices_of_its_period() -> None:
    prices = PriceList([price(SMS, "10.00"), price(SMS, "20.00", "2026-12-15"), price(DATA, "16.00")])
    assert add_on_change(day("2026-12-20"), SMS, DATA, prices, 1) is AddOnChange.UPGRADE
    assert add_on_change(day("2027-01-01"), SMS, DATA, prices, 1) is AddOnChange.DOWNGRADE
    planned = [bought("2026-12-01", DATA), changed("2026-12-20", SMS)]  # cheaper then, dearer when it applies
    assert amounts(charged(planned, "2027-01-01", prices=prices))[1] == ("2027-01-01", "20.00")


@pytest.mark.covers("L32", "L36")
def test_giving_back_withdraws_a_planned_downgrade_for_good() -> None:
    history = [bought("2026-12-01", PRO), changed("2026-12-05", SMS), given_back("2026-12-06")]
    assert len(charged(history, "2027-12-31")) == 1
    assert add_on_on(history, PRICES, 1, day("2026-12-31")) is PRO
    again = charged([*history, bought_again("2026-12-07")], "2027-01-01")
    assert amounts(again)[1:] == [("2026-12-07", "0.00"), ("2027-01-01", "25.00")]
    assert again[1].add_on is PRO


@pytest.mark.covers("L34")
@pytest.mark.parametrize(
    ("cycle_day", "on", "amount"),
    [
        (1, "2027-02-28", "0.36"),  # 1 of 28
        (1, "2028-02-29", "0.34"),  # 1 of 29
        (30, "2028-02-29", "10.00"),
        (31, "2028-02-28", "0.34"),  # 1 of 29: 2028-01-31 to 2028-02-28
        (30, "2027-03-29", "0.33"),  # 1 of 30: 2027-02-28 to 2027-03-29
        (28, "2028-03-01", "9.31"),  # 27 of 29: 2028-02-28 to 2028-03-27
    ],
)
def test_days_at_the_end_of_february(cycle_day: int, on: str, amount: str) -> None:
    assert amounts(charged([bought(on)], on, cycle_day=cycle_day)) == [(on, amount)]


@pytest.mark.covers("L34")
def test_half_a_cent_is_rounded_up_per_licence_and_charge() -> None:
    prices = PriceList([price(SMS, "0.25")])
    half = charged([bought("2027-04-16")], "2027-04-16", prices=prices)  # 15 of 30: 0.125
    assert amounts(half) == [("2027-04-16", "0.13")]
    assert total(half + half) == Decimal("0.26")  # two licences, each rounded


def test_a_whole_price_is_charged_with_its_cents() -> None:
    made = charged([bought("2027-01-01")], "2027-02-01", prices=PriceList([price(SMS, "1E+1")]))
    assert amounts(made) == [("2027-01-01", "10.00"), ("2027-02-01", "10.00")]


def test_every_add_on_and_reason_is_one_of_its_own() -> None:
    assert [add_on.label for add_on in AddOn] == ["Voice+SMS", "Voice+SMS+Data", "Voice+SMS+Data Pro"]
    history = [bought("2026-12-01"), changed("2026-12-02", DATA), changed("2026-12-03", SMS)]
    history += [changed("2026-12-04", DATA), given_back("2026-12-05"), bought_again("2026-12-06")]
    reasons = {charge.reason for charge in charges(history, PRICES, 1, day("2027-01-01"))}
    assert reasons == set(ChargeReason)
