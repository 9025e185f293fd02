"""What waits for a person: one row a held step, whatever the workflow.

The workflow records that a step is held, and that it goes on; what makes a hold moot (an order that moves, a
code that is imported) removes it in the transaction that does so.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import CTE

from models.callers import By
from models.errors import NotFound
from models.inventory import HoldView
from models.lifecycle import HoldReason
from store import events
from store.hold_subjects import HoldKind, HoldSubject, kind_of
from store.hold_table import HoldRow
from store.row import now

_SYSTEM = "system"
_INSERT = insert(HoldRow)
_HOLD = _INSERT.on_conflict_do_update(
    index_elements=[HoldRow.workflow_id, HoldRow.step],
    set_={"reason": _INSERT.excluded.reason, "since": now()},
    where=HoldRow.reason != _INSERT.excluded.reason,
).returning(HoldRow.step)
_RELEASE = (
    delete(HoldRow)
    .where(HoldRow.workflow_id == bindparam("workflow"), HoldRow.step == bindparam("of_step"))
    .returning(HoldRow.step)
)
_RELEASE_ALL = delete(HoldRow).where(HoldRow.workflow_id == bindparam("workflow")).returning(HoldRow.step)


async def hold(connection: AsyncConnection, workflow_id: str, step: str, reason: HoldReason) -> None:
    """Mark a step as waiting for a person; marking it again with the same reason changes nothing.

    A hold that no longer matters, as for a code that has just come, is not recorded. Raises `NotFound`.
    """
    kind, subject = await _subject(connection, workflow_id)
    if reason in subject.moot:
        return
    values = {
        "workflow_id": workflow_id,
        "step": step,
        "account_id": subject.account_id,
        "reason": reason.value,
    }
    if (await connection.execute(_HOLD, values)).scalar_one_or_none() is None:
        return
    happened = (f"{kind.events}.held", {"reason": reason.value, "step": step})
    await events.append(connection, subject.account_id, subject.about, _SYSTEM, happened)


async def release(
    connection: AsyncConnection,
    workflow_id: str,
    step: str,
    actor: str,
    *,
    origin_id: int | None = None,
    given_up: bool = False,
) -> None:
    """The step goes on, or is given up; releasing it again changes nothing. Raises `NotFound`.

    A notification can be given up without being held itself: where the request's workflow sends it.
    """
    kind, subject = await _subject(connection, workflow_id)
    which = {"workflow": workflow_id, "of_step": step}
    changed = (await connection.execute(_RELEASE, which)).scalar_one_or_none() is not None
    if given_up and kind.give_up:
        changed = await kind.give_up(connection, workflow_id)
    if changed:
        happened = (kind.given_up if given_up else f"{kind.events}.released", {"step": step})
        await events.append(
            connection, subject.account_id, subject.about, actor, happened, origin_id=origin_id
        )


async def release_all(connection: AsyncConnection, workflow_id: str, by: By) -> None:
    """Whatever was held is not held any more: the workflow that held it is gone. Raises `NotFound`."""
    kind, subject = await _subject(connection, workflow_id)
    steps = (await connection.scalars(_RELEASE_ALL, {"workflow": workflow_id})).all()
    if steps:
        happenings = [(f"{kind.events}.released", {"step": step}) for step in sorted(steps)]
        await events.append(
            connection, subject.account_id, subject.about, by.actor, *happenings, origin_id=by.origin_id
        )


# --- as part of other statements ----------------------------------------------------------------------


def gone(workflow_id: ColumnElement[str], *conditions: ColumnElement[bool]) -> CTE:
    """Remove the holds of a workflow, all or some, as part of the statement that makes them moot."""
    removed = delete(HoldRow).where(HoldRow.workflow_id == workflow_id, *conditions)
    return removed.returning(HoldRow.step).cte("gone")


def counted(removed: CTE) -> ColumnElement[int]:
    """How many holds `gone` removed."""
    return select(func.count()).select_from(removed).scalar_subquery().label("released")


def of(workflow_id: ColumnElement[str] | Any) -> ScalarSelect[Any]:
    """What the workflow is held for, oldest first, as a column; `read` makes it what is shown."""
    one = func.jsonb_build_object("step", HoldRow.step, "reason", HoldRow.reason, "since", HoldRow.since)
    ordered: Any = aggregate_order_by(one, HoldRow.since, HoldRow.step)
    found: Select[Any] = select(func.jsonb_agg(ordered)).where(HoldRow.workflow_id == workflow_id)
    return found.correlate_except(HoldRow).scalar_subquery()


def read(column: Sequence[dict[str, Any]] | None) -> dict[str, Any]:
    """The fields that views of held things have, from the column `of`."""
    found = tuple(HoldView(**hold) for hold in column or ())
    oldest = found[0] if found else None
    return {
        "holds": found,
        "held_reason": oldest.reason if oldest else None,
        "held_since": oldest.since if oldest else None,
    }


def is_held(workflow_id: ColumnElement[str] | Any) -> ColumnElement[bool]:
    """Whether the workflow is held, as a condition."""
    return select(HoldRow.step).where(HoldRow.workflow_id == workflow_id).correlate_except(HoldRow).exists()


async def _subject(connection: AsyncConnection, workflow_id: str) -> tuple[HoldKind, HoldSubject]:
    kind = kind_of(workflow_id)
    if kind is None:
        raise NotFound.because("unknown_workflow", workflow=workflow_id)
    return kind, await kind.find(connection, workflow_id)
