"""Discarding a SIM, or taking it back into stock, ends its open request and revokes its links and
notifications.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import CTE

from models.codes.requests import RequestStatus
from models.events import audience_of
from models.fleet.inventory import SimState
from store.codes.tables import LinkRow, QrNotificationRow, QrRequestRow
from store.event_table import EventRow
from store.fleet.tables import SimRow
from store.operations.tables import HoldRow, NotSentRow
from store.row import now

_SYSTEM = "system"


def _appended(request: CTE, notification: CTE) -> CTE:
    """Append the events in the statement that makes the change."""
    columns = ["account_id", "about", "actor", "type", "data", "audience"]
    both = union_all(_events(request, "qr.sim_discarded"), _events(notification, "notification.revoked"))
    return insert(EventRow).from_select(columns, both).cte("appended")


def _events(ended: CTE, happened: str) -> Select[Any]:
    about: Any = array([ended.c.id, func.concat("sim:", ended.c.sim_id)], type_=String)
    audience = literal(audience_of(happened).value)
    return select(
        ended.c.account_id, about, literal(_SYSTEM), literal(happened), literal({}, JSONB), audience
    )


def ending(sim_id: ColumnElement[int]) -> tuple[CTE, Sequence[CTE]]:
    """End the open request of a SIM that is locked, and revoke everything that leads to its code, as parts of
    the statement that discards the SIM: the part with the `id` of the request, whose workflow is to be
    signalled, and the others.
    """
    request = (
        update(QrRequestRow)
        .where(QrRequestRow.sim_id == sim_id, QrRequestRow.status == RequestStatus.REQUESTED)
        .values(status=RequestStatus.SIM_DISCARDED, status_since=now())
        .returning(QrRequestRow.id, QrRequestRow.sim_id, QrRequestRow.account_id)
        .cte("ended")
    )
    notification = (
        update(QrNotificationRow)
        .where(QrNotificationRow.sim_id == sim_id, QrNotificationRow.revoked_at.is_(None))
        .values(revoked_at=now())
        .returning(QrNotificationRow.id, QrNotificationRow.sim_id, QrNotificationRow.account_id)
        .cte("revoked")
    )
    links = (
        update(LinkRow)
        .where(
            LinkRow.sim_id == sim_id,
            LinkRow.purpose == "download",  # an upload link ends with its request; its page says how
            LinkRow.revoked_at.is_(None),
        )
        .values(revoked_at=now())
        .cte("revoked_links")
    )
    obsolete = union_all(select(request.c.id), select(notification.c.id))
    released = delete(HoldRow).where(HoldRow.workflow_id.in_(obsolete)).cte("released")
    superseded = delete(NotSentRow).where(NotSentRow.subject_id.in_(obsolete)).cte("superseded")
    appended = _appended(request, notification)
    return request, (notification, links, released, superseded, appended)


_REQUEST, _REVOKED = ending(bindparam("sim", type_=BigInteger))
_DISCARD = (
    update(SimRow)
    .where(
        SimRow.id == bindparam("sim"),
        SimRow.state.in_((SimState.IN_STOCK, SimState.ACTIVE, SimState.SUSPENDED)),
    )
    .values(state=SimState.DISCARDED, holder=None, employee_id=None, discarded_at=now())
    .returning(SimRow.iccid, select(_REQUEST.c.id).scalar_subquery().label("request"))
    .add_cte(*_REVOKED)
)
_REVOKE: Any = select(_REQUEST.c.id).add_cte(*_REVOKED)
_ENDED = select(QrRequestRow.id).where(
    QrRequestRow.sim_id == bindparam("sim"), QrRequestRow.status == RequestStatus.SIM_DISCARDED
)


async def discard(connection: AsyncConnection, sim_id: int) -> tuple[str | None, str | None]:
    """Discard a SIM that is locked and in no group, with everything that leads to its code: its ICCID and the
    id of the request that ended with it, whose workflow is to be signalled.
    """
    row = (await connection.execute(_DISCARD, {"sim": sim_id})).one()
    return row.iccid, row.request


async def revoke(connection: AsyncConnection, sim_id: int) -> str | None:
    """Revoke everything that leads to the code of a SIM that is locked and stays, such as one that goes back
    to stock: the id of the request that ended with it, whose workflow is to be signalled.
    """
    ended: str | None = (await connection.execute(_REVOKE, {"sim": sim_id})).scalar_one_or_none()
    return ended


async def ended_by_discard(connection: AsyncConnection, sim_id: int) -> str | None:
    """The request that ended with its SIM: what a repeated step finds. A SIM is discarded once."""
    ended: str | None = (await connection.execute(_ENDED, {"sim": sim_id})).scalar_one_or_none()
    return ended
