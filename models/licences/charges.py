"""What a licence costs: its charges, from its history and the prices (L3, L32 to L36).

Charges are computed, not stored: the same history and prices always give the same charges, and an entry or a
price of a later day only adds to them. Each is rounded by itself, to the cent, half a cent up.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from models.licences.add_ons import AddOn
from models.licences.history import Bought, BoughtAgain, Changed, Entry, GivenBack, Step, steps
from models.licences.periods import Period
from models.licences.prices import PriceList, to_the_cent
from models.money import Amount, Currency
from models.values import View


class ChargeReason(StrEnum):
    """Why a licence is charged."""

    FIRST = "first"
    """Bought: its days to the end of the period."""
    MONTHLY = "monthly"
    """A period began."""
    UPGRADE = "upgrade"
    """Changed to a dearer add-on: the difference, for the days to the end of the period."""
    SAME_PRICE = "same_price"
    """Changed to an add-on of the same price, or a planned change was withdrawn: 0.00."""
    BOUGHT_AGAIN = "bought_again"
    """Bought again within a period that is paid: 0.00."""


class Charge(View):
    """One charge of one licence. It pays for the days from `on` to the end of `period`, both included."""

    on: date
    period: Period
    add_on: AddOn
    amount: Amount
    currency: Currency
    reason: ChargeReason

    @property
    def days(self) -> int:
        """How many of the period's days it pays for."""
        return self.period.days_left(self.on)


def charges(history: Sequence[Entry], prices: PriceList, cycle_day: int, through: date) -> list[Charge]:
    """All charges of a licence up to a day, that day included, in their sequence.

    What a purchase or a change would cost is the last charge of the history with that entry added. Raises
    ValueError at an entry that cannot follow the ones before it, or where an add-on has no price.
    """
    made = (_charge(step, prices, cycle_day) for step in steps(history, prices, cycle_day, through))
    return [charge for charge in made if charge]


def total(of: Iterable[Charge]) -> Decimal:
    """The sum of charges: that of their rounded amounts."""
    return sum((charge.amount for charge in of), Decimal("0.00"))


def _charge(step: Step, prices: PriceList, cycle_day: int) -> Charge | None:
    """The charge of one step; None for a give-back and a downgrade: neither costs or returns anything."""
    price = prices.price_on(step.after.add_on, step.on, cycle_day)
    due = price.amount
    if step.entry and step.before:  # until the end of the period it is paid for, as what it was
        due -= prices.price_on(step.before.add_on, step.on, cycle_day).amount
    reason = _reason(step, due)
    if reason is None:
        return None
    period = step.after.period
    return Charge(
        on=step.on,
        period=period,
        add_on=step.after.add_on,
        amount=to_the_cent(due * period.days_left(step.on) / period.days),
        currency=price.currency,
        reason=reason,
    )


def _reason(step: Step, due: Decimal) -> ChargeReason | None:
    match step.entry:
        case None:
            return ChargeReason.MONTHLY
        case Bought():
            return ChargeReason.FIRST
        case BoughtAgain():
            return ChargeReason.BOUGHT_AGAIN
        case Changed() if not step.after.planned:
            return ChargeReason.UPGRADE if due else ChargeReason.SAME_PRICE
        case Changed() | GivenBack():
            return None
