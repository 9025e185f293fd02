"""What an owner reads of the licences before buying: counts, prices, and what a purchase costs."""

from datetime import date
from decimal import Decimal

from models.licences.add_ons import AddOn
from models.licences.charges import ChargeReason
from models.licences.history import AddOnChange
from models.values import View


class AddOnOffer(View):
    """An add-on: how many licences of it the account has, and what one costs a month."""

    add_on: AddOn
    bought: int = 0
    in_use: int = 0
    free: int = 0
    given_back: int = 0
    """Free, and usable only until their last day."""
    price: Decimal | None = None
    """A month, in the present billing cycle; None: it has no price, so it cannot be bought."""
    next_price: Decimal | None = None
    """A month, from the next billing cycle on, where it is another one (L35)."""


class PlanView(View):
    """All add-ons, and the billing cycle that is being paid for (L2, L34)."""

    account: str
    today: date
    paid_until: date
    """The last day of the present billing cycle."""
    renews_on: date
    """The first day of the next one."""
    currency: str
    time_zone: str
    add_ons: tuple[AddOnOffer, ...]


class PurchaseOffer(View):
    """What a purchase of today would cost (L3, L33, L34)."""

    add_on: AddOn
    quantity: int
    again: int
    """Of them so many were given back, are usable still and cost nothing until the next cycle."""
    first_each: Decimal
    """What a new one costs from today to the last day of the cycle."""
    first: Decimal
    days: int
    """The days that this pays for, today included; the cycle has `days_of_cycle`."""
    days_of_cycle: int
    paid_until: date
    monthly_each: Decimal
    monthly: Decimal
    """What all of them cost in each cycle from `renews_on` on."""
    renews_on: date
    currency: str
    answers: int
    """How many open requests the purchase answers (L37)."""

    @property
    def shown(self) -> str:
        """What its confirmation says, as a text to compare: bought is only what costs this."""
        return (
            f"{self.first:.2f} {self.currency}, {self.days} days to {self.paid_until}, "
            f"then {self.monthly:.2f} from {self.renews_on}"
        )


class ChargeLine(View):
    """Charges of one day that are alike: so many licences at so much each."""

    day: date
    period_end: date
    add_on: AddOn
    reason: ChargeReason
    each: Decimal
    licences: int
    licence_id: int
    """The first of them."""

    @property
    def amount(self) -> Decimal:
        """Their sum."""
        return self.each * self.licences


class ChargeLinesView(View):
    """The charges of an account in a month, those that are alike in one line, and their sum (L40)."""

    account: str
    month: str
    lines: tuple[ChargeLine, ...]
    count: int
    """How many charges they are: the rows of the CSV file."""
    total: Decimal
    currency: str


class ChangeOffer(View):
    """What a licence could be changed to, and what that costs (L36)."""

    add_on: AddOn
    change: AddOnChange
    applies_from: date
    amount: Decimal
    """The charge of an upgrade, to the last day of the cycle."""
    monthly: Decimal
    """What the licence costs in each cycle from then on."""
    currency: str
    withdraws: bool = False
    """The licence stays what it is: a change that was planned is withdrawn."""

    @property
    def shown(self) -> str:
        """What is said of it before it is chosen, as a text to compare: changed is only as it says."""
        return (
            f"{self.add_on} {self.change} {self.applies_from}, {self.amount:.2f} {self.currency}, "
            f"then {self.monthly:.2f}"
        )
