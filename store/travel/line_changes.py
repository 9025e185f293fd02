"""Changes of an eSIM line and its plans by staff, each in one transaction: revoke, suspend, resume (T32,
T33). The stock is the account's own, so no provider is to be notified.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.fleet.inventory import SimState
from models.identifiers import reference
from models.people.callers import By
from models.travel.profiles import PlanState
from store import events
from store.fleet.tables import SimRow
from store.locks import lock_subject
from store.orders.notes import write_note
from store.row import now
from store.travel import plan_rows
from store.travel.line_tables import EsimLineRow, PlanAssignmentRow
from store.travel.lookups import AssignmentKey, EsimLineKey

_REVOKE = (
    update(PlanAssignmentRow)
    .where(PlanAssignmentRow.id == bindparam("plan"))
    .values(revoked_at=now(), closed_at=now())
)
_NOW = select(now())
_SIM = (
    select(SimRow.id, SimRow.state)
    .where(
        SimRow.account_id == bindparam("account"),
        SimRow.holder == bindparam("subject"),
        SimRow.state.in_((SimState.ACTIVE, SimState.SUSPENDED)),
    )
    .with_for_update()
)
_SET_STATE = update(SimRow).where(SimRow.id == bindparam("sim")).values(state=bindparam("after"))
_SUSPEND = (
    update(EsimLineRow)
    .where(EsimLineRow.id == bindparam("line"))
    .values(suspended_at=now(), suspended_note_id=bindparam("note"))
)
_RESUME = (
    update(EsimLineRow)
    .where(EsimLineRow.id == bindparam("line"))
    .values(suspended_at=null(), suspended_note_id=null())
)


async def revoke(connection: AsyncConnection, plan: AssignmentKey, by: By) -> None:
    """Revoke a plan that is queued; one that is revoked stays as it is. Raises `Refused` (`plan_not_queued`)
    for any other: of a revocation and a connection at the same moment the first one wins.
    """
    await lock_subject(connection, plan.line.account_id, plan.line.subject)
    present: datetime | None = await connection.scalar(_NOW)
    assert present is not None  # noqa: S101  the database has a clock
    (known,) = [one.plan for one in await plan_rows.plans_of(connection, plan.line) if one.plan.id == plan.id]
    state = known.state(present)
    if state is PlanState.REVOKED:
        return
    if state is not PlanState.QUEUED:
        raise Refused.because("plan_not_queued", plan=reference("PA", plan.id), state=state.value)
    await connection.execute(_REVOKE, {"plan": plan.id})
    await _happened(connection, plan.line, by, "plan.revoked", {"assignment": plan.id})


async def suspend(connection: AsyncConnection, line: EsimLineKey, reason: str, by: By) -> None:
    """Suspend the eSIM of a line, with the reason; the clocks of its plans go on (T33). A suspended line
    stays as it is, with its first reason.

    Raises `Refused`: `line_without_esim`, `suspension_without_reason`.
    """
    if not reason.strip():
        raise Refused.because("suspension_without_reason")
    sim = await _locked_sim(connection, line)
    if sim.state == SimState.SUSPENDED:
        return
    note = await write_note(connection, line.account_id, line.subject, reason.strip(), by.actor)
    await connection.execute(_SET_STATE, {"sim": sim.id, "after": SimState.SUSPENDED})
    await connection.execute(_SUSPEND, {"line": line.id, "note": note})
    await _happened(connection, line, by, "esim_line.suspended", {"sim": sim.id, "note": note})


async def resume(connection: AsyncConnection, line: EsimLineKey, reason: str, by: By) -> None:
    """Resume the eSIM of a line, with a reason where there is one. A line that is not suspended stays as
    it is.

    Raises `Refused`: `line_without_esim`.
    """
    sim = await _locked_sim(connection, line)
    if sim.state != SimState.SUSPENDED:
        return
    note = None
    if reason.strip():
        note = await write_note(connection, line.account_id, line.subject, reason.strip(), by.actor)
    await connection.execute(_SET_STATE, {"sim": sim.id, "after": SimState.ACTIVE})
    await connection.execute(_RESUME, {"line": line.id})
    await _happened(connection, line, by, "esim_line.resumed", {"sim": sim.id, "note": note})


async def _locked_sim(connection: AsyncConnection, line: EsimLineKey) -> Any:
    await lock_subject(connection, line.account_id, line.subject)
    known = {"account": line.account_id, "subject": line.subject}
    sim = (await connection.execute(_SIM, known)).one_or_none()
    if sim is None:
        raise Refused.because("line_without_esim")
    return sim


async def _happened(
    connection: AsyncConnection, line: EsimLineKey, by: By, what: str, data: dict[str, Any]
) -> None:
    known = {name: value for name, value in data.items() if value is not None}
    await events.append(
        connection, line.account_id, (line.subject,), by.actor, (what, known), origin_id=by.origin_id
    )
