"""Requests of all SIMs in one list, with the notifications that wait for a person."""

from typing import Any

from sqlalchemy import Select, func, literal, null, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from models.callers import Scope
from models.qr import QrWaitingView, RequestStatus
from store.qr_tables import QrNotificationRow, QrRequestRow
from store.scopes import within
from store.tables import AccountRow

_NOTIFICATION = "notification"


async def waiting(
    connection: AsyncConnection,
    scope: Scope,
    *,
    open_only: bool = False,
    held: bool = False,
    limit: int = 100,
) -> list[QrWaitingView]:
    """Requests, newest first, and held notifications among them; with `held` only those that are held."""
    requests = _requests().where(within(scope, QrRequestRow.account_id))
    notifications = _notifications().where(within(scope, QrNotificationRow.account_id))
    if open_only:
        requests = requests.where(
            or_(QrRequestRow.status == RequestStatus.REQUESTED, QrRequestRow.held_reason.is_not(None))
        )
    if held:
        requests = requests.where(QrRequestRow.held_reason.is_not(None))
    both = union_all(requests, notifications).subquery()
    newest_first = select(both).order_by(both.c.made.desc(), both.c.id).limit(limit)
    return [
        QrWaitingView(**{name: row._mapping[name] for name in QrWaitingView.model_fields})
        for row in await connection.execute(newest_first)
    ]


async def held_count(connection: AsyncConnection, scope: Scope) -> int:
    """How many requests and notifications wait for a person."""
    counts = [
        select(func.count())
        .select_from(row)
        .where(row.held_reason.is_not(None), within(scope, row.account_id))
        .scalar_subquery()
        for row in (QrRequestRow, QrNotificationRow)
    ]
    return int((await connection.execute(select(counts[0] + counts[1]))).scalar_one())


def _requests() -> Select[*tuple[Any, ...]]:
    return select(
        QrRequestRow.id,
        AccountRow.name.label("account"),
        QrRequestRow.sim_id,
        QrRequestRow.status,
        QrRequestRow.held_reason,
        func.coalesce(QrRequestRow.held_since, QrRequestRow.status_since).label("since"),
        QrRequestRow.round,
        func.concat("user:", QrRequestRow.requested_by).label("requested_by"),
        QrRequestRow.requested_at.label("made"),
    ).join(AccountRow, AccountRow.id == QrRequestRow.account_id)


def _notifications() -> Select[*tuple[Any, ...]]:
    return (
        select(
            QrNotificationRow.id,
            AccountRow.name.label("account"),
            QrNotificationRow.sim_id,
            literal(_NOTIFICATION).label("status"),
            QrNotificationRow.held_reason,
            QrNotificationRow.held_since.label("since"),
            null().label("round"),
            QrNotificationRow.created_by.label("requested_by"),
            QrNotificationRow.created_at.label("made"),
        )
        .join(AccountRow, AccountRow.id == QrNotificationRow.account_id)
        .where(QrNotificationRow.held_reason.is_not(None))
    )
