"""What an add-on costs a month, over time.

An add-on has one price in a period: the one in force on the first day of that period. A price that begins
within a period applies from the next period on (L35), also to a licence that is bought or upgraded later
within that period. So all charges of an account for one period are made at the same prices, and a price that
is entered for a later day never alters a charge of a period that has begun. An add-on that had no price yet
when the period began has its earliest price from the day that begins on to the end of the period.
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from models.licences.add_ons import AddOn
from models.licences.periods import period_of
from models.money import Amount, Currency
from models.values import View

_CENT = Decimal("0.01")


class Price(View):
    """What an add-on costs a month, from a day on until its next price begins."""

    add_on: AddOn
    since: date
    amount: Amount
    currency: Currency = "EUR"


class PriceList:
    """The prices of all add-ons, in one currency: differences and sums need that.

    Raises ValueError if two prices of one add-on begin on the same day, or the currencies differ.
    """

    def __init__(self, prices: Iterable[Price]) -> None:
        self._of: dict[AddOn, list[Price]] = {}
        for price in sorted(prices, key=lambda price: price.since):
            self._of.setdefault(price.add_on, []).append(price)
        for add_on, of_one in self._of.items():
            if len({price.since for price in of_one}) < len(of_one):
                raise ValueError(f"Two prices of {add_on} begin on the same day.")
        if len({price.currency for of_one in self._of.values() for price in of_one}) > 1:
            raise ValueError("The prices are in several currencies.")

    def price_on(self, add_on: AddOn, day: date, cycle_day: int) -> Price:
        """The price of an add-on for the period of a day; ValueError if it has none by that day."""
        prices = self._of.get(add_on, [])
        begun = bisect_right(prices, period_of(day, cycle_day).start, key=lambda price: price.since)
        price = prices[max(begun - 1, 0)] if prices else None
        if price is None or price.since > day:
            raise ValueError(f"{add_on} has no price on {day}.")
        return price


def to_the_cent(amount: Decimal) -> Decimal:
    """Round an amount to the cent, half a cent up (L34)."""
    return amount.quantize(_CENT, ROUND_HALF_UP)
