"""When something of an eSIM line's plans is due next, and whether its workflow knows.

`due_at` is the earliest of the ends of its running plans and of the notices that are not sent yet. Whatever
is added to these has to wake the workflow; what is taken away need not: it asks again when it wakes.
"""

from datetime import datetime

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
    )
    .returning(EsimLineRow.due_at, EsimLineRow.woken_for)
)
_RENEW_KNOWN = update(EsimLineRow).where(_ONE).values(due_at=_DUE, woken_for=_DUE)
_WOKEN = (
    update(EsimLineRow)
    .where(_ONE, EsimLineRow.due_at == bindparam("due"))
    .values(woken_for=EsimLineRow.due_at)
)
UNWOKEN = and_(EsimLineRow.due_at.is_not(None), EsimLineRow.due_at.is_distinct_from(EsimLineRow.woken_for))
"""Whether the workflow of a line is to be woken."""
_UNFINISHED = select(EsimLineRow.id, EsimLineRow.account_id).where(
    EsimLineRow.subject == func.replace(bindparam("work"), "travel-line-", "esim_line:"),
    EsimLineRow.due_at.is_not(None),
)
_UNWOKEN = (
    select(EsimLineRow.id, EsimLineRow.account_id, EsimLineRow.due_at)
    .where(UNWOKEN)
    .order_by(EsimLineRow.due_at, EsimLineRow.id)
    .limit(bindparam("at_most"))
)


async def unfinished(connection: AsyncConnection, workflow_id: str) -> EsimLineKey | None:
    """The eSIM line of this workflow, if anything of it is due now or later."""
    row = (await connection.execute(_UNFINISHED, {"work": workflow_id})).one_or_none()
    return EsimLineKey(*row) if row else None


async def renew(connection: AsyncConnection, line_id: int, *, news: bool) -> datetime | None:
    """Set when something of the line is due next, after its plans or notices have changed; the line is
    locked. `news`: a plan was started or a notice recorded. Returns that moment if the workflow of the line
    is to be woken for it.
    """
    row = (await connection.execute(_RENEW, {"line": line_id, "news": news})).one()
    due: datetime | None = row.due_at
    return due if due != row.woken_for else None


async def renew_known(connection: AsyncConnection, line_id: int) -> None:
    """The same for the workflow of the line itself, which knows it then."""
    await connection.execute(_RENEW_KNOWN, {"line": line_id})


async def woken(connection: AsyncConnection, line_id: int, due: datetime) -> None:
    """Record that the workflow was woken for this moment, unless something else is due meanwhile."""
    await connection.execute(_WOKEN, {"line": line_id, "due": due})


async def unwoken(connection: AsyncConnection, at_most: int) -> list[tuple[int, int, datetime]]:
    """Lines whose workflow is to be woken: their ids and accounts, and for when."""
    rows = await connection.execute(_UNWOKEN, {"at_most": at_most})
    return [(row.id, row.account_id, row.due_at) for row in rows]
