"""The address of a person changes for whom codes of eSIMs are meant: e-mails with a QR code that went to the
address before, or are about to, go to the new one.

The earlier notifications and their links are revoked in the transaction that changes the address: who
reads the address before can install nothing any more. What the eSIMs serve is locked before the eSIMs, and
both before the person (`store.locks`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import NotificationView
from models.identifiers import qr_notification_id
from models.people.callers import AllAccounts, By
from store.codes import notifications
from store.codes.tables import LinkRow, QrNotificationRow, QrVersionRow
from store.fleet.tables import SimRow
from store.locks import lock_subjects
from store.mail_table import MailRow
from store.row import now

_LOCK_SIMS = (
    select(SimRow.id)
    .where(SimRow.holder.in_(bindparam("subjects", expanding=True)))
    .order_by(SimRow.id)
    .with_for_update(key_share=True)
)
_SENT = exists().where(MailRow.qr_notification_id == QrNotificationRow.id, MailRow.state == "sent")
_SHOWN = exists().where(
    LinkRow.sim_id == QrNotificationRow.sim_id,
    LinkRow.notification_id == QrNotificationRow.id,
    LinkRow.revoked_at.is_(None),
    LinkRow.expires_at > now(),
)
_TO_ADDRESS = (
    select(
        QrNotificationRow.id,
        QrNotificationRow.sim_id,
        QrNotificationRow.version_id,
        QrNotificationRow.created_by,
        QrVersionRow.request_id,
        QrVersionRow.current,
        (~_SENT).label("unsent"),
        or_(~_SENT & ~QrNotificationRow.given_up, _SHOWN).label("wanted"),
    )
    .join(QrVersionRow, QrVersionRow.id == QrNotificationRow.version_id)
    .where(
        QrNotificationRow.sim_id.in_(bindparam("sims", expanding=True)),
        func.lower(QrNotificationRow.address) == func.lower(bindparam("address")),
        QrNotificationRow.revoked_at.is_(None),
    )
    .order_by(QrNotificationRow.created_at, QrNotificationRow.id)
)


@dataclass(frozen=True)
class Served:
    """The eSIMs whose codes are meant for a person, and the person's address, all of them locked. Its `repr`
    shows ids.
    """

    account_id: int
    sims: tuple[int, ...]
    address: str | None = field(repr=False)


@dataclass(frozen=True)
class Moved:
    """What the caller does once the change is committed."""

    send: tuple[NotificationView, ...] = ()
    """The notifications whose e-mail is to be sent; starting one twice sends it once."""
    superseded: tuple[str, ...] = ()
    """The workflows that may be held for the e-mail to the address before: a retry ends them."""


async def lock_esims(
    connection: AsyncConnection, account_id: int, subjects: Sequence[str]
) -> tuple[int, ...]:
    """Lock these numbers or eSIM lines of an account, and then the eSIMs that serve them."""
    await lock_subjects(connection, account_id, subjects)
    return tuple(await connection.scalars(_LOCK_SIMS, {"subjects": subjects}))


async def move(connection: AsyncConnection, served: Served, address: str, by: By) -> Moved:
    """Revoke the notifications to the address before, and record one to the new address for each eSIM whose
    e-mail was still to be sent or whose link was valid. If the address stays, nothing is revoked; what is
    still to be sent to it is returned in any case, also by a repeat.
    """
    superseded = []
    if served.address and served.address.lower() != address.lower():
        earlier = await _to(connection, served.sims, served.address)
        for row in earlier:
            await notifications.revoke(connection, row.id, by)
        for row in {row.sim_id: row for row in earlier if row.wanted and row.current}.values():
            await notifications.create(
                connection,
                notification_id=qr_notification_id(served.account_id, f"after {row.id}"),
                account_id=served.account_id,
                sim_id=row.sim_id,
                version_id=row.version_id,
                address=address,
                by=by,
            )
        superseded = [sends for row in earlier if row.unsent and (sends := _sends(row))]
    send = [
        await notifications.notification(connection, AllAccounts(), row.id)
        for row in await _to(connection, served.sims, address)
        if row.unsent and row.wanted and _sends(row) == row.id
    ]
    return Moved(tuple(send), tuple(superseded))


async def _to(connection: AsyncConnection, sims: Sequence[int], address: str) -> Sequence[Any]:
    return (await connection.execute(_TO_ADDRESS, {"sims": sims, "address": address})).all()


def _sends(row: Any) -> str | None:
    """The workflow that sends the notification: its own, or that of the request which offers it; None if an
    order does, whose step looks for the present address by itself.
    """
    sends: str | None = row.request_id if row.created_by == notifications.OFFERED_BY else row.id
    return sends
