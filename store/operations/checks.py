"""The queries of `doctor`: what has been waiting too long, and the clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Interval, bindparam, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from store import row
from store.codes.tables import QrNotificationRow
from store.licences.tables import NumberChangeRow
from store.mail_table import MailRow
from store.operations.not_sent import ALL
from store.operations.tables import HoldRow
from store.orders.tables import FollowUpRow
from store.row import now

_SENT = exists().where(MailRow.qr_notification_id == QrNotificationRow.id, MailRow.state == "sent")
_UNSENT = (
    select(QrNotificationRow.id)
    .where(
        QrNotificationRow.created_at < now() - bindparam("older_than", type_=Interval),
        QrNotificationRow.revoked_at.is_(None),
        ~QrNotificationRow.given_up,
        ~_SENT,
    )
    .order_by(QrNotificationRow.created_at)
)
_OVERDUE = (
    select(FollowUpRow.order_id)
    .where(
        FollowUpRow.done_at.is_(None),
        FollowUpRow.due_since < now() - bindparam("older_than", type_=Interval),
        ~exists().where(HoldRow.workflow_id == FollowUpRow.order_id),
    )
    .group_by(FollowUpRow.order_id)
    .order_by(func.min(FollowUpRow.due_since))
)
_NOT_SENT = (
    select(ALL.c.subject_id, ALL.c.reason, ALL.c.since, NumberChangeRow.number_id)
    .outerjoin(NumberChangeRow, NumberChangeRow.id == ALL.c.subject_id)
    .order_by(ALL.c.since, ALL.c.subject_id)
)
_HELD_NUMBERS = (
    select(NumberChangeRow.number_id)
    .join(HoldRow, HoldRow.workflow_id == NumberChangeRow.id)
    .group_by(NumberChangeRow.number_id)
    .order_by(func.min(HoldRow.since), NumberChangeRow.number_id)
)


@dataclass(frozen=True)
class NotSentYet:
    """An order, request or notification with an e-mail or call that is not sent yet, since when and why."""

    id: str
    reason: str
    since: datetime
    number_id: int | None = None
    """The number, of a change of one."""


async def unsent_notifications(connection: AsyncConnection, older_than: timedelta) -> list[str]:
    """Notifications of QR codes that have not been sent for so long that an operator must look at them."""
    return list((await connection.scalars(_UNSENT, {"older_than": older_than})).all())


async def not_sent(connection: AsyncConnection) -> list[NotSentYet]:
    """Every e-mail and provider call that has not been sent yet, oldest first."""
    return [NotSentYet(*row) for row in await connection.execute(_NOT_SENT)]


async def held_numbers(connection: AsyncConnection) -> list[int]:
    """The numbers of which a change is held, the one that is held for longest first."""
    return list((await connection.scalars(_HELD_NUMBERS)).all())


async def overdue(connection: AsyncConnection, older_than: timedelta) -> list[str]:
    """Orders without a hold of which an e-mail, withdrawal or follow-up has been pending for so long."""
    return list((await connection.scalars(_OVERDUE, {"older_than": older_than})).all())


async def clock(connection: AsyncConnection) -> datetime:
    """The present time of the database."""
    at: datetime = (await connection.execute(select(row.clock()))).scalar_one()
    return at
