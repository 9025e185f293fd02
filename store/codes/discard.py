"""What a discarded SIM takes with it: its open request, its links and its notifications."""

from typing import Any

from sqlalchemy import Select, String, bindparam, delete, func, insert, literal, select, union_all, update
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import CTE

from models.codes.requests import RequestStatus
from models.events import audience_of
from store.codes.tables import LinkRow, QrNotificationRow, QrRequestRow
from store.event_table import EventRow
from store.operations.tables import HoldRow, NotSentRow
from store.row import now

_SYSTEM = "system"


def _told(request: CTE, notification: CTE) -> CTE:
    """The events, written in the statement that makes them true."""
    columns = ["account_id", "about", "actor", "type", "data", "audience"]
    both = union_all(_events(request, "qr.sim_discarded"), _events(notification, "notification.revoked"))
    return insert(EventRow).from_select(columns, both).cte("told")


def _events(ended: CTE, happened: str) -> Select[Any]:
    about: Any = array([ended.c.id, func.concat("sim:", ended.c.sim_id)], type_=String)
    audience = literal(audience_of(happened).value)
    return select(
        ended.c.account_id, about, literal(_SYSTEM), literal(happened), literal({}, JSONB), audience
    )


def _end() -> Select[str]:
    request = (
        update(QrRequestRow)
        .where(QrRequestRow.sim_id == bindparam("sim"), QrRequestRow.status == RequestStatus.REQUESTED)
        .values(status=RequestStatus.SIM_DISCARDED, status_since=now())
        .returning(QrRequestRow.id, QrRequestRow.sim_id, QrRequestRow.account_id)
        .cte("ended")
    )
    notification = (
        update(QrNotificationRow)
        .where(QrNotificationRow.sim_id == bindparam("sim"), QrNotificationRow.revoked_at.is_(None))
        .values(revoked_at=now())
        .returning(QrNotificationRow.id, QrNotificationRow.sim_id, QrNotificationRow.account_id)
        .cte("revoked")
    )
    links = (
        update(LinkRow)
        .where(
            LinkRow.sim_id == bindparam("sim"),
            LinkRow.purpose == "download",  # an upload link is dead already, and says how its request ended
            LinkRow.revoked_at.is_(None),
        )
        .values(revoked_at=now())
        .cte("dead")
    )
    moot = union_all(select(request.c.id), select(notification.c.id))
    released = delete(HoldRow).where(HoldRow.workflow_id.in_(moot)).cte("released")
    superseded = delete(NotSentRow).where(NotSentRow.subject_id.in_(moot)).cte("superseded")
    told = _told(request, notification)
    return select(request.c.id).add_cte(notification, links, released, superseded, told)


_END = _end()
_ENDED = select(QrRequestRow.id).where(
    QrRequestRow.sim_id == bindparam("sim"), QrRequestRow.status == RequestStatus.SIM_DISCARDED
)


async def end_by_discard(connection: AsyncConnection, sim_id: int) -> str | None:
    """End the open request of a SIM that is discarded in this transaction, which holds its lock, and revoke
    everything that leads to its code. The id of the request, whose workflow is to be told.

    One statement, for this runs for each order.
    """
    ended: str | None = (await connection.execute(_END, {"sim": sim_id})).scalar_one_or_none()
    return ended


async def ended_by_discard(connection: AsyncConnection, sim_id: int) -> str | None:
    """The request that ended so: what a repeat of the step finds. A SIM is discarded once."""
    ended: str | None = (await connection.execute(_ENDED, {"sim": sim_id})).scalar_one_or_none()
    return ended
