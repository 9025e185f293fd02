"""What is reported of an eSIM line, decided and recorded in one transaction (T4, T21, T22, T29 to T31, T35).

A report that is not earlier than the latest one is decided on the plans as they are stored; an earlier one,
which has come late, by all reports of the line in the sequence of their times.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.identifiers import mark_of_key
from models.paging import WHOLE, Page, Wanted
from models.people.callers import By, Scope
from models.travel.life import Decided, Plan, Report, decide, replay
from models.travel.profiles import Outcome, Reported
from models.travel.reports import ReportView, home_of
from store import events
from store.locks import lock_subject
from store.paging import Keys
from store.row import now
from store.scopes import within
from store.travel import due, plan_rows
from store.travel.due import Wake
from store.travel.line_tables import EsimLineRow, LineReportRow
from store.travel.lookups import EsimLineKey
from store.travel.plan_rows import StoredPlan
from store.travel.tables import SubscriberRow

_COLUMNS = (
    LineReportRow.id,
    LineReportRow.esim_line_id,
    LineReportRow.report,
    LineReportRow.at,
    LineReportRow.reported_at,
    LineReportRow.received_at,
    LineReportRow.country,
    LineReportRow.used_bytes,
    LineReportRow.assignment_id,
    LineReportRow.outcome,
)
_KNOWN = select(*_COLUMNS).where(
    LineReportRow.account_id == bindparam("account"), LineReportRow.key == bindparam("of_key")
)
_LINE = (
    select(
        EsimLineRow.reported_until,
        EsimLineRow.installed_at,
        EsimLineRow.esim_since,
        EsimLineRow.added_at,
        EsimLineRow.ended_at,
        EsimLineRow.due_at,
        EsimLineRow.woken_for,
        EsimLineRow.news,
        SubscriberRow.msisdn,
        now().label("now"),
        select(LineReportRow.id)
        .where(LineReportRow.account_id == EsimLineRow.account_id, LineReportRow.key == bindparam("of_key"))
        .scalar_subquery()
        .label("known"),
    )
    .join(SubscriberRow, SubscriberRow.id == EsimLineRow.subscriber_id)
    .where(EsimLineRow.id == bindparam("line"))
)
_EARLIER = (
    select(*_COLUMNS)
    .where(
        LineReportRow.account_id == bindparam("account"),
        LineReportRow.esim_line_id == bindparam("line"),
        LineReportRow.report != Reported.INSTALLED,
    )
    .order_by(LineReportRow.at, LineReportRow.id)
)
_ADD = insert(LineReportRow).on_conflict_do_nothing().returning(*_COLUMNS)
_CORRECT = (
    update(LineReportRow)
    .where(LineReportRow.id == bindparam("report_id"))
    .values(outcome=bindparam("now_outcome"), assignment_id=bindparam("now_counted_on"))
)
_SEEN = (
    update(EsimLineRow)
    .where(EsimLineRow.id == bindparam("line"))
    .values(
        reported_until=func.greatest(EsimLineRow.reported_until, bindparam("until")),
        installed_at=bindparam("installed"),
    )
)
_LATEST = Keys(LineReportRow.at, LineReportRow.id, descending=True)


@dataclass(frozen=True)
class Reporting:
    """What is reported. `at`: None for now; `country`: None at sea, in the air, or of an installation."""

    what: Reported
    key: str
    at: datetime | None = None
    country: str | None = None
    used_bytes: int | None = None


@dataclass(frozen=True)
class Recorded:
    """The report as it is recorded. `wake_for`: the workflow of the line is to be woken for this."""

    report: ReportView
    wake_for: Wake | None


async def report(
    connection: AsyncConnection,
    line: EsimLineKey,
    reported: Reporting,
    by: By,
    *,
    until: datetime | None = None,
) -> Recorded:
    """Decide on a report and record it, once per key: a repeat gets what was decided. `until`: when the eSIM
    that is reported of left the line.

    Raises `Refused`: `key_used_for_report` where the key is that of another report, `esim_left_line` where
    it happened when the eSIM was not on the line any more.
    """
    await lock_subject(connection, line.account_id, line.subject)
    key = mark_of_key(line.account_id, reported.key)
    facts = (await connection.execute(_LINE, {"line": line.id, "of_key": key})).one()
    if facts.known is not None:
        return Recorded(await _same(connection, line, key, reported), due.unknown(facts))
    at = min(reported.at or facts.now, facts.now)
    _refuse_after(until or facts.ended_at, at)
    installed = _installed(facts, at)
    new = _as_report(facts, reported, at)
    if reported.what is Reported.INSTALLED:
        change = _Change({}, Decided(Outcome.NOTED), {})
        stored = {}
    else:
        stored = {one.plan.id: one for one in await plan_rows.plans_of(connection, line)}
        change = await _decided(connection, line, facts.reported_until, stored, new)
    view = await _add(connection, line, key, reported, at, change.decided)
    news = False
    for plan in change.plans.values():
        news |= await plan_rows.change(connection, line, stored[plan.id], plan, facts.now, by)
    if change.corrected:
        await connection.execute(_CORRECT, [*change.corrected.values()])
    until = facts.reported_until if reported.what is Reported.INSTALLED else at
    await connection.execute(_SEEN, {"line": line.id, "until": until, "installed": installed})
    if installed != facts.installed_at and facts.installed_at is None:
        happened = ("esim_line.installed", {"at": at.isoformat()})
        await events.append(
            connection, line.account_id, (line.subject,), by.actor, happened, origin_id=by.origin_id
        )
    wake_for = await due.renew(connection, line.id, news=news) if change.plans else None
    return Recorded(view, wake_for)


async def reports(
    connection: AsyncConnection, scope: Scope, line_id: int, wanted: Wanted = WHOLE
) -> Page[ReportView]:
    """What was reported of an eSIM line, the latest first."""
    mine = select(*_COLUMNS).where(
        LineReportRow.esim_line_id == line_id, within(scope, LineReportRow.account_id)
    )
    return (await _LATEST.page(connection, mine, wanted)).of(_view)


@dataclass(frozen=True)
class _Change:
    """What a report changes: plans, by id; its own outcome; the outcomes of earlier reports, by id."""

    plans: dict[int, Plan]
    decided: Decided
    corrected: dict[int, dict[str, Any]]


async def _decided(
    connection: AsyncConnection,
    line: EsimLineKey,
    until: datetime | None,
    stored: dict[int, StoredPlan],
    new: Report,
) -> _Change:
    plans = [one.plan for one in stored.values()]
    if until is None or new.at >= until:
        decided = decide(plans, new)
        changed = {decided.plan.id: decided.plan} if decided.plan else {}
        return _Change(_differing(changed, stored), decided, {})
    known = {"account": line.account_id, "line": line.id}
    rows = {row.id: row for row in await connection.execute(_EARLIER, known)}
    earlier = [_as_stored(row) for row in rows.values()]
    after, outcomes = replay(plans, [*earlier, new])
    corrected = {}
    for report_id, row in rows.items():
        outcome, counted_on = _outcome(outcomes[report_id])
        if (row.outcome, row.assignment_id) != (outcome, counted_on):
            corrected[report_id] = {
                "report_id": report_id,
                "now_outcome": outcome,
                "now_counted_on": counted_on,
            }
    return _Change(_differing({plan.id: plan for plan in after}, stored), outcomes[new.id], corrected)


def _differing(plans: dict[int, Plan], stored: dict[int, StoredPlan]) -> dict[int, Plan]:
    return {id_: plan for id_, plan in plans.items() if plan != stored[id_].plan}


def _refuse_after(left: datetime | None, at: datetime) -> None:
    """Of an eSIM that has left its line counts what it did before (T31, T34, T40)."""
    if left is not None and at >= left:
        raise Refused.because("esim_left_line", left=f"{left:%Y-%m-%d %H:%M:%S} UTC")


_LAST = 2**63 - 1
"""The id of a report that has none yet: of those at the same time it is the last."""


def _as_report(facts: Any, reported: Reporting, at: datetime) -> Report:
    home = reported.country is not None and reported.country == home_of(facts.msisdn)
    return Report(
        _LAST, reported.what, at, facts.now, reported.country, reported.used_bytes or 0, at_home=home
    )


def _as_stored(row: Any) -> Report:
    return Report(
        id=row.id,
        what=Reported(row.report),
        at=row.at,
        received_at=row.received_at,
        country=row.country,
        used_bytes=row.used_bytes or 0,
        at_home=row.outcome == Outcome.AT_HOME,
    )


def _installed(facts: Any, at: datetime) -> datetime | None:
    """When the present eSIM was installed, as far as is known; a report of the one before does not count."""
    if at < facts.esim_since:
        if facts.esim_since != facts.added_at:
            return cast("datetime | None", facts.installed_at)
        at = facts.esim_since
    known: datetime | None = facts.installed_at
    return at if known is None else min(at, known)


async def _same(connection: AsyncConnection, line: EsimLineKey, key: str, reported: Reporting) -> ReportView:
    row = (await connection.execute(_KNOWN, {"account": line.account_id, "of_key": key})).one()
    was = (row.esim_line_id, row.report, row.reported_at, row.country, row.used_bytes)
    if was != (line.id, reported.what, reported.at, reported.country, reported.used_bytes):
        raise Refused.because("key_used_for_report")
    return _view(row).model_copy(update={"replayed": True})


async def _add(  # noqa: PLR0917  what a report has
    connection: AsyncConnection,
    line: EsimLineKey,
    key: str,
    reported: Reporting,
    at: datetime,
    decided: Decided,
) -> ReportView:
    outcome, counted_on = _outcome(decided)
    values = {
        "account_id": line.account_id,
        "esim_line_id": line.id,
        "key": key,
        "report": reported.what.value,
        "at": at,
        "reported_at": reported.at,
        "country": reported.country,
        "used_bytes": reported.used_bytes,
        "assignment_id": counted_on,
        "outcome": outcome.value,
    }
    row = (await connection.execute(_ADD, values)).one_or_none()
    if row is None:  # the key of a report of another line, just now
        raise Refused.because("key_used_for_report")
    return _view(row)


def _outcome(decided: Decided) -> tuple[Outcome, int | None]:
    return decided.outcome, decided.plan.id if decided.plan else None


def _view(row: Any) -> ReportView:
    return ReportView(**row._mapping)
