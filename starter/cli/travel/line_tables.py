"""Format eSIM lines, the plans on them and what was reported of them, for a terminal."""

from collections.abc import Iterable, Sequence

from models.identifiers import reference
from models.travel.line_views import EsimLineDetails, EsimLineView
from models.travel.profiles import PlanState
from models.travel.reports import ReportView
from models.travel.subscriber_views import LineOfSubscriber, PlanOnLine
from models.travel.volumes import MB
from starter.cli.language import (
    country,
    headings,
    outcome,
    plan_state,
    reported,
    sim_state,
    volume,
    worded,
)
from starter.cli.output import (
    column_time,
    full_time,
    is_wide,
    print_facts,
    print_table,
    say,
    short_time,
)


def print_lines(lines: Sequence[EsimLineView]) -> None:
    """Print one row per eSIM line, by account: its subscriber, eSIM and plans (T13)."""
    if not lines:
        say(worded("There are no such eSIM lines."))
    more = headings("profile", "ICCID") if is_wide() else ()
    columns = (*headings("id", "name", "subscriber"), *more, *headings("eSIM", "plans", "next due"))
    for account in dict.fromkeys(line.account for line in lines):
        rows = [
            (
                reference("EL", line.id),
                line.name,
                f"{reference('SB', line.subscriber_id)} {line.subscriber}",
                *((line.profile, line.iccid) if more else ()),
                esim_of(line),
                "\n".join(map(_with_state, line.plans)) or None,
                line.due_at and short_time(line.due_at),
            )
            for line in lines
            if line.account == account
        ]
        print_table(account, columns, rows, whole=headings("id", "ICCID"))


def print_line(line: EsimLineDetails) -> None:
    """Print an eSIM line with its facts, its plans, and what was reported of it."""
    facts = [
        (worded("name"), line.name),
        (worded("account"), line.account),
        (worded("subscriber"), f"{reference('SB', line.subscriber_id)} {line.subscriber}"),
        (worded("profile"), str(line.profile)),
        (worded("eSIM"), esim_of(line)),
        (worded("ICCID"), line.iccid),
        (worded("added"), full_time(line.added_at)),
        (worded("installed"), line.installed_at and full_time(line.installed_at)),
        (worded("suspended"), line.suspended_at and full_time(line.suspended_at)),
        (worded("withdrawn"), line.ended_at and full_time(line.ended_at)),
        (worded("next due"), line.due_at and full_time(line.due_at)),
    ]
    print_facts(reference("EL", line.id), [fact for fact in facts if fact[1]])
    if line.plans:
        columns = headings("id", "plan", "state", "from (UTC)", "until (UTC)", "data")
        print_table(worded("Plans"), columns, map(_plan, line.plans), whole=headings("id"))
    if line.reports:
        print_reports(worded("Reports"), line.reports)


def print_reports(title: str, reports: Iterable[ReportView]) -> None:
    """Print one row per report, and what each led to (T30)."""
    rows = [
        (
            column_time(one.at),
            reported(one.report),
            one.country and country(one.country),
            one.used_bytes,
            one.plan,
            outcome(one.outcome),
        )
        for one in reports
    ]
    columns = headings("at (UTC)", "report", "country", "bytes", "plan", "outcome")
    print_table(title, columns, rows, whole=headings("at (UTC)", "plan"))


def esim_of(line: LineOfSubscriber) -> str:
    """Such as `active, complimentary`, with the open order if there is one."""
    parts = [worded("none") if line.sim_state is None else sim_state(line.sim_state)]
    if line.complimentary:
        parts.append(worded("complimentary"))
    if line.open_order is not None:
        parts.append(line.open_order)
    return ", ".join(parts)


def plan_on_line(plan: PlanOnLine) -> str:
    """Such as `PA-7 Euro 1: active until 2026-12-24 12:00:00 UTC, 0.2 of 1 GB`."""
    state, ends = plan_state(plan.state), plan.depleted_at or plan.ends_at
    if ends is not None and plan.state is PlanState.ACTIVE:
        state = worded("{state} until {time}", state=state, time=full_time(ends))
    elif ends is not None:
        state = worded("{state} since {time}", state=state, time=full_time(ends))
    return f"{reference('PA', plan.id)} {plan.plan}: {state}, {_used(plan)}"


def _with_state(plan: PlanOnLine) -> str:
    return f"{reference('PA', plan.id)} {plan.plan}: {plan_state(plan.state)}"


def _plan(plan: PlanOnLine) -> tuple[object, ...]:
    """Until when it lasts, or until when its first use must have been; one whose data was used up has ended
    then (T29).
    """
    queued = plan.state in (PlanState.QUEUED, PlanState.LAPSED)
    until = column_time(plan.lapses_at if queued else plan.depleted_at or plan.ends_at)
    if plan.state is PlanState.QUEUED:
        until = worded("first use by {time}", time=until)
    return (
        reference("PA", plan.id),
        plan.plan,
        plan_state(plan.state),
        plan.started_at and column_time(plan.started_at),
        until,
        _used(plan),
    )


def _used(plan: PlanOnLine) -> str:
    used, whole = volume(plan.used_bytes // MB), volume(plan.data_bytes // MB)
    return worded("{used} of {volume}", used=used, volume=whole)
