"""Lists the requests of all SIMs, together with notifications that are held or not sent yet."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import QrWaitingView
from models.paging import Page, Wanted
from models.people.callers import Scope
from store.codes import lists
from store.codes.tables import QrNotificationRow, QrRequestRow
from store.operations import holds, not_sent
from store.operations.tables import HoldRow
from store.paging import Keys
from store.people.tables import AccountRow
from store.scopes import travel_esim, within

_NOTIFICATION = "notification"
NEWEST = Wanted(100)


async def waiting(
    connection: AsyncConnection,
    scope: Scope,
    *,
    open_only: bool = False,
    held: bool = False,
    wanted: Wanted = NEWEST,
) -> Page[QrWaitingView]:
    """Requests, and notifications that are held or not sent yet, newest first; with `held` only held ones."""
    of_request, of_notification = travel_esim(QrRequestRow.sim_id), travel_esim(QrNotificationRow.sim_id)
    requests = _requests().where(within(scope, QrRequestRow.account_id, travel=of_request))
    notifications = _notifications().where(
        within(scope, QrNotificationRow.account_id, travel=of_notification)
    )
    if open_only:
        requests = requests.where(lists.is_open())
    waits = lists.waits()
    if held:
        waits = holds.is_held(QrNotificationRow.id)
        requests = requests.where(holds.is_held(QrRequestRow.id))
    notifications = notifications.where(waits)
    both = union_all(requests, notifications).subquery()
    newest_first = Keys(both.c.made, both.c.id, descending=True)
    return (await newest_first.page(connection, select(both), wanted)).of(_view)


async def held_count(connection: AsyncConnection, scope: Scope) -> int:
    """The number of held requests and notifications."""
    held = select(func.count(HoldRow.workflow_id.distinct())).where(
        HoldRow.workflow_id.startswith("qr-"), within(scope, HoldRow.account_id, travel=_held_of_travel())
    )
    return int((await connection.execute(held)).scalar_one())


def _held_of_travel() -> ColumnElement[bool]:
    """Whether what is held is about the code of a travel eSIM."""
    of_travel = (
        select(row.id).where(travel_esim(row.sim_id)).correlate(None)
        for row in (QrRequestRow, QrNotificationRow)
    )
    return HoldRow.workflow_id.in_(union_all(*of_travel))


def _view(row: Any) -> QrWaitingView:
    known = {name: row._mapping[name] for name in QrWaitingView.model_fields if name in row._mapping}
    held = holds.read(row.holds)
    waiting = {"not_sent": not_sent.read(row.not_sent), "since": held["held_since"] or row.since}
    return QrWaitingView(**known | held | waiting)


def _requests() -> Select[*tuple[Any, ...]]:
    return select(
        QrRequestRow.id,
        AccountRow.name.label("account"),
        QrRequestRow.sim_id,
        QrRequestRow.status,
        holds.of(QrRequestRow.id).label("holds"),
        not_sent.of(QrRequestRow.id).label("not_sent"),
        QrRequestRow.status_since.label("since"),
        QrRequestRow.round,
        func.concat("user:", QrRequestRow.requested_by).label("requested_by"),
        QrRequestRow.requested_at.label("made"),
    ).join(AccountRow, AccountRow.id == QrRequestRow.account_id)


def _notifications() -> Select[*tuple[Any, ...]]:
    return select(
        QrNotificationRow.id,
        AccountRow.name.label("account"),
        QrNotificationRow.sim_id,
        literal(_NOTIFICATION).label("status"),
        holds.of(QrNotificationRow.id).label("holds"),
        not_sent.of(QrNotificationRow.id).label("not_sent"),
        QrNotificationRow.created_at.label("since"),
        null().label("round"),
        QrNotificationRow.created_by.label("requested_by"),
        QrNotificationRow.created_at.label("made"),
    ).join(AccountRow, AccountRow.id == QrNotificationRow.account_id)
