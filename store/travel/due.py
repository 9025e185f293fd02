"""When something of an eSIM line's plans is due next, and whether its workflow knows.

`due_at` is the earliest of the ends of its running plans and of the notices that are not sent yet. Whatever
is added to these has to wake the workflow; what is taken away need not: it asks again when it wakes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, and_, bindparam, case, func, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store.travel.line_tables import EsimLineRow, PlanAssignmentRow, TravelNoticeRow
from store.travel.lookups import EsimLineKey

_ENDS = (
    select(func.min(PlanAssignmentRow.ends_at))
    .where(PlanAssignmentRow.esim_line_id == EsimLineRow.id, PlanAssignmentRow.closed_at.is_(None))
    .correlate(EsimLineRow)
    .scalar_subquery()
)
_NOTICES = (
    select(func.min(TravelNoticeRow.due_since))
    .where(TravelNoticeRow.esim_line_id == EsimLineRow.id, TravelNoticeRow.done_at.is_(None))
    .correlate(EsimLineRow)
    .scalar_subquery()
)
_DUE = func.least(_ENDS, _NOTICES)
_ONE = EsimLineRow.id == bindparam("line")
_RENEW = (
    update(EsimLineRow)
    .where(_ONE)
    .values(
        due_at=_DUE,
        woken_for=case(
            (bindparam("news", type_=Boolean), null()),
            (or_(_DUE.is_(None), EsimLineRow.woken_for <= _DUE), _DUE),
            else_=EsimLineRow.woken_for,
        ),
        news=EsimLineRow.news + case((bindparam("news", type_=Boolean), 1), else_=0),
    )
    .returning(EsimLineRow.due_at, EsimLineRow.woken_for, EsimLineRow.news)
)
_RENEW_KNOWN = update(EsimLineRow).where(_ONE).values(due_at=_DUE, woken_for=_DUE)
_WOKEN = (
    update(EsimLineRow)
    .where(_ONE, EsimLineRow.due_at == bindparam("due"), EsimLineRow.news == bindparam("of_news"))
    .values(woken_for=EsimLineRow.due_at)
)
UNWOKEN = and_(EsimLineRow.due_at.is_not(None), EsimLineRow.due_at.is_distinct_from(EsimLineRow.woken_for))
"""Whether the workflow of a line is to be woken."""
_UNFINISHED = select(EsimLineRow.id, EsimLineRow.account_id).where(
    EsimLineRow.subject == func.replace(bindparam("work"), "travel-line-", "esim_line:"),
    EsimLineRow.due_at.is_not(None),
)
_UNWOKEN = (
    select(EsimLineRow.id, EsimLineRow.account_id, EsimLineRow.due_at, EsimLineRow.news)
    .where(UNWOKEN, EsimLineRow.id > bindparam("after"))
    .order_by(EsimLineRow.id)
    .limit(bindparam("at_most"))
)


@dataclass(frozen=True)
class Wake:
    """For what the workflow of a line is to be woken: the moment, and how much news it has had until then."""

    due_at: datetime
    news: int


@dataclass(frozen=True)
class Unwoken:
    """A line whose workflow is to be woken."""

    line: EsimLineKey
    wake: Wake


def unknown(facts: Any) -> Wake | None:
    """For what the workflow of a line with these columns is to be woken; None if it knows what is due."""
    if facts.due_at is None or facts.due_at == facts.woken_for:
        return None
    return Wake(facts.due_at, facts.news)


async def unfinished(connection: AsyncConnection, workflow_id: str) -> EsimLineKey | None:
    """The eSIM line of this workflow, if anything of it is due now or later."""
    row = (await connection.execute(_UNFINISHED, {"work": workflow_id})).one_or_none()
    return EsimLineKey(*row) if row else None


async def renew(connection: AsyncConnection, line_id: int, *, news: bool) -> Wake | None:
    """Set when something of the line is due next, after its plans or notices have changed; the line is
    locked. `news`: a plan was started or a notice recorded. Returns for what its workflow is to be woken, if
    it is.
    """
    return unknown((await connection.execute(_RENEW, {"line": line_id, "news": news})).one())


async def renew_known(connection: AsyncConnection, line_id: int) -> None:
    """The same for the workflow of the line itself, which knows it then."""
    await connection.execute(_RENEW_KNOWN, {"line": line_id})


async def woken(connection: AsyncConnection, line_id: int, wake: Wake) -> None:
    """Record that the workflow was woken for this, unless something else is due or was added meanwhile."""
    await connection.execute(_WOKEN, {"line": line_id, "due": wake.due_at, "of_news": wake.news})


async def unwoken(connection: AsyncConnection, at_most: int, after: int = 0) -> list[Unwoken]:
    """Lines whose workflow is to be woken, by id."""
    rows = await connection.execute(_UNWOKEN, {"at_most": at_most, "after": after})
    return [Unwoken(EsimLineKey(row.id, row.account_id), Wake(row.due_at, row.news)) for row in rows]
