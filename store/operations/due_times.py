"""When something is due next, by the database's clock: each subject contributes queries to `DUE_TIMES`.

A sandbox with a clock advances it from one due time to the next (`starter.operations.clock`). A new kind of
work that waits for a time adds an entry here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Select, String, case, cast, func, null, select, type_coerce, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import RequestStatus
from models.orders.lifecycle import OPEN, OrderStatus
from models.people.callers import AllAccounts
from store.codes.tables import LinkRow, QrRequestRow, QrRoundRow
from store.licences.change_rows import DUE_AT
from store.mail_table import MailRow
from store.operations.unfinished import imported
from store.orders.tables import OrderRow
from store.people.reminder_schedules import days_of
from store.reminders import silent_since
from store.travel import due_times as travel


@dataclass(frozen=True)
class RemindedAfter:
    """After how long an answer is reminded of: the settings of these names."""

    acknowledgement: timedelta
    processing: timedelta
    qr_code: timedelta
    requester_notified: timedelta


def _orders(after: RemindedAfter) -> Select[*tuple[Any, ...]]:
    """The next reminder of an open order, or its hold after the last one."""
    submitted = OrderRow.status == OrderStatus.SUBMITTED
    placed = (OrderRow.account_id, OrderRow.placed_at)
    acknowledged = func.coalesce(days_of("acknowledgement_days", *placed), after.acknowledgement)
    processed = func.coalesce(days_of("processing_days", *placed), after.processing)
    length = case((submitted, acknowledged), else_=processed)
    since = silent_since(OrderRow.status_since, MailRow.order_id == OrderRow.id)
    return select(since + length, OrderRow.id).where(OrderRow.status.in_(sorted(OPEN)))


def _requests(after: RemindedAfter) -> Select[*tuple[Any, ...]]:
    """The next reminder of an open request for a QR code, or its hold after the last one."""
    since = silent_since(QrRoundRow.at, MailRow.qr_request_id == QrRoundRow.request_id)
    days = days_of("qr_code_days", QrRequestRow.account_id, QrRequestRow.requested_at)
    return (
        select(since + func.coalesce(days, after.qr_code), QrRequestRow.id)
        .join(QrRoundRow, QrRoundRow.request_id == QrRequestRow.id)
        .where(QrRequestRow.status == RequestStatus.REQUESTED, QrRoundRow.number == QrRequestRow.round)
    )


def _imported(after: RemindedAfter) -> Select[*tuple[Any, ...]]:
    """When the requester is notified of an imported code."""
    waiting = imported(AllAccounts()).subquery()
    due = select(QrRequestRow.status_since + after.requester_notified, QrRequestRow.id)
    return due.where(QrRequestRow.id.in_(select(waiting.c.id)))


def _links(_: RemindedAfter) -> Select[*tuple[Any, ...]]:
    """The end of a link. It needs no step: from then on the link is refused."""
    return select(LinkRow.expires_at, cast(null(), String)).where(LinkRow.revoked_at.is_(None))


def _number_changes(_: RemindedAfter) -> Select[*tuple[Any, ...]]:
    """The day of a change of a number that is applied later."""
    return DUE_AT


DUE_TIMES: Mapping[str, tuple[Callable[[RemindedAfter], Select[*tuple[Any, ...]]], ...]] = {
    "orders": (_orders,),
    "codes": (_requests, _imported, _links),
    "licences": (_number_changes,),
    "travel": (travel.lines, travel.lapses, travel.stock),
}
"""By subject: queries of two columns, the time, and the workflow that is to look then, or NULL for none."""


@dataclass(frozen=True)
class Due:
    """What is due: the workflow with this id, since this time."""

    workflow_id: str
    at: datetime


async def next_time(
    connection: AsyncConnection, after: RemindedAfter, later_than: datetime
) -> datetime | None:
    """The first time later than this at which something is due; None if nothing is."""
    at = _all(after).c.at
    found: datetime | None = await connection.scalar(select(func.min(at)).where(at > later_than))
    return found


async def due(connection: AsyncConnection, after: RemindedAfter, until: datetime) -> list[Due]:
    """The workflows for which something is due until this time, each once for its latest time."""
    times = _all(after)
    at = func.max(times.c.at)
    found = await connection.execute(
        select(times.c.workflow_id, at.label("at"))
        .where(times.c.at <= until, times.c.workflow_id.is_not(None))
        .group_by(times.c.workflow_id)
        .order_by(at, times.c.workflow_id)
    )
    return [Due(row.workflow_id, row.at) for row in found]


def _all(after: RemindedAfter) -> Any:
    queries = [query(after) for subject in DUE_TIMES.values() for query in subject]
    found = union_all(*queries).subquery()
    at, workflow_id = found.c
    at_time = type_coerce(at, DateTime(timezone=True))
    return select(at_time.label("at"), workflow_id.label("workflow_id")).subquery()
