"""Reads the dashboard: counts that stop at a thousand, and the orders that ended in the last days (P12)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Select, cast, func, literal_column, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import RequestStatus
from models.operations.dashboard import DAYS, MOST_ENDED, Dashboard, Day, WaitingWork
from models.orders.lifecycle import OrderStatus
from models.people.callers import Scope
from store.codes.tables import QrRequestRow
from store.orders import conditions
from store.orders.scope import mine
from store.orders.tables import OrderRow
from store.paging import built_once, most, up_to
from store.row import constants, now
from store.scopes import shaped, within

_ENDED = (OrderStatus.PROCESSED, OrderStatus.CANCELLED)
_OPEN_REQUEST = QrRequestRow.status.in_(constants([RequestStatus.REQUESTED]))


async def dashboard(
    connection: AsyncConnection, scope: Scope, late_after: Mapping[OrderStatus, timedelta]
) -> Dashboard:
    """The dashboard of this scope. `late_after`: how long an order may be in a status until it is late."""
    shape, known = shaped(scope)
    row = (await connection.execute(_waiting(shape), {**known, **conditions.periods(late_after)})).one()
    ended = (await connection.execute(_ended(shape), known)).all()
    return Dashboard(
        now=row.now,
        submitted=WaitingWork(row.submitted, row.submitted_late, row.submitted_since),
        processing=WaitingWork(row.processing, row.processing_late, row.processing_since),
        codes=WaitingWork(row.codes, since=row.codes_since),
        days=_days(row.now, {(each.day, each.status): each.number for each in ended}),
    )


def _days(present: datetime, counts: Mapping[tuple[date, str], int]) -> tuple[Day, ...]:
    today = present.date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    return tuple(Day(day, *(counts.get((day, status), 0) for status in _ENDED)) for day in days)


@built_once
def _waiting(scope: Scope) -> Select[*tuple[Any, ...]]:
    columns: list[Any] = [now().label("now")]
    for name, status in (
        ("submitted", OrderStatus.SUBMITTED),
        ("processing", OrderStatus.PROVIDER_PROCESSING),
    ):
        orders = select(OrderRow.id).where(mine(scope), OrderRow.status.in_(constants([status])))
        oldest = orders.with_only_columns(func.min(OrderRow.status_since))
        columns += [
            up_to(orders).label(name),
            up_to(orders.where(conditions.late())).label(f"{name}_late"),
            oldest.scalar_subquery().label(f"{name}_since"),
        ]
    sims = within(scope, QrRequestRow.account_id, sim=QrRequestRow.sim_id)
    requests = select(QrRequestRow.id).where(sims, _OPEN_REQUEST)
    oldest_request = requests.with_only_columns(func.min(QrRequestRow.requested_at))
    columns += [up_to(requests).label("codes"), oldest_request.scalar_subquery().label("codes_since")]
    return select(*columns)


@built_once
def _ended(scope: Scope) -> Select[*tuple[Any, ...]]:
    """How many orders ended how on which day: of each end the newest are counted."""
    begin = func.date_trunc("day", now(), "UTC") - literal_column(f"interval '{DAYS - 1} days'")
    parts = []
    for status in _ENDED:
        newest = (
            select(OrderRow.status, OrderRow.status_since)
            .where(mine(scope), OrderRow.status.in_(constants([status])), OrderRow.status_since >= begin)
            .order_by(OrderRow.status_since.desc())
            .limit(most(MOST_ENDED))
            .subquery()
        )
        parts.append(select(newest.c.status, newest.c.status_since))
    each = union_all(*parts).subquery()
    day = cast(func.timezone("UTC", each.c.status_since), Date).label("day")
    return select(day, each.c.status, func.count().label("number")).group_by(day, each.c.status)
