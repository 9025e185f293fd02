"""The outcome of retries: what has happened to held orders, requests and notifications since."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, CompoundSelect, Select, String, any_, bindparam, func, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import RequestStatus
from models.errors import NotFound
from models.operations.jobs import OF_TRAVEL
from models.orders.lifecycle import OPEN
from models.people.callers import Scope
from store.codes.tables import QrNotificationRow, QrRequestRow
from store.event_table import EventRow
from store.licences import change_rows, requests
from store.licences.tables import LicenceRequestRow, NumberChangeRow
from store.operations import holds, job_steps
from store.operations.held_views import of_travel
from store.operations.hold_subjects import kind_of
from store.operations.job_tables import JobRow
from store.operations.tables import HoldRow
from store.orders import follow_ups
from store.orders.tables import OrderRow
from store.people.sign_in_tables import UserMailRow
from store.scopes import travel_esim, travel_order, within
from store.travel.line_tables import EsimLineRow, TravelNoticeRow

_DONE = (
    *("mail.sent", "mail.given_up", "notification.given_up"),
    *("number_change.given_up", "licence_request.given_up", "travel_notice.given_up"),
    "user_mail.given_up",
    *("travel_line.given_up", "job.given_up"),
    *("order.provider_processing", "order.processed", "order.cancelled", "qr.imported"),
)
_FAILED = ("mail.failed", "mail.uncertain")

_IDS = bindparam("ids", type_=ARRAY(String))


def _rows(scope: Scope) -> CompoundSelect[Any]:
    revoked = QrNotificationRow.revoked_at.is_not(None)
    kinds = (
        (
            OrderRow,
            OrderRow.status.in_(sorted(OPEN)) | follow_ups.pending(OrderRow.id),
            OrderRow.distributor_id,
            travel_order(OrderRow.kind),
        ),
        (
            QrRequestRow,
            QrRequestRow.status == RequestStatus.REQUESTED,
            None,
            travel_esim(QrRequestRow.sim_id),
        ),
        (
            QrNotificationRow,
            ~revoked & ~QrNotificationRow.given_up,
            None,
            travel_esim(QrNotificationRow.sim_id),
        ),
        (NumberChangeRow, change_rows.UNFINISHED, None, None),
        (LicenceRequestRow, requests.UNFINISHED, None, None),
        (TravelNoticeRow, TravelNoticeRow.done_at.is_(None), None, true()),
        (UserMailRow, UserMailRow.done_at.is_(None), None, None),
    )
    return union_all(
        *(
            select(row.id, holds.of(row.id).label("holds"), is_open.label("is_open")).where(
                row.id == any_(_IDS),
                within(scope, row.account_id, distributor=distributor, travel=travel),
            )
            for row, is_open, distributor, travel in kinds
        ),
        _lines(scope),
        _jobs(scope),
    )


def _lines(scope: Scope) -> Select[Any]:
    """ESIM lines, whose workflows have another id than their rows."""
    work = func.replace(EsimLineRow.subject, "esim_line:", "travel-line-")
    subjects = select(func.replace(func.unnest(_IDS), "travel-line-", "esim_line:"))
    is_open = EsimLineRow.due_at.is_not(None)
    return select(work.label("id"), holds.of(work).label("holds"), is_open.label("is_open")).where(
        EsimLineRow.subject.in_(subjects), within(scope, EsimLineRow.account_id, travel=true())
    )


def _jobs(scope: Scope) -> Select[Any]:
    """Jobs, whose workflows have another id than their rows."""
    work = JobRow.workflow_id
    seen = select(work.label("id"), holds.of(work).label("holds"), job_steps.OPEN.label("is_open"))
    of_travel_ = JobRow.kind.in_(OF_TRAVEL)
    return seen.where(work == any_(_IDS), within(scope, JobRow.account_id, travel=of_travel_))


_LAST = select(func.coalesce(func.max(EventRow.id), 0))
_FOREMOST = EventRow.about[1]
_RECENT = select(_FOREMOST, EventRow.type).where(
    EventRow.id > bindparam("since"), any_(_IDS) == _FOREMOST, EventRow.type.in_((*_DONE, *_FAILED))
)


_HELD = select(HoldRow.workflow_id, HoldRow.reason).order_by(HoldRow.since, HoldRow.workflow_id, HoldRow.step)


@dataclass(frozen=True)
class Seen:
    """The holds of an order, request or notification, and what has happened to it since it was retried."""

    holds: frozenset[tuple[str, str, datetime]]
    reason: str | None
    """The reason of the oldest hold."""
    is_open: bool
    """Whether it is open; for an order that has ended, whether an e-mail or follow-up is still pending."""
    done: bool
    failed: bool


async def moment(connection: AsyncConnection) -> int:
    """The id of the newest event."""
    return int((await connection.execute(_LAST)).scalar_one())


async def look(
    connection: AsyncConnection, scope: Scope, ids: Collection[str], since: int
) -> dict[str, Seen]:
    """The present state of each; ids outside of the scope are left out."""
    known = {"ids": list(ids)}
    recent: dict[str, set[str]] = {}
    for name, happened in await connection.execute(_RECENT, {**known, "since": since}):
        recent.setdefault(name, set()).add(happened)
    rows = await connection.execute(_rows(scope), known)
    return {row.id: _seen(row, recent.get(row.id, set())) for row in rows}


async def known(connection: AsyncConnection, scope: Scope, workflow_id: str) -> Seen:
    """The present state of one. Raises `NotFound`."""
    row = (await connection.execute(_rows(scope), {"ids": [workflow_id]})).one_or_none()
    if row is None:
        raise _unknown(workflow_id)
    return _seen(row, set())


async def held(connection: AsyncConnection, scope: Scope) -> dict[str, list[str]]:
    """Everything held in the scope, with the reasons, oldest first."""
    found: dict[str, list[str]] = {}
    mine = _HELD.where(within(scope, HoldRow.account_id, travel=of_travel(HoldRow.workflow_id)))
    for name, reason in await connection.execute(mine):
        found.setdefault(name, []).append(reason)
    return found


def _seen(row: Any, recent: set[str]) -> Seen:
    held = holds.read(row.holds)
    return Seen(
        holds=frozenset((hold.step, hold.reason, hold.since) for hold in held["holds"]),
        reason=held["held_reason"],
        is_open=row.is_open,
        done=not recent.isdisjoint(_DONE),
        failed=not recent.isdisjoint(_FAILED),
    )


def _unknown(workflow_id: str) -> NotFound:
    kind = kind_of(workflow_id)
    match kind.name if kind else None:
        case "order":
            return NotFound.because("unknown_order", order=workflow_id)
        case "qr_request":
            return NotFound.because("unknown_request", request=workflow_id)
        case "qr_notification":
            return NotFound.because("unknown_notification", notification=workflow_id)
    return NotFound.because("unknown_workflow", workflow=workflow_id)
