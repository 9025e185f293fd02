"""Which orders are late, and which have become an incident: conditions of lists of orders."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Interval, and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import array

from models.orders.lifecycle import OrderStatus
from store.event_table import EventRow
from store.orders.tables import OPEN_STATUSES, OrderRow
from store.people import reminder_schedules
from store.row import constants, now

PROCESSED_AFTER_CANCELLED = "incident.processed_after_cancelled"
_CHOSEN = {
    OrderStatus.SUBMITTED: "acknowledgement_days",
    OrderStatus.PROVIDER_PROCESSING: "processing_days",
}


def late() -> ColumnElement[bool]:
    """The condition that an open order has been in its status for longer than until the first reminder, as
    its account had chosen when it was placed, else as the parameters say, which are those of `periods`.
    """
    each = (
        and_(OrderRow.status.in_(constants([status])), OrderRow.status_since < now() - _allowed(status))
        for status in _CHOSEN
    )
    return and_(OrderRow.status.in_(OPEN_STATUSES), OrderRow.distributor_id.is_not(None), or_(*each))


def _allowed(status: OrderStatus) -> ColumnElement[Any]:
    chosen = reminder_schedules.days_of(_CHOSEN[status], OrderRow.account_id, OrderRow.placed_at)
    allowed: ColumnElement[Any] = func.coalesce(chosen, bindparam(f"late_{status.value}", type_=Interval))
    return allowed


def periods(late_after: Mapping[OrderStatus, timedelta]) -> dict[str, Any]:
    """How long an order may be in a status, as the parameters of the condition."""
    return {f"late_{status.value}": after for status, after in late_after.items()}


def incident() -> ColumnElement[bool]:
    """The condition that an order was processed after it was cancelled."""
    kept = select(EventRow.id).where(
        EventRow.about.contains(array([OrderRow.id])),
        EventRow.type.in_(constants([PROCESSED_AFTER_CANCELLED])),
    )
    # only a cancelled order can have one: the events of other orders are not read
    return and_(OrderRow.status == OrderStatus.CANCELLED, kept.exists())
