"""The work that waits because of a number's eSIM, and continues once the eSIM is suspended, resumed or
stopped: processed orders whose agent has no QR code yet, requests whose code no agent was notified of, and
notices to the provider that a later change has superseded.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, exists, func, null, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import RequestStatus
from store import events
from store.codes.tables import QrRequestRow
from store.licences.tables import NumberChangeRow
from store.operations.hold_subjects import kind_of
from store.operations.tables import HoldRow, NotSentRow
from store.orders.tables import FollowUpRow, OrderRow

REQUEST_CODE = "request_code"
"""The follow-up that sends the agent the eSIM's QR code, or requests the code from the distributor first."""
CONTINUE_WAITING = "continue_waiting"
"""The follow-up that has the work continue that waited because of an eSIM, whose id is its target."""

_OF_SIM = union_all(
    select(
        OrderRow.id.label("workflow_id"),
        func.concat("follow_up:", FollowUpRow.id).label("step"),
    )
    .join(FollowUpRow, FollowUpRow.order_id == OrderRow.id)
    .where(
        OrderRow.esim_id == bindparam("sim"),
        FollowUpRow.kind == REQUEST_CODE,
        FollowUpRow.done_at.is_(None),
    ),
    select(QrRequestRow.id, null()).where(
        QrRequestRow.sim_id == bindparam("sim"), QrRequestRow.status == RequestStatus.IMPORTED
    ),
    select(NumberChangeRow.id, null()).where(
        NumberChangeRow.sim_id == bindparam("sim"), NumberChangeRow.notified_at.is_(None)
    ),
).subquery("waiting")
_IDS = select(_OF_SIM.c.workflow_id).distinct().order_by(_OF_SIM.c.workflow_id)


def _of_sim(workflow_id: ColumnElement[str] | Any, step: ColumnElement[str] | Any) -> ColumnElement[bool]:
    same_step = or_(_OF_SIM.c.step.is_(None), _OF_SIM.c.step == step)
    return exists().where(_OF_SIM.c.workflow_id == workflow_id, same_step)


_RELEASE = (
    delete(HoldRow)
    .where(_of_sim(HoldRow.workflow_id, HoldRow.step))
    .returning(HoldRow.workflow_id, HoldRow.step, HoldRow.account_id)
)
_SUPERSEDE = delete(NotSentRow).where(_of_sim(NotSentRow.subject_id, NotSentRow.step))


async def workflows_of(connection: AsyncConnection, sim_id: int, *, but: str) -> Sequence[str]:
    """The workflows of that work, except `but`. One that has ended or waits for nothing may be among them."""
    ids = await connection.scalars(_IDS, {"sim": sim_id})
    return [workflow_id for workflow_id in ids if workflow_id != but]


async def release(connection: AsyncConnection, sim_id: int, subject: str) -> None:
    """Release the holds of that work, because the number's eSIM is stopped: it is not done any more. The
    workflows find that out when they are signalled.
    """
    released = (await connection.execute(_RELEASE, {"sim": sim_id})).all()
    await connection.execute(_SUPERSEDE, {"sim": sim_id})
    for row in released:
        kind = kind_of(row.workflow_id)
        if kind is None:
            continue
        about = (row.workflow_id, subject, f"sim:{sim_id}")
        happened = (f"{kind.events}.released", {"step": row.step})
        await events.append(connection, row.account_id, about, "system", happened)
