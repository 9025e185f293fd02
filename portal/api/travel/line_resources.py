"""eSIM lines as the API answers them: the eSIM, the plans on the line, and what was reported of it."""

from datetime import datetime

from pydantic import Field

from models.identifiers import reference
from models.travel.line_views import EsimLineDetails, EsimLineView
from models.travel.reports import ReportView
from models.travel.subscriber_views import LineOfSubscriber, PlanOnLine
from portal.api.fields import Resource, id_or_none
from portal.api.travel.shared import Country, OutcomeOfReport, ProfileNumber, StateOfPlan, WhatReported


class AssignedPlanResource(Resource):
    """A plan on an eSIM line, with its state now."""

    id: str = Field(examples=["PA-7"])
    travel_plan: str = Field(examples=["TP-3"])
    name: str
    state: StateOfPlan
    data_bytes: int
    used_bytes: int
    assigned_at: datetime
    lapses_at: datetime = Field(description="It lapses if it was not used by then.")
    started_at: datetime | None = Field(description="The first connection in one of its countries.")
    ends_at: datetime | None = Field(description="30 x 24 hours later.")

    @classmethod
    def of(cls, plan: PlanOnLine) -> "AssignedPlanResource":
        """The plan as it is answered."""
        named = {
            "id": reference("PA", plan.id),
            "travel_plan": reference("TP", plan.plan_id),
            "name": plan.plan,
        }
        return cls(**plan.model_dump(exclude={"id", "plan_id", "plan"}) | named)


class LineOfSubscriberResource(Resource):
    """An eSIM line of a subscriber, with its plans in the sequence in which they were added."""

    id: str = Field(examples=["EL-9"])
    name: str = Field(description="The country, or the plan's name.")
    profile: ProfileNumber
    complimentary: bool
    added_at: datetime
    installed_at: datetime | None
    suspended_at: datetime | None
    ended_at: datetime | None = Field(
        description="When its eSIM, which was never installed, went back to stock or was discarded."
    )
    esim: str | None = Field(description="The eSIM in place, else that of the open order: `S-12`.")
    iccid: str | None
    esim_state: str | None
    open_order: str | None
    plans: list[AssignedPlanResource]


class ReportResource(Resource):
    """What was reported of an eSIM line, and what it led to."""

    report: WhatReported
    esim_line: str = Field(examples=["EL-9"])
    at: datetime = Field(description="When it happened; never later than it was received.")
    reported_at: datetime | None = Field(description="The time that the report gave.")
    received_at: datetime
    country: Country | None = Field(description="Null at sea, in the air, and of an installation.")
    used_bytes: int | None
    plan: str | None = Field(description="The plan that it started or is counted on: `PA-7`.")
    outcome: OutcomeOfReport


class EsimLineResource(LineOfSubscriberResource):
    """An eSIM line with its subscriber."""

    subscriber: str = Field(examples=["SB-4"])
    subscriber_name: str
    due_at: datetime | None = Field(
        description="When something of its plans is due next: one ends, or a notice is to be sent."
    )
    reports: list[ReportResource] | None = Field(
        default=None, description="With `expand=reports`: the latest 100."
    )


def line_of_subscriber(line: LineOfSubscriber) -> LineOfSubscriberResource:
    """A line in the profile of its subscriber."""
    return LineOfSubscriberResource(**_line(line))


def esim_line(line: EsimLineView, *, reports: bool = False) -> EsimLineResource:
    """A line; `reports`: with what was reported of it."""
    reported = line.reports if reports and isinstance(line, EsimLineDetails) else None
    return EsimLineResource(
        **_line(line),
        subscriber=reference("SB", line.subscriber_id),
        subscriber_name=line.subscriber,
        due_at=line.due_at,
        reports=None if reported is None else list(map(report, reported)),
    )


def report(view: ReportView) -> ReportResource:
    """A report."""
    return ReportResource(
        **view.model_dump(exclude={"id", "esim_line_id", "assignment_id"}),
        esim_line=reference("EL", view.esim_line_id),
        plan=view.plan,
    )


def _line(line: LineOfSubscriber) -> dict[str, object]:
    kept = {"name", "profile", "complimentary", "iccid", "open_order"}
    moments = {"added_at", "installed_at", "suspended_at", "ended_at"}
    return {
        **line.model_dump(include=kept | moments),
        "id": reference("EL", line.id),
        "esim": id_or_none("S", line.sim_id),
        "esim_state": line.sim_state,
        "plans": list(map(AssignedPlanResource.of, line.plans)),
    }
