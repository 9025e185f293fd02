"""The plans of one eSIM line as `models.travel.life` decides on them, and what has changed of one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.people.callers import By
from models.travel.life import Plan
from models.travel.profiles import Notice, PlanState
from store import events
from store.events import Happening
from store.travel import notices
from store.travel.line_tables import PlanAssignmentRow
from store.travel.lookups import EsimLineKey

FINAL = frozenset({PlanState.EXPIRED, PlanState.DEPLETED, PlanState.REVOKED})
"""The ends that are recorded where a plan changes; that one has lapsed is recorded by the sweep."""

_PLANS = (
    select(
        PlanAssignmentRow.id,
        PlanAssignmentRow.countries,
        PlanAssignmentRow.data_bytes,
        PlanAssignmentRow.assigned_at,
        PlanAssignmentRow.lapses_at,
        PlanAssignmentRow.started_at,
        PlanAssignmentRow.used_bytes,
        PlanAssignmentRow.depleted_at,
        PlanAssignmentRow.revoked_at,
        PlanAssignmentRow.closed_at,
    )
    .where(
        PlanAssignmentRow.account_id == bindparam("account"),
        PlanAssignmentRow.esim_line_id == bindparam("line"),
    )
    .order_by(PlanAssignmentRow.id)
)
_CHANGE = (
    update(PlanAssignmentRow)
    .where(PlanAssignmentRow.id == bindparam("plan"))
    .values(
        started_at=bindparam("started"),
        ends_at=bindparam("ends"),
        used_bytes=bindparam("used"),
        depleted_at=bindparam("depleted"),
        closed_at=bindparam("closed"),
    )
)


@dataclass(frozen=True)
class StoredPlan:
    """A plan on the line, and when its end was recorded."""

    plan: Plan
    closed_at: datetime | None


async def plans_of(connection: AsyncConnection, line: EsimLineKey) -> list[StoredPlan]:
    """All plans of the line, oldest first; the line is locked."""
    known = {"account": line.account_id, "line": line.id}
    return [_stored(row) for row in await connection.execute(_PLANS, known)]


async def change(  # noqa: PLR0917  what a change has
    connection: AsyncConnection, line: EsimLineKey, before: StoredPlan, after: Plan, now: datetime, by: By
) -> bool:
    """Store what a report has changed of a plan, with its events and notices; whether there are news for the
    workflow of the line: a running plan that did not run, or that ends at another time, or a notice.
    """
    was, state = before.plan, after.state(now)
    closed = before.closed_at if state is was.state(now) else None
    if closed is None and state in FINAL:
        closed = now
    values = {
        "plan": after.id,
        "started": after.started_at,
        "ends": after.ends_at,
        "used": after.used_bytes,
        "depleted": after.depleted_at,
        "closed": closed,
    }
    await connection.execute(_CHANGE, values)
    happenings = _happenings(was, after)
    if closed is not None and before.closed_at is None:
        happenings.append((f"plan.{state}", {"assignment": after.id, "at": _ended_at(after).isoformat()}))
    if happenings:
        await events.append(
            connection, line.account_id, (line.subject,), by.actor, *happenings, origin_id=by.origin_id
        )
    due = crossed(was.used_bytes, after.used_bytes, after.data_bytes)
    for notice in due:
        await notices.record(
            connection,
            line.account_id,
            notice,
            esim_line_id=line.id,
            assignment_id=after.id,
            needed=notice is due[-1],
        )
    runs = closed is None and after.ends_at is not None and after.ends_at != was.ends_at
    return runs or bool(due)


def crossed(before: int, after: int, volume: int) -> list[Notice]:
    """The thresholds that are passed when the used data grows so (T35); only the last one is notified of, as
    two e-mails at the same moment would say the same.
    """
    passed = []
    if before * 10 < volume * 8 <= after * 10:
        passed.append(Notice.USED_80)
    if before < volume <= after:
        passed.append(Notice.USED_100)
    return passed


def _happenings(was: Plan, after: Plan) -> list[Happening]:
    if was.started_at == after.started_at:
        return []
    started = after.started_at.isoformat() if after.started_at else None
    happened = "plan.started" if was.started_at is None else "plan.corrected"
    return [(happened, {"assignment": after.id, "at": started})]


def _ended_at(plan: Plan) -> datetime:
    ended = plan.revoked_at or plan.depleted_at or plan.ends_at
    assert ended is not None  # noqa: S101  only what has ended is closed
    return ended


def _stored(row: Any) -> StoredPlan:
    return StoredPlan(life_of(row), row.closed_at)


def life_of(row: Any) -> Plan:
    """The plan in a row with its terms, its data and its moments."""
    return Plan(
        id=row.id,
        countries=frozenset(row.countries),
        data_bytes=row.data_bytes,
        assigned_at=row.assigned_at,
        lapses_at=row.lapses_at,
        started_at=row.started_at,
        used_bytes=row.used_bytes,
        depleted_at=row.depleted_at,
        revoked_at=row.revoked_at,
    )
