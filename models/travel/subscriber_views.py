"""Subscribers as they are read, with their eSIM lines and the plans on these (T13, T41)."""

from datetime import datetime

from pydantic import Field

from models.errors import Refusal
from models.fleet.inventory import IN_PLACE, SimState
from models.language import Language
from models.travel.profiles import UNLIMITED_ALL, PlanState
from models.travel.rules import EsimLineFacts, complimentary_refusals
from models.values import View


class SubscriberView(View):
    """A subscriber, and how many complimentary eSIMs they have and may have (T2, T19)."""

    id: int
    account: str
    account_id: int
    name: str
    msisdn: str | None = None
    email: str | None = None
    language: Language
    """The language of e-mails to them: their own, else the account's."""
    plan: str
    """Their own plan at home, such as `unlimited_all`."""
    bundles: int
    lines: int = 0
    """How many eSIM lines they have."""
    complimentary: int = 0
    """How many complimentary eSIMs they have, or are being given."""

    @property
    def complimentary_left(self) -> int | None:
        """How many more complimentary eSIMs they may have; None: any number."""
        return None if self.plan == UNLIMITED_ALL else max(self.bundles - self.complimentary, 0)

    @property
    def no_complimentary(self) -> list[Refusal]:
        """Why they get no further complimentary eSIM now; empty if they may have one (T18)."""
        return complimentary_refusals(self.plan, self.bundles, self.complimentary)


class PlanOnLine(View):
    """A plan on an eSIM line, with its state at the time of reading."""

    id: int
    """Of the assignment: `PA-7`."""
    plan_id: int
    plan: str
    state: PlanState
    data_bytes: int
    used_bytes: int
    assigned_at: datetime
    lapses_at: datetime
    started_at: datetime | None = None
    ends_at: datetime | None = None
    """30 days after it started, also where its data was used up before."""
    depleted_at: datetime | None = None
    """When its data was used up: it ended then."""
    order_id: str = Field(default="", exclude=True)
    """The order that added it, whose confirmation can be sent again (T43)."""


class LineOfSubscriber(View):
    """An eSIM line of a subscriber, with its eSIM and plans, in the sequence in which they were added."""

    id: int
    name: str
    profile: int
    complimentary: bool
    added_at: datetime
    installed_at: datetime | None = None
    suspended_at: datetime | None = None
    ended_at: datetime | None = None
    sim_id: int | None = None
    """The eSIM in place, else the temporary one of an open order."""
    iccid: str | None = None
    sim_state: SimState | None = None
    open_order: str | None = None
    plans: tuple[PlanOnLine, ...] = ()

    def facts(self, *, has_address: bool) -> EsimLineFacts:
        """The line as the rules see it; `has_address`: whether its subscriber has an e-mail address."""
        return EsimLineFacts(
            profile=self.profile,
            has_esim=self.sim_state in IN_PLACE,
            plans_left=any(plan.state in (PlanState.QUEUED, PlanState.ACTIVE) for plan in self.plans),
            open_order=self.open_order,
            subscriber_has_address=has_address,
        )


class LineUnderWay(View):
    """An order that adds a line, which has no eSIM yet: it may wait for stock (T17)."""

    order_id: str
    line_name: str
    plan: str
    profile: int
    placed_at: datetime
    waiting_since: datetime | None = None


class SubscriberProfile(SubscriberView):
    """A subscriber with their eSIM lines (T13)."""

    esim_lines: tuple[LineOfSubscriber, ...] = ()
    under_way: tuple[LineUnderWay, ...] = ()
    """Orders for further lines."""
    replayed: bool = Field(default=False, exclude=True)
    """Whether the call that was to add the subscriber had done so before."""
