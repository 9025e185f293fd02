"""Requests and notifications that wait for a person, told apart by their ids."""

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from models.lifecycle import HoldReason
from models.qr import RequestStatus
from store import qr_events
from store.events import Happening
from store.qr_locks import lock_sim, unknown_request
from store.qr_tables import QrNotificationRow, QrRequestRow

_SYSTEM = "system"
_NOTIFICATIONS = "qr-notification-"


async def hold(connection: AsyncConnection, waiting: str, reason: HoldReason) -> None:
    """Mark it as waiting for a person; marking it again with the same reason changes nothing.

    Nobody is waited for because of a code that has just come, nor because of a mail that was revoked.
    """
    row, sim_id = await _in_hand(connection, waiting)
    held = update(row).where(row.id == waiting, row.held_reason.is_distinct_from(reason))
    if row is QrNotificationRow:
        held = held.where(QrNotificationRow.revoked_at.is_(None))
    elif reason is HoldReason.NO_QR_CODE:
        held = held.where(QrRequestRow.status == RequestStatus.REQUESTED)
    changed = await connection.execute(held.values(held_reason=reason, held_since=func.now()))
    if changed.rowcount:
        await _tell(connection, waiting, sim_id, _SYSTEM, ("held", {"reason": reason}))


async def release(connection: AsyncConnection, waiting: str, actor: str, *, given_up: bool = False) -> None:
    """It goes on, or what it was held for is given up; releasing it again changes nothing.

    A notification can be given up without being held itself: where the request's workflow sends it.
    """
    row, sim_id = await _in_hand(connection, waiting)
    released = update(row).where(row.id == waiting).values(held_reason=None, held_since=None)
    if given_up and row is QrNotificationRow:
        released = released.where(~QrNotificationRow.given_up).values(given_up=True)
    else:
        released = released.where(row.held_reason.is_not(None))
    changed = await connection.execute(released)
    if changed.rowcount:
        await _tell(connection, waiting, sim_id, actor, ("given_up" if given_up else "released", {}))


async def _in_hand(
    connection: AsyncConnection, waiting: str
) -> tuple[type[QrRequestRow] | type[QrNotificationRow], int]:
    is_notification = waiting.startswith(_NOTIFICATIONS)
    row = QrNotificationRow if is_notification else QrRequestRow
    sim_id = (await connection.execute(select(row.sim_id).where(row.id == waiting))).scalar_one_or_none()
    if sim_id is None:
        raise _unknown(waiting) if is_notification else unknown_request(waiting)
    await lock_sim(connection, sim_id)
    return row, sim_id


async def _tell(
    connection: AsyncConnection, waiting: str, sim_id: int, actor: str, happened: Happening
) -> None:
    what, data = happened
    if waiting.startswith(_NOTIFICATIONS):
        happened = (f"notification.{what}", data)
        await qr_events.append(connection, sim_id, actor, happened, notification_id=waiting)
    else:
        happened = ("mail.given_up" if what == "given_up" else f"qr.{what}", data)
        await qr_events.append(connection, sim_id, actor, happened, request_id=waiting)


def _unknown(notification_id: str) -> NotFound:
    return NotFound.because("unknown_notification", notification=notification_id)
