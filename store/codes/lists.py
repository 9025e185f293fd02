"""Lists requests for QR codes, and notifications of codes, page by page (A6)."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, literal_column, select, union
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.codes.requests import NotificationView, QrRequestView, RequestStatus
from models.paging import Page, Wanted
from models.people.callers import Scope
from store.codes import notifications, request_views
from store.codes.tables import QrNotificationRow, QrRequestRow
from store.operations import holds, not_sent
from store.paging import Keys, built_once
from store.scopes import shaped

_NEWEST_REQUESTS = Keys(QrRequestRow.requested_at, QrRequestRow.id, descending=True)
_NEWEST_NOTIFICATIONS = Keys(QrNotificationRow.created_at, QrNotificationRow.id, descending=True)
_OF_SIM = bindparam("sim", type_=BigInteger)
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
    shape, known = shaped(scope)
    statement = _requests(shape, replace(chosen, sim_id=chosen.sim_id and 0))
    page = await _NEWEST_REQUESTS.page(connection, statement, wanted, {**known, "sim": chosen.sim_id})
    return page.of(request_views.view)


@built_once
def _requests(scope: Scope, chosen: Chosen) -> Select[*tuple[Any, ...]]:
    conditions = (
        (chosen.sim_id is not None, QrRequestRow.sim_id == _OF_SIM),
        (chosen.status is not None, QrRequestRow.status == chosen.status),
        (chosen.open_only, is_open()),
        (chosen.held, QrRequestRow.id.in_(holds.held_of("qr-request-"))),
    )
    statement = request_views.selected(scope)
    return statement.where(*(condition for wanted, condition in conditions if wanted))


async def notifications_of(
    connection: AsyncConnection, scope: Scope, chosen: Chosen, wanted: Wanted
) -> Page[NotificationView]:
    """Notifications, newest first; with `open_only` those that are held or have not been sent yet."""
    shape, known = shaped(scope)
    statement = _notifications(shape, replace(chosen, sim_id=chosen.sim_id and 0))
    page = await _NEWEST_NOTIFICATIONS.page(connection, statement, wanted, {**known, "sim": chosen.sim_id})
    return page.of(notifications.view)


@built_once
def _notifications(scope: Scope, chosen: Chosen) -> Select[*tuple[Any, ...]]:
    conditions = (
        (chosen.sim_id is not None, QrNotificationRow.sim_id == _OF_SIM),
        (chosen.open_only, waits()),
        (chosen.held, QrNotificationRow.id.in_(holds.held_of("qr-notification-"))),
    )
    statement = notifications.selected(scope)
    return statement.where(*(condition for wanted, condition in conditions if wanted))
