"""What a discarded SIM takes with it: its open request, its links and its notifications."""

from sqlalchemy import Select, bindparam, func, insert, literal, null, select, union_all, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import CTE

from models.qr import RequestStatus
from store.qr_tables import LinkRow, QrEventRow, QrNotificationRow, QrRequestRow

_SYSTEM = "system"


def _told(request: CTE, notification: CTE) -> CTE:
    """The events, written in the statement that makes them true."""
    data = literal({}, JSONB)
    ended = select(
        request.c.sim_id, request.c.id, null(), literal(_SYSTEM), literal("qr.sim_discarded"), data
    )
    revoked = select(
        notification.c.sim_id,
        null(),
        notification.c.id,
        literal(_SYSTEM),
        literal("notification.revoked"),
        data,
    )
    columns = ["sim_id", "request_id", "notification_id", "actor", "type", "data"]
    return insert(QrEventRow).from_select(columns, union_all(ended, revoked)).cte("told")


def _end() -> Select[str]:
    over = {"held_reason": None, "held_since": None}
    request = (
        update(QrRequestRow)
        .where(QrRequestRow.sim_id == bindparam("sim"), QrRequestRow.status == RequestStatus.REQUESTED)
        .values(status=RequestStatus.SIM_DISCARDED, status_since=func.now(), **over)
        .returning(QrRequestRow.id, QrRequestRow.sim_id)
        .cte("ended")
    )
    notification = (
        update(QrNotificationRow)
        .where(QrNotificationRow.sim_id == bindparam("sim"), QrNotificationRow.revoked_at.is_(None))
        .values(revoked_at=func.now(), **over)
        .returning(QrNotificationRow.id, QrNotificationRow.sim_id)
        .cte("revoked")
    )
    links = (
        update(LinkRow)
        .where(LinkRow.sim_id == bindparam("sim"), LinkRow.revoked_at.is_(None))
        .values(revoked_at=func.now())
        .cte("dead")
    )
    return select(request.c.id).add_cte(notification, links, _told(request, notification))


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
