"""Licences, purchases, prices and charges as they are read."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from models.licences.add_ons import AddOn
from models.licences.charges import ChargeReason
from models.licences.history import AddOnChange
from models.operations.not_sent import NotSentView
from models.operations.views import HoldView
from models.orders.lifecycle import HoldReason
from models.values import View


class LicenceStatus(StrEnum):
    """Whether a licence can be assigned to a number."""

    FREE = "free"
    IN_USE = "in_use"
    """A number uses it, or an order to assign it is open."""
    GIVEN_BACK = "given_back"
    """It can be assigned until the last day of the period that is paid (L32)."""
    OVER = "over"
    """It was given back, and its last day is over."""

    @property
    def label(self) -> str:
        """The status as it is shown to users."""
        return _STATUSES[self]


_STATUSES = {
    LicenceStatus.FREE: "Free",
    LicenceStatus.IN_USE: "In use",
    LicenceStatus.GIVEN_BACK: "Given back",
    LicenceStatus.OVER: "Over",
}


CHARGE_REASONS = {
    ChargeReason.FIRST: "Purchase",
    ChargeReason.MONTHLY: "Monthly",
    ChargeReason.UPGRADE: "Upgrade",
    ChargeReason.SAME_PRICE: "Change at the same price",
    ChargeReason.BOUGHT_AGAIN: "Bought again",
}
"""Why a licence is charged, as it is shown to users."""


class LicenceView(View):
    """A licence: which add-on it is today, who uses it, and what is planned."""

    id: int
    account: str
    add_on: AddOn
    status: LicenceStatus
    number_id: int | None = None
    number: str | None = None
    """The phone number that uses it."""
    usable_until: date | None = None
    """Its last day, if it was given back; it may be in use until then."""
    next_add_on: AddOn | None = None
    """The cheaper add-on that it becomes on the day `next_from` (L36)."""
    next_from: date | None = None
    replayed: bool = Field(default=False, exclude=True)
    """It was given back before under the key of this call."""

    @property
    def reference(self) -> str:
        """How commands and refusals name it: `LI-3`."""
        return f"LI-{self.id}"


class AddOnCount(View):
    """How many licences of an add-on an account has: `bought` is the sum of the others."""

    account: str
    add_on: AddOn
    bought: int
    in_use: int
    free: int
    given_back: int
    """Free, and usable only until their last day."""


class LicenceList(View):
    """Licences with the counts of all add-ons of their accounts, also where only some licences are listed."""

    licences: tuple[LicenceView, ...]
    counts: tuple[AddOnCount, ...]


class PurchaseView(View):
    """A purchase (L2): the licences that are new, and those that were bought again and cost nothing (L33)."""

    id: int
    account: str
    add_on: AddOn
    quantity: int
    at: datetime
    bought_by: str
    new: tuple[int, ...]
    again: tuple[int, ...]
    amount: Decimal
    """What it costs until the end of the billing cycle; then each licence is charged monthly."""
    currency: str
    answered: tuple[str, ...] = ()
    """The requests for licences that it answered (L37)."""
    replayed: bool = Field(default=False, exclude=True)
    """The purchase was made before under the key of this call."""

    @property
    def reference(self) -> str:
        """How it is named: `LP-5`."""
        return f"LP-{self.id}"


class LicenceChange(View):
    """A licence after it was changed to another add-on (L36)."""

    licence: LicenceView
    change: AddOnChange | None
    """None: it is, or is to become, this add-on already."""
    applies_from: date | None = None
    amount: Decimal = Decimal("0.00")
    """The charge of an upgrade."""
    currency: str


class PriceView(View):
    """What an add-on costs an account a month, from a day on (L35)."""

    account: str
    add_on: AddOn
    since: date
    amount: Decimal
    currency: str
    applies_from: date | None
    """The first day of a billing cycle that is charged at it; None while the account has no cycle day."""


class PriceChange(View):
    """The prices of one add-on of an account before and after one is set, by their days."""

    price: PriceView
    """The one that is set."""
    before: tuple[PriceView, ...]
    after: tuple[PriceView, ...]


class BillingView(View):
    """How an account is charged (L34)."""

    account: str
    cycle_day: int | None
    """None: the day of the first purchase will be."""
    time_zone: str
    currency: str
    fixed: bool
    """The account has bought licences: nothing of this can be changed any more."""


class ChargeView(View):
    """A charge of a licence, for the days from `day` to `period_end`."""

    day: date
    licence_id: int
    add_on: AddOn
    reason: ChargeReason
    period_start: date
    period_end: date
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    @property
    def last_day(self) -> date:
        """Its last day."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def has(self, day: date) -> bool:
        """Whether the day lies in it."""
        return (day.year, day.month) == (self.year, self.month)


class ChargesView(View):
    """The charges of an account whose day lies in a month, by day and licence, and their sum (L40)."""

    account: str
    month: str
    charges: tuple[ChargeView, ...]
    total: Decimal
    currency: str


class LicenceRequestView(View):
    """A request of an administrator for licences (L37)."""

    id: str
    account: str
    add_on: AddOn
    quantity: int
    note: str | None = None
    requested_by: str
    requester: str = ""
    """The name of who requests."""
    at: datetime
    notified_at: datetime | None = None
    """When all owners had been notified."""
    purchase_id: int | None = None
    """The purchase that answered it; None while it is open."""
    holds: tuple[HoldView, ...] = ()
    """Why the owners cannot be notified until a person acts, oldest first."""
    held_reason: HoldReason | None = None
    held_since: datetime | None = None
    not_sent: tuple[NotSentView, ...] = ()
    """The e-mails to owners that have not been sent yet."""
    replayed: bool = Field(default=False, exclude=True)
    """The request was made before under the key of this call."""
