"""The life of the plans of one eSIM line, decided from what is reported of it (T4, T5, T21 to T31).

`decide` takes one report; `replay` takes all of them, in the sequence of their times, when one arrives late.
So the outcome does not depend on the sequence in which reports arrive.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models.travel.profiles import Outcome, PlanState, Reported

LASTS = timedelta(days=30)
"""How long a plan lasts from its activation: 30 x 24 hours (T5, T23)."""


@dataclass(frozen=True)
class Plan:
    """A plan on the line. `ends_at` follows from `started_at`."""

    id: int
    countries: frozenset[str]
    data_bytes: int
    assigned_at: datetime
    lapses_at: datetime
    started_at: datetime | None = None
    used_bytes: int = 0
    depleted_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def ends_at(self) -> datetime | None:
        """30 x 24 hours after it started."""
        return None if self.started_at is None else self.started_at + LASTS

    def state(self, now: datetime) -> PlanState:
        """Its state at this moment, which no step has to record first."""
        if self.revoked_at is not None:
            return PlanState.REVOKED
        if self.depleted_at is not None:
            return PlanState.DEPLETED
        if self.ends_at is not None:
            return PlanState.ACTIVE if now < self.ends_at else PlanState.EXPIRED
        return PlanState.QUEUED if now < self.lapses_at else PlanState.LAPSED

    def runs_at(self, at: datetime) -> bool:
        """Whether it runs at this moment. What happened before it was assigned counts as then (T31)."""
        at = max(at, self.assigned_at)
        if self.started_at is None or self.ends_at is None or not self.started_at <= at < self.ends_at:
            return False
        return self.depleted_at is None or at < self.depleted_at

    def serves(self, report: "Report") -> bool:
        """Whether the report is about it: it covers the country, and was assigned when the report came."""
        return report.country in self.countries and self.assigned_at <= report.received_at


@dataclass(frozen=True)
class Report:
    """A connection or usage, at a time that is not in the future."""

    id: int
    what: Reported
    at: datetime
    received_at: datetime
    country: str | None
    """ISO 3166-1 alpha-2; None at sea or in the air."""
    used_bytes: int = 0
    at_home: bool = False
    """Whether the country was the subscriber's own when it was reported: a later move changes no plan."""


@dataclass(frozen=True)
class Decided:
    """What a report led to: the plan that it started or is counted on, as it is now."""

    outcome: Outcome
    plan: Plan | None = None


def decide(plans: Sequence[Plan], report: Report) -> Decided:
    """What this report leads to. `plans`: those of the line, oldest first.

    A running plan that covers the country stays the one that is used; else the oldest queued one that covers
    it starts, at the time of the report, but never before it was assigned. Usage is a connection, too. What
    it uses beyond the volume of its plan is counted on that plan, which ends as depleted then (T29).
    """
    if report.country is None:
        return Decided(Outcome.AT_SEA_OR_IN_THE_AIR)
    if report.at_home:
        return Decided(Outcome.AT_HOME)
    covering = [plan for plan in plans if plan.serves(report)]
    running = next((plan for plan in covering if plan.runs_at(report.at)), None)
    if running is not None:
        return Decided(Outcome.COVERED, _counted(running, report))
    queued = next((plan for plan in covering if _can_start(plan, report)), None)
    if queued is None:
        return Decided(Outcome.NOT_COVERED)
    started = replace(queued, started_at=max(report.at, queued.assigned_at))
    return Decided(Outcome.STARTED, _counted(started, report))


def replay(plans: Sequence[Plan], reports: Iterable[Report]) -> tuple[list[Plan], dict[int, Decided]]:
    """All plans of the line after all reports, and what each report led to, by its id."""
    known = {plan.id: replace(plan, started_at=None, used_bytes=0, depleted_at=None) for plan in plans}
    decided = {}
    for report in sorted(reports, key=lambda report: (report.at, report.id)):
        found = decide(list(known.values()), report)
        if found.plan is not None:
            known[found.plan.id] = found.plan
        decided[report.id] = found
    return list(known.values()), decided


def _can_start(plan: Plan, report: Report) -> bool:
    """Whether it is queued at the report."""
    if plan.started_at is not None or plan.revoked_at is not None:
        return False
    return max(report.at, plan.assigned_at) < plan.lapses_at


def _counted(plan: Plan, report: Report) -> Plan:
    if report.what is not Reported.USAGE:
        return plan
    used = plan.used_bytes + report.used_bytes
    depleted_at = max(report.at, plan.started_at or report.at) if used >= plan.data_bytes else None
    return replace(plan, used_bytes=used, depleted_at=depleted_at)
