"""Holds: one row for each step of any workflow that waits for a person.

The workflow records that a step is held and that it resumes. A change that makes a hold obsolete (the status
of the order changes, a code is imported) removes the hold in its own transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    bindparam,
    delete,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import CTE

from models.errors import NotFound, Refusal
from models.events import audience_of
from models.operations.views import HoldView
from models.orders.lifecycle import HoldReason
from models.people.callers import By, Permission, Scope
from store import events, origins
from store.operations import not_sent
from store.operations.hold_subjects import KINDS, HoldKind, HoldSubject, kind_of
from store.operations.tables import HoldRow
from store.people.actors import actor_refusal
from store.row import now
from store.scopes import within

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
_SEEN = select(HoldRow.step, HoldRow.since).where(HoldRow.workflow_id == bindparam("workflow"))
_RELEASE_SEEN = (
    delete(HoldRow)
    .where(
        HoldRow.workflow_id == bindparam("workflow"),
        tuple_(HoldRow.step, HoldRow.since).in_(bindparam("seen", expanding=True)),
    )
    .returning(HoldRow.step)
)


async def hold(
    connection: AsyncConnection,
    workflow_id: str,
    step: str,
    reason: HoldReason,
    refusals: Sequence[Refusal] = (),
) -> None:
    """Hold a step: it waits for a person. Idempotent for the same reason.

    `refusals`: what was refused, where that is the reason; the event keeps them for the operators.
    A hold that is obsolete, such as one for a code that has just been imported, is not recorded. Raises
    `NotFound`.
    """
    kind, subject = await _subject(connection, workflow_id)
    if reason in subject.obsolete:
        return
    values = {
        "workflow_id": workflow_id,
        "step": step,
        "account_id": subject.account_id,
        "reason": reason.value,
    }
    if (await connection.execute(_HOLD, values)).scalar_one_or_none() is None:
        return
    data: dict[str, Any] = {"reason": reason.value, "step": step}
    if refusals:
        data["refusals"] = [refusal.model_dump(mode="json") for refusal in refusals]
    happened = (f"{kind.events}.held", data)
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
    """Release a held step: it is retried, or given up. Idempotent. Raises `NotFound`.

    A client with access to Temporal can send the signal `retry` under any name. So an actor without the
    permission to retry is recorded as `system`, without the origin of the call (S5); an origin that belongs
    to another actor is left out. A notification that the workflow of a request sends can be given up although
    it has no hold of its own.
    """
    kind, subject = await _subject(connection, workflow_id)
    which = {"workflow": workflow_id, "of_step": step}
    changed = (await connection.execute(_RELEASE, which)).scalar_one_or_none() is not None
    if given_up and kind.give_up:
        changed = await kind.give_up(connection, workflow_id)
    if given_up:
        await not_sent.sent(connection, workflow_id, step)
    if changed:
        happened = (kind.given_up if given_up else f"{kind.events}.released", {"step": step})
        refusal = await actor_refusal(
            connection,
            actor,
            subject.account_id,
            permission=Permission.RETRY_WORK,
            origin_id=None,
        )
        by = By(_SYSTEM) if refusal else await origins.verified(connection, By(actor, origin_id))
        await events.append(
            connection, subject.account_id, subject.about, by.actor, happened, origin_id=by.origin_id
        )


async def seen(connection: AsyncConnection, workflow_id: str) -> list[tuple[str, datetime]]:
    """The steps of the workflow that are held now, and since when."""
    return [(row.step, row.since) for row in await connection.execute(_SEEN, {"workflow": workflow_id})]


async def release_seen(
    connection: AsyncConnection, workflow_id: str, by: By, found: Sequence[tuple[str, datetime]]
) -> None:
    """Release the holds that `seen` returned, because their workflow is lost. Holds of the workflow that was
    started in its place stay. Raises `NotFound`.
    """
    kind, subject = await _subject(connection, workflow_id)
    gone = {"workflow": workflow_id, "seen": list(found)}
    steps = (await connection.scalars(_RELEASE_SEEN, gone)).all() if found else []
    if steps:
        happenings = released(kind.events, steps)
        await events.append(
            connection, subject.account_id, subject.about, by.actor, *happenings, origin_id=by.origin_id
        )


async def counts(connection: AsyncConnection, scope: Scope, prefixes: Iterable[str]) -> dict[str, int]:
    """How many workflows of these kinds, by the prefixes of their ids, are held in the scope: by the names of
    their kinds, those of which none is left out.
    """
    held = select(func.count(HoldRow.workflow_id.distinct())).where(within(scope, HoldRow.account_id))
    found = {
        KINDS[prefix].name: await connection.scalar(held.where(HoldRow.workflow_id.startswith(prefix)))
        for prefix in prefixes
    }
    return {kind: number for kind, number in found.items() if number}


# --- as part of other statements ----------------------------------------------------------------------


def gone(workflow_id: ColumnElement[str], *conditions: ColumnElement[bool]) -> CTE:
    """Remove the holds of a workflow, all or some, as part of the statement that makes them obsolete."""
    removed = delete(HoldRow).where(HoldRow.workflow_id == workflow_id, *conditions)
    return removed.returning(HoldRow.step).cte("gone")


def steps_of(removed: CTE) -> ColumnElement[list[str] | None]:
    """The steps whose holds `gone` removed; null where there were none."""
    steps: Any = func.array_agg(aggregate_order_by(removed.c.step, removed.c.step))
    return select(steps).select_from(removed).scalar_subquery().label("released")


def released_by(removed: CTE, events_of: str, about: ColumnElement[Any]) -> Select[Any]:
    """The event `released` for each step whose hold `gone` removed, for `event_parts.appended`. `events_of`:
    as in `HoldKind.events`.
    """
    happened = f"{events_of}.released"
    sequence = func.row_number().over(order_by=removed.c.step.desc())
    return select(
        (-sequence).label("place"),
        about.label("about"),
        literal(happened).label("type"),
        func.jsonb_build_object("step", removed.c.step).label("data"),
        literal(audience_of(happened).value).label("audience"),
    ).select_from(removed)


def released(events_of: str, steps: Iterable[str] | None) -> list[events.Happening]:
    """The event `released` for each of these steps. `events_of`: as in `HoldKind.events`."""
    return [(f"{events_of}.released", {"step": step}) for step in sorted(steps or ())]


def of(workflow_id: ColumnElement[str] | Any) -> ScalarSelect[Any]:
    """The holds of the workflow, oldest first, as a JSON column; `read` converts it."""
    one = func.jsonb_build_object("step", HoldRow.step, "reason", HoldRow.reason, "since", HoldRow.since)
    ordered: Any = aggregate_order_by(one, HoldRow.since, HoldRow.step)
    found: Select[Any] = select(func.jsonb_agg(ordered)).where(HoldRow.workflow_id == workflow_id)
    return found.correlate_except(HoldRow).scalar_subquery()


def read(column: Sequence[dict[str, Any]] | None) -> dict[str, Any]:
    """The fields about holds that views have, from the column `of`."""
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


def held_of(prefix: str) -> Select[str]:
    """The held workflows of a kind, by the prefix of their ids: few of many, so a list of what is held
    collects them first. The prefix is part of the statement's text: PostgreSQL then knows how few they are.
    """
    return select(HoldRow.workflow_id).where(HoldRow.workflow_id.like(literal_column(f"'{prefix}%'")))


async def _subject(connection: AsyncConnection, workflow_id: str) -> tuple[HoldKind, HoldSubject]:
    kind = kind_of(workflow_id)
    if kind is None:
        raise NotFound.because("unknown_workflow", workflow=workflow_id)
    return kind, await kind.find(connection, workflow_id)


async def everywhere(connection: AsyncConnection) -> dict[tuple[str, str], str]:
    """The reason of every hold, by the workflow and the step that is held."""
    rows = await connection.execute(select(HoldRow.workflow_id, HoldRow.step, HoldRow.reason))
    return {(row.workflow_id, row.step): row.reason for row in rows}
