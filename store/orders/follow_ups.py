"""What steps of orders left to be done outside the database. A row is due until it is done, so whoever
starts the order's workflow again finds it, also when Temporal's data was lost.

E-mails to people, and the withdrawal of a cancelled order, are steps of their own: their rows say the same,
and the workflow knows them by name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.orders.placement import FollowUp
from store.orders.tables import FollowUpRow
from store.row import now

EMAIL = "send_email"
"""An e-mail to people; its target is the name of the e-mail."""
WITHDRAWAL = "withdraw_from_provider"
"""The provider is to be told of a cancel."""
_STEPS = (EMAIL, WITHDRAWAL)

_LEAVE = insert(FollowUpRow).on_conflict_do_nothing()
_OF_ORDER = (FollowUpRow.order_id == bindparam("order"), FollowUpRow.done_at.is_(None))
_DUE = (
    select(FollowUpRow.id, FollowUpRow.kind)
    .where(*_OF_ORDER, FollowUpRow.kind.not_in(_STEPS))
    .order_by(FollowUpRow.id)
)
_EMAILS_DUE = select(FollowUpRow.target).where(*_OF_ORDER, FollowUpRow.kind == EMAIL).order_by(FollowUpRow.id)
_FIND = select(
    FollowUpRow.id, FollowUpRow.order_id, FollowUpRow.kind, FollowUpRow.target, FollowUpRow.done_at
).where(FollowUpRow.id == bindparam("follow_up"))
_DONE = (
    update(FollowUpRow)
    .where(FollowUpRow.id == bindparam("follow_up"), FollowUpRow.done_at.is_(None))
    .values(done_at=now())
)
_STEP_DONE = (
    update(FollowUpRow)
    .where(*_OF_ORDER, FollowUpRow.kind == bindparam("of_kind"), FollowUpRow.target == bindparam("about"))
    .values(done_at=now())
)
_GIVEN_UP = (
    update(FollowUpRow)
    .where(*_OF_ORDER, func.concat(FollowUpRow.kind, ":", FollowUpRow.target) == bindparam("step"))
    .values(done_at=now())
)


@dataclass(frozen=True)
class Due:
    """Something to be done: `kind` says what, `target` for which workflow."""

    id: int
    order_id: str
    kind: str
    target: str
    done: bool


async def leave(connection: AsyncConnection, order_id: str, wanted: Sequence[tuple[str, str]]) -> None:
    """Record what a step leaves to be done, in the step's transaction; recorded again, it is the same."""
    if wanted:
        rows = [{"order_id": order_id, "kind": kind, "target": target} for kind, target in wanted]
        await connection.execute(_LEAVE, rows)


async def due(connection: AsyncConnection, order_id: str) -> tuple[FollowUp, ...]:
    """What the order's steps left that is not done yet, oldest first."""
    rows = await connection.execute(_DUE, {"order": order_id})
    return tuple(FollowUp(id=row.id, kind=row.kind) for row in rows)


async def find(connection: AsyncConnection, follow_up_id: int) -> Due | None:
    """One of them, done or not."""
    row = (await connection.execute(_FIND, {"follow_up": follow_up_id})).one_or_none()
    return None if row is None else Due(row.id, row.order_id, row.kind, row.target, row.done_at is not None)


async def emails_due(connection: AsyncConnection, order_id: str) -> tuple[str, ...]:
    """The names of the e-mails to people that are still to be sent."""
    return tuple((await connection.scalars(_EMAILS_DUE, {"order": order_id})).all())


def owed(order_id: ColumnElement[str] | Any) -> ColumnElement[bool]:
    """Whether anything is still to be done for this order, also after its end, as a condition."""
    due_one = select(FollowUpRow.id).where(FollowUpRow.order_id == order_id, FollowUpRow.done_at.is_(None))
    return exists(due_one.correlate_except(FollowUpRow))


async def step_done(connection: AsyncConnection, order_id: str, kind: str, target: str = "") -> None:
    """A step of its own is done: an e-mail is sent, or the provider told; said again, nothing changes."""
    await connection.execute(_STEP_DONE, {"order": order_id, "of_kind": kind, "about": target})


async def given_up(connection: AsyncConnection, workflow_id: str, step: str) -> None:
    """The e-mail that this step was held for is not sent any more: it is not due."""
    await connection.execute(_GIVEN_UP, {"order": workflow_id, "step": step})


async def done(connection: AsyncConnection, follow_up_id: int) -> None:
    """It is done; said again, nothing changes."""
    await connection.execute(_DONE, {"follow_up": follow_up_id})
