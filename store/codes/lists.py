"""Lists requests for QR codes, and notifications of codes, page by page (A6)."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, literal_column, select, union
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.codes.requests import NotificationView, QrRequestView, RequestStatus
from models.paging import Page, Wanted
from models.people.callers import Scope
from store.codes import notifications, request_views
from store.codes.tables import QrNotificationRow, QrRequestRow
from store.operations import holds, not_sent
from store.paging import Keys

_NEWEST_REQUESTS = Keys(QrRequestRow.requested_at, QrRequestRow.id, descending=True)
_NEWEST_NOTIFICATIONS = Keys(QrNotificationRow.created_at, QrNotificationRow.id, descending=True)
_REQUESTED = aliased(QrRequestRow)
_OPEN = union(
    # as a literal, for the partial index of open requests
    select(_REQUESTED.id).where(_REQUESTED.status == literal_column(f"'{RequestStatus.REQUESTED}'")),
    holds.held_of("qr-request-"),
)
"""Few of many: they are collected first, instead of asking each request of the list."""
_WAITING = union(holds.held_of("qr-notification-"), select(not_sent.ALL.c.subject_id))


@dataclass(frozen=True)
class Chosen:
    """Which records of a list are chosen."""

    sim_id: int | None = None
    status: RequestStatus | None = None
    """Of requests."""
    open_only: bool = False
    held: bool = False


def is_open() -> ColumnElement[bool]:
    """Whether a request has not ended, or is held all the same."""
    return QrRequestRow.id.in_(_OPEN)


def waits() -> ColumnElement[bool]:
    """Whether a notification is held, or its e-mail has not been sent yet."""
    return QrNotificationRow.id.in_(_WAITING)


async def requests(
    connection: AsyncConnection, scope: Scope, chosen: Chosen, wanted: Wanted
) -> Page[QrRequestView]:
    """Requests, newest first."""
    statement = request_views.selected(scope)
    if chosen.sim_id is not None:
        statement = statement.where(QrRequestRow.sim_id == chosen.sim_id)
    if chosen.status is not None:
        statement = statement.where(QrRequestRow.status == chosen.status)
    if chosen.open_only:
        statement = statement.where(is_open())
    if chosen.held:
        statement = statement.where(QrRequestRow.id.in_(holds.held_of("qr-request-")))
    return (await _NEWEST_REQUESTS.page(connection, statement, wanted)).of(request_views.view)


async def notifications_of(
    connection: AsyncConnection, scope: Scope, chosen: Chosen, wanted: Wanted
) -> Page[NotificationView]:
    """Notifications, newest first; with `open_only` those that are held or have not been sent yet."""
    statement = notifications.selected(scope)
    if chosen.sim_id is not None:
        statement = statement.where(QrNotificationRow.sim_id == chosen.sim_id)
    if chosen.open_only:
        statement = statement.where(waits())
    if chosen.held:
        statement = statement.where(QrNotificationRow.id.in_(holds.held_of("qr-notification-")))
    return (await _NEWEST_NOTIFICATIONS.page(connection, statement, wanted)).of(notifications.view)
