"""Travel plans as they are read, and what they cost the operator with each profile."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from models.imports import ImportReport
from models.travel.life import LASTS
from models.travel.rates import ProfileCost
from models.values import View

DAYS = LASTS.days
"""How many days a plan lasts from its activation (T5)."""


class PlanView(View):
    """A travel plan, as staff see it before it is ordered (T39)."""

    id: int
    account: str
    name: str
    countries: tuple[str, ...]
    """ISO 3166-1 alpha-2, sorted."""
    data_mb: int
    """The data volume, in MB of a million bytes."""
    days: int = DAYS
    price: Decimal
    currency: str
    shelf_life_months: int
    complimentary: bool
    """Whether it may be given free of charge."""
    profile: int | None = None
    """The profile in force: the pinned one, else the computed one; None: it cannot be sold (T27)."""
    pinned_profile: int | None = None
    computed_profile: int | None = None
    withdrawn_at: datetime | None = None


class ProfileReason(StrEnum):
    """Why a plan has its profile, or has none (T15, T27)."""

    PINNED = "pinned"
    """By hand; the cheapest one is `computed_profile`."""
    PINNED_WITHOUT_RATES = "pinned_without_rates"
    NO_RATES = "no_rates"
    """No profile has a rate in each of its countries: it cannot be sold."""
    ONLY_ONE = "only_one"
    AS_CHEAP = "as_cheap"
    """As cheap as the next one; the lower number is chosen."""
    CHEAPEST = "cheapest"


class PlanDetails(PlanView):
    """A plan with the reason for its profile (T15)."""

    costs: tuple[ProfileCost, ...] = ()
    """Of each profile that has rates: the cheapest first, then those that do not cover the plan."""
    replayed: bool = Field(default=False, exclude=True)
    """Whether the call that was to create it had done so before."""

    @property
    def covering(self) -> list[ProfileCost]:
        """The profiles with a rate in each of its countries, the cheapest first."""
        return [cost for cost in self.costs if cost.covers]

    @property
    def reason(self) -> ProfileReason:
        """Why it has its profile (T15)."""
        if self.pinned_profile is not None:
            pinned = ProfileReason.PINNED, ProfileReason.PINNED_WITHOUT_RATES
            return pinned[self.computed_profile is None]
        if self.computed_profile is None:
            return ProfileReason.NO_RATES
        cheapest = [cost.total for cost in self.covering[:2]]
        if len(cheapest) <= 1:
            return ProfileReason.ONLY_ONE
        return ProfileReason.AS_CHEAP if cheapest[0] == cheapest[1] else ProfileReason.CHEAPEST


class PlanOffer(PlanView):
    """A plan that covers a journey, and which eSIM it would use (T42)."""

    esim_line_id: int | None = None
    """The subscriber's eSIM line that it can be added to; None: a new eSIM is needed."""
    in_stock: int = 0
    """How many eSIMs of its profile are free; with none, an order waits (T17)."""


class ProfileChange(View):
    """A plan that has another profile in force than before."""

    plan_id: int
    before: int | None
    after: int | None


class RatesReport(ImportReport):
    """What an import of rates, or of plans, changed, and the plans whose profile is another one now."""

    profiles: tuple[ProfileChange, ...] = ()
