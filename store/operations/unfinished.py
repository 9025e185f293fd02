"""Finds everything that must have a running workflow, in the database alone: Temporal's data may be lost."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import RequestStatus
from models.fleet.inventory import SimState
from models.orders.lifecycle import OPEN
from models.people.callers import AllAccounts, Scope
from store.codes.notifications import NOTIFIED, OFFERED_BY
from store.codes.tables import QrNotificationRow, QrRequestRow, QrVersionRow
from store.fleet.tables import SimRow
from store.licences import change_rows, requests
from store.licences.tables import LicenceRequestRow, NumberChangeRow
from store.mail_table import MailRow
from store.operations import job_steps
from store.operations.hold_subjects import kind_of
from store.operations.job_tables import JobRow
from store.operations.tables import HoldRow
from store.orders.tables import FollowUpRow, OrderRow
from store.people.sign_in_tables import UserMailRow
from store.scopes import within
from store.travel import notices as travel_notices
from store.travel.line_tables import EsimLineRow, TravelNoticeRow


@dataclass(frozen=True)
class Waiting:
    """Something that is not finished. `kind`: a name of `store.operations.hold_subjects.KINDS`."""

    id: str
    kind: str


def _orders(scope: Scope) -> Select[Any]:
    """Open orders, and ended ones with a pending e-mail, withdrawal or follow-up."""
    pending = select(FollowUpRow.order_id).where(FollowUpRow.done_at.is_(None))
    unfinished = or_(OrderRow.status.in_(sorted(OPEN)), OrderRow.id.in_(pending))
    return _of(OrderRow.id, OrderRow.placed_at, scope, OrderRow.account_id).where(unfinished)


def _requests(scope: Scope) -> Select[Any]:
    """Open requests."""
    is_open = QrRequestRow.status == RequestStatus.REQUESTED
    return _of(QrRequestRow.id, QrRequestRow.requested_at, scope, QrRequestRow.account_id).where(is_open)


def imported(scope: Scope) -> Select[Any]:
    """Requests whose code is imported and whose requester is still to be notified. The workflow of the
    request does that, so `_notifications` leaves its notification out.
    """
    own = and_(QrNotificationRow.version_id == QrVersionRow.id, QrNotificationRow.created_by == OFFERED_BY)
    due = or_(exists().where(own, _unsent()), and_(~exists().where(own), ~NOTIFIED))
    return (
        _of(QrRequestRow.id, QrRequestRow.requested_at, scope, QrRequestRow.account_id)
        .join(QrVersionRow, and_(QrVersionRow.request_id == QrRequestRow.id, QrVersionRow.current))
        .join(SimRow, SimRow.id == QrRequestRow.sim_id)
        .where(
            QrRequestRow.status == RequestStatus.IMPORTED,
            SimRow.state != SimState.DISCARDED,
            due,
        )
    )


def _notifications(scope: Scope) -> Select[Any]:
    """Notifications that are neither sent, nor revoked, nor given up."""
    by_itself = QrNotificationRow.created_by != OFFERED_BY
    found = _of(QrNotificationRow.id, QrNotificationRow.created_at, scope, QrNotificationRow.account_id)
    return found.where(by_itself, _unsent())


def _number_changes(scope: Scope) -> Select[Any]:
    """Changes that are due later, and those whose provider is still to be notified."""
    found = _of(NumberChangeRow.id, NumberChangeRow.requested_at, scope, NumberChangeRow.account_id)
    return found.where(change_rows.UNFINISHED)


def _licence_requests(scope: Scope) -> Select[Any]:
    """Requests for licences of which the owners are still to be notified."""
    found = _of(LicenceRequestRow.id, LicenceRequestRow.at, scope, LicenceRequestRow.account_id)
    return found.where(requests.UNFINISHED)


def _travel_notices(scope: Scope) -> Select[Any]:
    """Notices to the staff that are still to be sent; those to subscribers are their lines' work."""
    found = _of(TravelNoticeRow.id, TravelNoticeRow.due_since, scope, TravelNoticeRow.account_id)
    return found.where(travel_notices.UNFINISHED_OF_STAFF)


def _user_mails(scope: Scope) -> Select[Any]:
    """Invitations and links to another password that are still to be sent."""
    found = _of(UserMailRow.id, UserMailRow.created_at, scope, UserMailRow.account_id)
    return found.where(UserMailRow.done_at.is_(None))


def _travel_lines(scope: Scope) -> Select[Any]:
    """ESIM lines of which something is due: a plan that ends, or a notice that is not sent yet."""
    name = func.concat("travel-line-", EsimLineRow.id)
    return _of(name, EsimLineRow.due_at, scope, EsimLineRow.account_id).where(EsimLineRow.due_at.is_not(None))


def _jobs(scope: Scope) -> Select[Any]:
    """Jobs that have not ended."""
    return _of(JobRow.workflow_id, JobRow.created_at, scope, JobRow.account_id).where(job_steps.OPEN)


def _held(scope: Scope) -> Select[Any]:
    """Everything else that is held: if its workflow is lost, restarting it removes the obsolete hold."""
    found = _of(HoldRow.workflow_id, func.min(HoldRow.since), scope, HoldRow.account_id)
    return found.group_by(HoldRow.workflow_id)


_KINDS: dict[str, tuple[Callable[[Scope], Select[Any]], ...]] = {
    "order": (_orders,),
    "qr_request": (_requests, imported),
    "qr_notification": (_notifications,),
    "number_change": (_number_changes,),
    "licence_request": (_licence_requests,),
    "travel_notice": (_travel_notices,),
    "user_mail": (_user_mails,),
    "travel_line": (_travel_lines,),
    "job": (_jobs,),
}
"""The queries for unfinished work of each kind; `_held` finds all kinds."""


async def waiting(connection: AsyncConnection, scope: Scope) -> list[Waiting]:
    """All unfinished work in the scope, oldest first. Each must have a running workflow."""
    found = union_all(*(find(scope) for kind in _KINDS.values() for find in kind), _held(scope)).subquery()
    ordered = select(found.c.id).group_by(found.c.id).order_by(func.min(found.c.since), found.c.id)
    kinds = ((name, kind_of(name)) for name in await connection.scalars(ordered))
    return [Waiting(name, kind.name) for name, kind in kinds if kind]


async def requester_waits(connection: AsyncConnection, request_id: str) -> bool:
    """Whether the requester is still to be notified of the code that was imported for this request."""
    return await connection.scalar(imported(AllAccounts()).where(QrRequestRow.id == request_id)) is not None


def _of(name: Any, since: Any, scope: Scope, account: Any) -> Select[Any]:
    return select(name.label("id"), since.label("since")).where(within(scope, account))


def _unsent() -> ColumnElement[bool]:
    sent = exists().where(MailRow.qr_notification_id == QrNotificationRow.id, MailRow.state == "sent")
    return and_(QrNotificationRow.revoked_at.is_(None), ~QrNotificationRow.given_up, ~sent)
