"""When a line or plan can be given, and an eSIM replaced: each rule says why not.

The desk refuses by these before it starts anything, and the transaction that accepts checks them again with
current facts. Source: requirements T2, T16, T18 to T20, T24, T27, T34.
"""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from models.errors import Refusal
from models.travel.profiles import UNLIMITED_ALL


class SubscriberFacts(BaseModel):
    """A subscriber as the rules see it."""

    model_config = ConfigDict(frozen=True)

    has_address: bool
    plan: str
    bundles: int
    complimentary: int
    """How many complimentary eSIMs they have, or are being given (T19)."""


class PlanFacts(BaseModel):
    """A travel plan as the rules see it."""

    model_config = ConfigDict(frozen=True)

    profile: int | None
    countries: frozenset[str]
    complimentary: bool
    """Whether it may be given free of charge."""
    withdrawn: bool = False


class EsimLineFacts(BaseModel):
    """An eSIM line as the rules see it."""

    model_config = ConfigDict(frozen=True)

    profile: int
    has_esim: bool
    """Whether its eSIM is in place: active or suspended."""
    plans_left: bool = False
    """Whether a plan on it is queued or active."""
    open_order: str | None = None
    subscriber_has_address: bool = True


def add_line_refusals(
    subscriber: SubscriberFacts, plan: PlanFacts, destinations: Sequence[str], *, complimentary: bool
) -> list[Refusal]:
    """Every reason why this subscriber cannot be given an eSIM with this plan (T2, T18 to T20, T27)."""
    found = plan_refusals(plan)
    if not subscriber.has_address:
        found.append(Refusal.of("subscriber_without_address"))
    if missing := [country for country in destinations if country not in plan.countries]:
        found.append(Refusal.of("destination_not_covered", countries=", ".join(missing)))
    if complimentary:
        found += [] if plan.complimentary else [Refusal.of("plan_not_complimentary")]
        found += complimentary_refusals(subscriber.plan, subscriber.bundles, subscriber.complimentary)
    return found


def complimentary_refusals(plan: str, bundles: int, given: int) -> list[Refusal]:
    """Why a subscriber with this plan of their own gets no further complimentary eSIM (T2, T18, T19)."""
    if plan == UNLIMITED_ALL or given < bundles:
        return []
    return [Refusal.of("complimentary_not_allowed", bundles=bundles, given=given)]


def add_plan_refusals(line: EsimLineFacts, plan: PlanFacts) -> list[Refusal]:
    """Every reason why this plan cannot be added to this eSIM line (T16, T24, T27)."""
    found = plan_refusals(plan) + line_refusals(line)
    if plan.profile is not None and plan.profile != line.profile:
        found.append(Refusal.of("profile_differs", plan=plan.profile, line=line.profile))
    return found


def replace_refusals(line: EsimLineFacts) -> list[Refusal]:
    """Every reason why the eSIM of this line cannot be replaced (T34). A line whose eSIM was withdrawn, as it
    was not installed, gets another one as long as plans wait on it (T40).
    """
    return line_refusals(line, without_esim=line.plans_left)


def plan_refusals(plan: PlanFacts) -> list[Refusal]:
    """Why the plan cannot be sold (T27)."""
    if plan.withdrawn:
        return [Refusal.of("plan_withdrawn")]
    return [Refusal.of("plan_without_profile")] if plan.profile is None else []


def line_refusals(line: EsimLineFacts, *, without_esim: bool = False) -> list[Refusal]:
    """Why nothing can be ordered for the line now (T24). `without_esim`: it may have none."""
    found = []
    if not line.has_esim and not without_esim:
        found.append(Refusal.of("line_without_esim"))
    if line.open_order:
        found.append(Refusal.of("esim_line_open_order", order=line.open_order))
    if not line.subscriber_has_address:
        found.append(Refusal.of("subscriber_without_address"))
    return found
