"""What became of many orders, requests and notifications that were held and told to go on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, String, any_, bindparam, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from models.lifecycle import OPEN
from models.qr import RequestStatus
from store import holds
from store.event_table import EventRow
from store.hold_subjects import kind_of
from store.hold_table import HoldRow
from store.qr_tables import QrNotificationRow, QrRequestRow
from store.tables import OrderRow

_DONE = (
    *("mail.sent", "mail.given_up", "notification.given_up"),
    *("order.provider_processing", "order.processed", "order.cancelled", "qr.imported"),
)
_FAILED = ("mail.failed", "mail.uncertain")

_IDS = bindparam("ids", type_=ARRAY(String))
_ROWS = union_all(
    select(OrderRow.id, holds.of(OrderRow.id).label("holds"), OrderRow.status.in_(sorted(OPEN))).where(
        OrderRow.id == any_(_IDS)
    ),
    select(
        QrRequestRow.id,
        holds.of(QrRequestRow.id),
        QrRequestRow.status == RequestStatus.REQUESTED,
    ).where(QrRequestRow.id == any_(_IDS)),
    select(
        QrNotificationRow.id,
        holds.of(QrNotificationRow.id),
        QrNotificationRow.revoked_at.is_(None) & ~QrNotificationRow.given_up,
    ).where(QrNotificationRow.id == any_(_IDS)),
)
_LAST = select(func.coalesce(func.max(EventRow.id), 0))
_FOREMOST = EventRow.about[1]
_NEWS = select(_FOREMOST, EventRow.type).where(
    EventRow.id > bindparam("since"), any_(_IDS) == _FOREMOST, EventRow.type.in_((*_DONE, *_FAILED))
)


_HELD = select(HoldRow.workflow_id, HoldRow.reason).order_by(HoldRow.since, HoldRow.workflow_id, HoldRow.step)


@dataclass(frozen=True)
class Seen:
    """What one of them is held for, and what has happened to it since it was retried."""

    holds: frozenset[tuple[str, str, datetime]]
    reason: str | None
    """Of the oldest hold."""
    is_open: bool
    done: bool
    failed: bool


async def moment(connection: AsyncConnection) -> int:
    """The last event of all there is."""
    return int((await connection.execute(_LAST)).scalar_one())


async def look(connection: AsyncConnection, ids: Collection[str], since: int) -> dict[str, Seen]:
    """Each of these as it is now; one that the database does not know is left out."""
    known = {"ids": list(ids)}
    news: dict[str, set[str]] = {}
    for name, happened in await connection.execute(_NEWS, {**known, "since": since}):
        news.setdefault(name, set()).add(happened)
    return {
        name: Seen(
            holds=frozenset((hold.step, hold.reason, hold.since) for hold in holds.read(held)["holds"]),
            reason=holds.read(held)["held_reason"],
            is_open=is_open,
            done=not news.get(name, set()).isdisjoint(_DONE),
            failed=not news.get(name, set()).isdisjoint(_FAILED),
        )
        for name, held, is_open in await connection.execute(_ROWS, known)
    }


async def known(connection: AsyncConnection, workflow_id: str) -> Seen:
    """One of these as it is now. Raises `NotFound`."""
    seen = (await look(connection, [workflow_id], 2**62)).get(workflow_id)
    if seen is None:
        kind = kind_of(workflow_id)
        name = {"qr_request": "request"}.get(kind.name, kind.name) if kind else "workflow"
        raise NotFound.because(f"unknown_{name}", f"There is no {name} {workflow_id}.")
    return seen


async def held(connection: AsyncConnection) -> dict[str, list[str]]:
    """All that is held, and for what, oldest first."""
    found: dict[str, list[str]] = {}
    for name, reason in await connection.execute(_HELD):
        found.setdefault(name, []).append(reason)
    return found
