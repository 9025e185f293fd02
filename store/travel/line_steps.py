"""The transaction of the workflow of an eSIM line: which plans have ended, what is due next (T5, T23)."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store import events
from store.locks import lock_subject
from store.row import now
from store.travel import due, notices
from store.travel.line_tables import PlanAssignmentRow

_EXPIRED = (
    update(PlanAssignmentRow)
    .where(
        PlanAssignmentRow.esim_line_id == bindparam("line"),
        PlanAssignmentRow.closed_at.is_(None),
        PlanAssignmentRow.ends_at <= now(),
    )
    .values(closed_at=now())
    .returning(PlanAssignmentRow.id, PlanAssignmentRow.ends_at)
)
_DUE_IN = select(func.min(PlanAssignmentRow.ends_at) - now()).where(
    PlanAssignmentRow.esim_line_id == bindparam("line"), PlanAssignmentRow.closed_at.is_(None)
)


@dataclass(frozen=True)
class Left:
    """What is left of a line to be done. `due_in`: until the next plan ends, by the database's clock."""

    due_in: timedelta | None
    notices: tuple[str, ...]


async def advance(connection: AsyncConnection, account_id: int, line_id: int) -> Left:
    """Record the plans of the line that have expired, each once; what is left. Its workflow knows it then."""
    subject = f"esim_line:{line_id}"
    if not await lock_subject(connection, account_id, subject):
        return Left(None, ())
    expired = sorted(await connection.execute(_EXPIRED, {"line": line_id}), key=lambda row: row.ends_at)
    if expired:
        happenings = [
            ("plan.expired", {"assignment": row.id, "at": row.ends_at.isoformat()}) for row in expired
        ]
        await events.append(connection, account_id, (subject,), "system", *happenings)
    await due.renew_known(connection, line_id)
    due_in: timedelta | None = await connection.scalar(_DUE_IN, {"line": line_id})
    return Left(due_in, tuple(await notices.of_line(connection, line_id)))
