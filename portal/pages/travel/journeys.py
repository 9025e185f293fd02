"""For whom a plan is chosen: a subscriber who gets a new eSIM, or a line whose eSIM gets a further plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request

from models.errors import Refusal
from models.identifiers import reference
from models.travel.line_views import EsimLineView, LinePreview
from models.travel.plan_views import PlanOffer
from models.travel.rules import line_refusals
from models.travel.subscriber_views import SubscriberProfile
from portal.auth.signed_in import SignedIn
from portal.pages.travel.lines import line_of, subscriber_of
from starter.orders.drafts import Placed
from starter.travel.line_orders import AddLineDraft, AddPlanDraft


@dataclass(frozen=True)
class Chosen:
    """What was chosen: a plan for these countries. `key`: the idempotency key of the order; `shown`: what its
    confirmation said.
    """

    plan: str
    countries: tuple[str, ...]
    complimentary: bool
    key: str
    shown: str | None


@dataclass(frozen=True)
class Journey:
    """A subscriber, and the line that the plan is added to; None: they get a new eSIM."""

    subscriber: SubscriberProfile
    line: EsimLineView | None

    @classmethod
    async def of(cls, request: Request, who: SignedIn) -> "Journey":
        """The subscriber or the line of the path. Raises `NotFound`."""
        if "line" in request.path_params:
            line = await line_of(request, who)
            return cls(await subscriber_of(who, line), line)
        found = await who.desks.subscribers.subscriber(who.caller, request.path_params["subscriber"])
        return cls(found, None)

    @property
    def name(self) -> str:
        """The subscriber, as desks find them."""
        return reference("SB", self.subscriber.id)

    @property
    def back(self) -> str:
        """The address of the page that one comes from."""
        return f"/travel/lines/EL-{self.line.id}" if self.line else f"/travel/subscribers/{self.name}"

    @property
    def path(self) -> str:
        """The address of the form."""
        return f"{self.back}/{'add-plan' if self.line else 'add-line'}"

    def with_countries(self, countries: str) -> str:
        """The address of the form for these countries."""
        return f"{self.path}?{urlencode({'countries': countries})}"

    @property
    def refusals(self) -> Sequence[Refusal]:
        """Why no plan whatever can be ordered now."""
        has_address = self.subscriber.email is not None
        if self.line is not None:
            return line_refusals(self.line.facts(has_address=has_address))
        return [] if has_address else [Refusal.of("subscriber_without_address")]

    def fits(self, offer: PlanOffer) -> bool:
        """Whether the plan can go on the eSIM of the line (T16); a new eSIM has the right profile."""
        return self.line is None or offer.profile == self.line.profile

    async def preview(self, who: SignedIn, chosen: Chosen) -> LinePreview:
        """What would be ordered now (T39). Raises `Refused` like the order itself."""
        desk = who.desks.line_orders
        if self.line is not None:
            return await desk.preview_plan(who.caller, self._plan(chosen))
        return await desk.preview_line(who.caller, self._line(chosen))

    async def place(self, who: SignedIn, chosen: Chosen) -> Placed:
        """Place the order; again with the same key: the same order."""
        desk = who.desks.line_orders
        if self.line is not None:
            return await desk.add_plan(who.caller, self._plan(chosen))
        return await desk.add_line(who.caller, self._line(chosen))

    def _line(self, chosen: Chosen) -> AddLineDraft:
        return AddLineDraft(
            subscriber=self.name,
            plan=chosen.plan,
            countries=chosen.countries,
            complimentary=chosen.complimentary,
            key=chosen.key,
            shown=chosen.shown,
        )

    def _plan(self, chosen: Chosen) -> AddPlanDraft:
        assert self.line is not None  # noqa: S101  asked only of one that has a line
        line = reference("EL", self.line.id)
        return AddPlanDraft(line=line, plan=chosen.plan, key=chosen.key, shown=chosen.shown)
