"""What must have a running workflow, found in the database alone: also when Temporal's data is lost."""

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
from store.mail_table import MailRow
from store.operations.hold_subjects import kind_of
from store.operations.tables import HoldRow
from store.orders.tables import FollowUpRow, OrderRow
from store.scopes import within


@dataclass(frozen=True)
class Waiting:
    """Something that is not finished. `kind`: order, qr_request or qr_notification."""

    id: str
    kind: str


def _orders(scope: Scope) -> Select[Any]:
    """Open ones, and those that have ended and owe an e-mail, a withdrawal or a follow-up."""
    owing = select(FollowUpRow.order_id).where(FollowUpRow.done_at.is_(None))
    unfinished = or_(OrderRow.status.in_(sorted(OPEN)), OrderRow.id.in_(owing))
    return _of(OrderRow.id, OrderRow.placed_at, scope, OrderRow.account_id).where(unfinished)


def _requests(scope: Scope) -> Select[Any]:
    """Open ones."""
    is_open = QrRequestRow.status == RequestStatus.REQUESTED
    return _of(QrRequestRow.id, QrRequestRow.requested_at, scope, QrRequestRow.account_id).where(is_open)


def _imported(scope: Scope) -> Select[Any]:
    """Those whose code is there, and whose requester is still to be notified of it: by the request's own
    workflow, so its notification is not looked for among the others.
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
    """Those that are neither sent, nor revoked, nor given up."""
    by_itself = QrNotificationRow.created_by != OFFERED_BY
    found = _of(QrNotificationRow.id, QrNotificationRow.created_at, scope, QrNotificationRow.account_id)
    return found.where(by_itself, _unsent())


def _held(scope: Scope) -> Select[Any]:
    """Whatever else is recorded as held: where its workflow is gone, so is the reason."""
    found = _of(HoldRow.workflow_id, func.min(HoldRow.since), scope, HoldRow.account_id)
    return found.group_by(HoldRow.workflow_id)


_KINDS: dict[str, tuple[Callable[[Scope], Select[Any]], ...]] = {
    "order": (_orders,),
    "qr_request": (_requests, _imported),
    "qr_notification": (_notifications,),
}
"""What is unfinished of each kind; `_held` finds all kinds."""


async def waiting(connection: AsyncConnection, scope: Scope) -> list[Waiting]:
    """All that is not finished in the scope, oldest first; each is to have a workflow that runs."""
    found = union_all(*(find(scope) for kind in _KINDS.values() for find in kind), _held(scope)).subquery()
    ordered = select(found.c.id).group_by(found.c.id).order_by(func.min(found.c.since), found.c.id)
    kinds = ((name, kind_of(name)) for name in await connection.scalars(ordered))
    return [Waiting(name, kind.name) for name, kind in kinds if kind]


async def requester_waits(connection: AsyncConnection, request_id: str) -> bool:
    """Whether the requester is still to be notified of the code that was imported for this request."""
    return await connection.scalar(_imported(AllAccounts()).where(QrRequestRow.id == request_id)) is not None


def _of(name: Any, since: Any, scope: Scope, account: Any) -> Select[Any]:
    return select(name.label("id"), since.label("since")).where(within(scope, account))


def _unsent() -> ColumnElement[bool]:
    sent = exists().where(MailRow.qr_notification_id == QrNotificationRow.id, MailRow.state == "sent")
    return and_(QrNotificationRow.revoked_at.is_(None), ~QrNotificationRow.given_up, ~sent)
