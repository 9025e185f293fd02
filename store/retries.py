"""What became of many orders, requests and notifications that were held and told to go on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, String, any_, bindparam, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from models.lifecycle import OPEN
from models.qr import RequestStatus
from store.qr_tables import QrEventRow, QrNotificationRow, QrRequestRow
from store.tables import OrderEventRow, OrderRow

_DONE = (
    *("mail.sent", "mail.given_up", "notification.given_up"),
    *("order.provider_processing", "order.processed", "order.cancelled", "qr.imported"),
)
_FAILED = ("mail.failed", "mail.uncertain")

_IDS = bindparam("ids", type_=ARRAY(String))
_ROWS = union_all(
    select(OrderRow.id, OrderRow.held_reason, OrderRow.held_since, OrderRow.status.in_(sorted(OPEN))).where(
        OrderRow.id == any_(_IDS)
    ),
    select(
        QrRequestRow.id,
        QrRequestRow.held_reason,
        QrRequestRow.held_since,
        QrRequestRow.status == RequestStatus.REQUESTED,
    ).where(QrRequestRow.id == any_(_IDS)),
    select(
        QrNotificationRow.id,
        QrNotificationRow.held_reason,
        QrNotificationRow.held_since,
        QrNotificationRow.revoked_at.is_(None) & ~QrNotificationRow.given_up,
    ).where(QrNotificationRow.id == any_(_IDS)),
)
_LAST = select(
    select(func.coalesce(func.max(OrderEventRow.id), 0)).scalar_subquery().label("order"),
    select(func.coalesce(func.max(QrEventRow.id), 0)).scalar_subquery().label("qr"),
)
_ABOUT_QR = func.coalesce(QrEventRow.notification_id, QrEventRow.request_id)
_NEWS = union_all(
    select(OrderEventRow.order_id, OrderEventRow.type).where(
        OrderEventRow.id > bindparam("order"),
        OrderEventRow.order_id == any_(_IDS),
        OrderEventRow.type.in_((*_DONE, *_FAILED)),
    ),
    select(_ABOUT_QR, QrEventRow.type).where(
        QrEventRow.id > bindparam("qr"),
        any_(_IDS) == _ABOUT_QR,
        QrEventRow.type.in_((*_DONE, *_FAILED)),
    ),
)


@dataclass(frozen=True)
class Seen:
    """What one of them is held for, and what has happened to it since it was retried."""

    held_reason: str | None
    held_since: datetime | None
    is_open: bool
    done: bool
    failed: bool


@dataclass(frozen=True)
class Moment:
    """How far the stories were when the retries began."""

    order: int
    qr: int


async def moment(connection: AsyncConnection) -> Moment:
    """The last event of all there is."""
    row = (await connection.execute(_LAST)).one()
    return Moment(order=row.order, qr=row.qr)


async def look(connection: AsyncConnection, ids: Collection[str], since: Moment) -> dict[str, Seen]:
    """Each of these as it is now; one that the database does not know is left out."""
    known = {"ids": list(ids)}
    news: dict[str, set[str]] = {}
    for name, happened in await connection.execute(_NEWS, {**known, "order": since.order, "qr": since.qr}):
        news.setdefault(name, set()).add(happened)
    return {
        name: Seen(
            held_reason=reason,
            held_since=held_since,
            is_open=is_open,
            done=not news.get(name, set()).isdisjoint(_DONE),
            failed=not news.get(name, set()).isdisjoint(_FAILED),
        )
        for name, reason, held_since, is_open in await connection.execute(_ROWS, known)
    }
