"""Which orders are late, and which have become an incident: conditions of lists of orders."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Interval, and_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import array

from models.orders.lifecycle import OrderStatus
from store.event_table import EventRow
from store.orders.tables import OPEN_STATUSES, OrderRow
from store.row import constants, now

PROCESSED_AFTER_CANCELLED = "incident.processed_after_cancelled"
_STATUSES = (OrderStatus.SUBMITTED, OrderStatus.PROVIDER_PROCESSING)


def late() -> ColumnElement[bool]:
    """The condition that an open order has been in its status for longer than until the first reminder; its
    parameters are those of `periods`.
    """
    each = (
        and_(
            OrderRow.status.in_(constants([status])),
            OrderRow.status_since < now() - bindparam(f"late_{status.value}", type_=Interval),
        )
        for status in _STATUSES
    )
    return and_(OrderRow.status.in_(OPEN_STATUSES), OrderRow.distributor_id.is_not(None), or_(*each))


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
