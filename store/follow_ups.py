"""What steps of orders left to be done outside the database. A row is due until it is done, so whoever
starts the order's workflow again finds it, also when Temporal's data was lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.orders import FollowUp
from store.row import now
from store.tables import FollowUpRow

_LEAVE = insert(FollowUpRow).on_conflict_do_nothing()
_DUE = (
    select(FollowUpRow.id, FollowUpRow.kind)
    .where(FollowUpRow.order_id == bindparam("order"), FollowUpRow.done_at.is_(None))
    .order_by(FollowUpRow.id)
)
_FIND = select(
    FollowUpRow.id, FollowUpRow.order_id, FollowUpRow.kind, FollowUpRow.target, FollowUpRow.done_at
).where(FollowUpRow.id == bindparam("follow_up"))
_DONE = (
    update(FollowUpRow)
    .where(FollowUpRow.id == bindparam("follow_up"), FollowUpRow.done_at.is_(None))
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


async def done(connection: AsyncConnection, follow_up_id: int) -> None:
    """It is done; said again, nothing changes."""
    await connection.execute(_DONE, {"follow_up": follow_up_id})
