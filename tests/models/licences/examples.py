"""Prices, entries and charges in few words."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from models.licences.add_ons import AddOn
from models.licences.charges import Charge, ChargeReason, charges
from models.licences.history import Bought, BoughtAgain, Changed, Entry, GivenBack
from models.licences.prices import Price, PriceList

SMS, DATA, PRO = AddOn
FIRST, MONTHLY, UPGRADE, SAME_PRICE, BOUGHT_AGAIN = ChargeReason


def day(text: str) -> date:
    return date.fromisoformat(text)


def price(add_on: AddOn, amount: str, since: str = "2020-01-01") -> Price:
    return Price(add_on=add_on, since=day(since), amount=Decimal(amount))


PRICES = PriceList([price(SMS, "10.00"), price(DATA, "16.00"), price(PRO, "25.00")])


def bought(on: str, add_on: AddOn = SMS) -> Entry:
    return Bought(on=day(on), add_on=add_on)


def given_back(on: str) -> Entry:
    return GivenBack(on=day(on))


def bought_again(on: str) -> Entry:
    return BoughtAgain(on=day(on))


def changed(on: str, add_on: AddOn) -> Entry:
    return Changed(on=day(on), add_on=add_on)


def charged(
    history: Sequence[Entry], through: str, cycle_day: int = 1, prices: PriceList = PRICES
) -> list[Charge]:
    return charges(history, prices, cycle_day, day(through))


def amounts(of: list[Charge]) -> list[tuple[str, str]]:
    """Day and amount of each charge, as an invoice shows them."""
    return [(charge.on.isoformat(), str(charge.amount)) for charge in of]
