"""What steps of orders leave to be done outside the database. A row is due until it is done, so a workflow
that is started again for the order finds it, also when Temporal's data was lost.

E-mails to people, and the withdrawal of a cancelled order, are steps of their own: they have such rows too,
and the workflow knows them by name.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    bindparam,
    column,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import CTE, ScalarSelect

from models.orders.lifecycle import OrderStatus
from models.orders.placement import FollowUp
from store.orders.tables import FollowUpRow
from store.row import now

EMAIL = "send_email"
"""An e-mail to people; its target is the name of the e-mail."""
WITHDRAWAL = "withdraw_from_provider"
"""The provider is to be notified of a cancel."""
_STEPS = (EMAIL, WITHDRAWAL)
Emails = Callable[[OrderStatus], Sequence[str]]
"""The names of the e-mails that people get when an order reaches this status."""

_OF_ORDER = (FollowUpRow.order_id == bindparam("order"), FollowUpRow.done_at.is_(None))
_LEFT = (
    func.jsonb_to_recordset(bindparam("left", type_=JSONB))
    .table_valued(column("place", BigInteger), column("kind", String), column("target", String))
    .render_derived(name="to_leave", with_types=True)
)
_FIND = select(
    FollowUpRow.id, FollowUpRow.order_id, FollowUpRow.kind, FollowUpRow.target, FollowUpRow.done_at
).where(FollowUpRow.id == bindparam("follow_up"))
_DONE = (
    update(FollowUpRow)
    .where(FollowUpRow.id == bindparam("follow_up"), FollowUpRow.done_at.is_(None))
    .values(done_at=now())
)
_WITHDRAWN = update(FollowUpRow).where(*_OF_ORDER, FollowUpRow.kind == WITHDRAWAL).values(done_at=now())
_STEP_OVER = (
    update(FollowUpRow)
    .where(*_OF_ORDER, func.concat(FollowUpRow.kind, ":", FollowUpRow.target) == bindparam("step"))
    .values(done_at=now())
)


def no_emails(_: OrderStatus) -> Sequence[str]:
    """No e-mails to people."""
    return ()


@dataclass(frozen=True)
class Due:
    """One follow-up: `kind` says what is to be done, `target` for which workflow."""

    id: int
    order_id: str
    kind: str
    target: str
    done: bool


@dataclass(frozen=True)
class Pending:
    """The follow-ups of an order that are not done yet, oldest first."""

    entries: tuple[tuple[int, str, str], ...] = ()
    """The id, the kind and the target of each."""

    @classmethod
    def read(cls, found: Sequence[Any] | None) -> "Pending":
        """Read the column `due_of` or `of`."""
        return cls(tuple((id_, kind, target) for id_, kind, target in found or ()))

    def and_also(self, later: "Pending") -> "Pending":
        """These and those that a step has just recorded."""
        return Pending(self.entries + later.entries)

    @property
    def follow_ups(self) -> tuple[FollowUp, ...]:
        """Those that the workflow knows by their row alone: neither e-mails nor the withdrawal."""
        return tuple(FollowUp(id=id_, kind=kind) for id_, kind, _ in self.entries if kind not in _STEPS)

    @property
    def emails(self) -> tuple[str, ...]:
        """The names of the e-mails to people that are still to be sent."""
        return tuple(target for _, kind, target in self.entries if kind == EMAIL)


def due_of(order_id: ColumnElement[str] | Any) -> ScalarSelect[Any]:
    """What is still to be done for this order, as a column; see `Pending.read`."""
    undone = (FollowUpRow.order_id == order_id, FollowUpRow.done_at.is_(None))
    entries = _entries(FollowUpRow.id, FollowUpRow.kind, FollowUpRow.target)
    return select(entries).where(*undone).correlate_except(FollowUpRow).scalar_subquery()


def leaving(order_id: ColumnElement[str]) -> CTE:
    """Record what a step leaves to be done, as part of the statement that does the step; see `left`.
    Idempotent: what is recorded already is not recorded again.
    """
    rows = select(order_id, _LEFT.c.kind, _LEFT.c.target).order_by(_LEFT.c.place)
    added = insert(FollowUpRow).from_select(("order_id", "kind", "target"), rows, include_defaults=False)
    of_row = (FollowUpRow.id, FollowUpRow.kind, FollowUpRow.target)
    return added.on_conflict_do_nothing().returning(*of_row).cte("leaving")


def left(wanted: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The parameter of `leaving`: the kind and target of each thing to be done."""
    each = enumerate(wanted)
    return {"left": [{"place": place, "kind": kind, "target": target} for place, (kind, target) in each]}


def of(recorded: CTE) -> ScalarSelect[Any]:
    """What `leaving` recorded, as a column; see `Pending.read`."""
    return select(_entries(*recorded.c)).select_from(recorded).scalar_subquery()


def _entries(*columns: Any) -> ColumnElement[Any]:
    ordered: Any = aggregate_order_by(func.jsonb_build_array(*columns), columns[0])
    return func.jsonb_agg(ordered)


async def find(connection: AsyncConnection, follow_up_id: int) -> Due | None:
    """The follow-up with this id, done or not."""
    row = (await connection.execute(_FIND, {"follow_up": follow_up_id})).one_or_none()
    return None if row is None else Due(row.id, row.order_id, row.kind, row.target, row.done_at is not None)


def pending(order_id: ColumnElement[str] | Any) -> ColumnElement[bool]:
    """Whether anything is still to be done for this order, also after its end, as a condition."""
    due_one = select(FollowUpRow.id).where(FollowUpRow.order_id == order_id, FollowUpRow.done_at.is_(None))
    return exists(due_one.correlate_except(FollowUpRow))


def finishing(order_id: ColumnElement[str]) -> CTE:
    """Record that a step that sends e-mails to people is done, as part of the statement that records how they
    ended; see `finished`.
    """
    due = (FollowUpRow.order_id == order_id, FollowUpRow.done_at.is_(None))
    step = (FollowUpRow.kind == EMAIL, FollowUpRow.target == bindparam("finished", type_=String))
    return update(FollowUpRow).where(*due, *step).values(done_at=now()).cte("finishing")


def finished(email: str | None) -> dict[str, Any]:
    """The parameter of `finishing`: the name of the e-mail, None if nothing is done."""
    return {"finished": email}


async def withdrawn(connection: AsyncConnection, order_id: str) -> None:
    """The provider is notified of the cancel. Called again, it changes nothing."""
    await connection.execute(_WITHDRAWN, {"order": order_id})


async def given_up(connection: AsyncConnection, workflow_id: str, step: str) -> None:
    """An operator gave up the e-mail that this step was held for: it is no longer due."""
    await connection.execute(_STEP_OVER, {"order": workflow_id, "step": step})


async def emailed(connection: AsyncConnection, order_id: str, email: str) -> None:
    """The e-mail of this name is sent, or need not be any more. Called again, it changes nothing."""
    await connection.execute(_STEP_OVER, {"order": order_id, "step": f"{EMAIL}:{email}"})


async def done(connection: AsyncConnection, follow_up_id: int) -> None:
    """Record that the follow-up is done. Called again, it changes nothing."""
    await connection.execute(_DONE, {"follow_up": follow_up_id})
