"""When something of travel eSIMs is due next (see `store.operations.due_times`)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import DateTime, Select, String, cast, func, null, select, union_all

from models.travel.reports import LAPSES_SOON
from store.travel.line_tables import EsimLineRow, PlanAssignmentRow
from store.travel.tables import TravelStockRow

_NO_WORKFLOW = cast(null(), String)
"""The sweep looks for these."""


def lines(_: Any) -> Select[*tuple[Any, ...]]:
    """The next end of a plan, or notice, of an eSIM line."""
    name = func.concat("travel-line-", EsimLineRow.id)
    return select(EsimLineRow.due_at, name).where(EsimLineRow.due_at.is_not(None))


def lapses(_: Any) -> Select[*tuple[Any, ...]]:
    """When a queued plan lapses, and when the subscriber is notified of it before."""
    queued = PlanAssignmentRow.started_at.is_(None), PlanAssignmentRow.closed_at.is_(None)
    at = PlanAssignmentRow.lapses_at
    both = union_all(
        select(at.label("at")).where(*queued), select((at - LAPSES_SOON).label("at")).where(*queued)
    ).subquery()
    return select(both.c.at, _NO_WORKFLOW)


def stock(_: Any) -> Select[*tuple[Any, ...]]:
    """When a free eSIM of the stock has ended: the day after its last one, in UTC."""
    after = cast(TravelStockRow.ends_on, DateTime) + timedelta(days=1)
    return select(func.timezone("UTC", after), _NO_WORKFLOW).where(
        TravelStockRow.ends_on.is_not(None), TravelStockRow.order_id.is_(None)
    )
