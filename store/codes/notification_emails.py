"""What the e-mail of a notification says, and to whom it goes."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.codes.edited_emails import CodeFacts
from models.errors import NotFound
from store.codes.emails import KEEP_SIM, SIM_COLUMNS, is_user
from store.codes.recipients import is_for, kind_of, recipient_of
from store.codes.tables import QrNotificationRow
from store.fleet.tables import DeviceRow, LineRow, SimRow
from store.licences.tables import NumberRow
from store.mail_subjects import AboutNotification, Person
from store.people.languages import at_addresses
from store.people.tables import (
    AccountRow,
    EmployeeRow,
    ProviderRow,
    UserRow,
)
from store.travel.line_tables import EsimLineRow

_sender = aliased(UserRow)


@dataclass(frozen=True)
class NotificationMail:
    """The e-mail of a notification: facts and recipient."""

    about: AboutNotification
    account_id: int
    version_id: int
    facts: CodeFacts
    manager: Person
    sender: str | None
    """The address of the user who sent it, if it was a user."""
    meant_for: str = ""
    """The kind of what the SIM serves, such as `number`, if the recipient is the person for whom its code is
    meant (`store.codes.recipients`); else empty.
    """


def _notifications() -> Select[*tuple[Any, ...]]:
    return (
        select(
            *SIM_COLUMNS,
            SimRow.holder,
            func.coalesce(LineRow.msisdn, NumberRow.msisdn).label("msisdn"),
            DeviceRow.name.label("device"),
            EsimLineRow.name.label("line_name"),
            _name_at(QrNotificationRow).label("reader_name"),
            QrNotificationRow.account_id,
            QrNotificationRow.sim_id,
            QrNotificationRow.version_id,
            QrNotificationRow.address,
            _sender.name.label("sender_name"),
            _sender.email.label("sender_email"),
        )
        .select_from(QrNotificationRow)
        .join(SimRow, SimRow.id == QrNotificationRow.sim_id)
        .join(AccountRow, AccountRow.id == QrNotificationRow.account_id)
        .join(ProviderRow, ProviderRow.id == SimRow.provider_id)
        .outerjoin(LineRow, LineRow.subject == SimRow.holder)
        .outerjoin(DeviceRow, DeviceRow.id == LineRow.device_id)
        .outerjoin(NumberRow, NumberRow.subject == SimRow.holder)
        .outerjoin(EsimLineRow, EsimLineRow.subject == SimRow.holder)
        .outerjoin(_sender, is_user(_sender, QrNotificationRow.created_by, QrNotificationRow.account_id))
        .where(QrNotificationRow.id == bindparam("notification"))
    )


def _name_at(notified: type[QrNotificationRow]) -> Any:
    """The name of the account's user, else of its employee, with the address that is notified."""
    names = (
        select(person.name)
        .where(
            person.account_id == notified.account_id, func.lower(person.email) == func.lower(notified.address)
        )
        .limit(1)
        .correlate(notified)
        .scalar_subquery()
        for person in (UserRow, EmployeeRow)
    )
    return func.coalesce(*names)


_NOTIFICATION = _notifications()
_KEEP_NOTIFICATION = (
    select(QrNotificationRow.revoked_at)
    .where(QrNotificationRow.id == bindparam("id"))
    .with_for_update(read=True)
)


async def notification_mail(connection: AsyncConnection, notification_id: str) -> NotificationMail:
    """The facts and the recipient of a notification. Raises `NotFound` (`unknown_notification`)."""
    row = (await connection.execute(_NOTIFICATION, {"notification": notification_id})).one_or_none()
    if row is None:
        raise NotFound.because("unknown_notification", notification=notification_id)
    meant = await recipient_of(connection, row.sim_id)
    return NotificationMail(
        about=AboutNotification(notification_id, row.sim_id, row.account_id),
        account_id=row.account_id,
        version_id=row.version_id,
        facts=CodeFacts(
            account=row.account,
            provider=row.provider,
            iccid=row.iccid,
            requester_name=row.sender_name,
            reference=notification_id,
            msisdn=row.msisdn,
            device=row.device,
            line_name=row.line_name,
        ),
        manager=await _reader(connection, row, meant),
        sender=row.sender_email,
        meant_for=kind_of(row.holder) if is_for(meant, row.address) else "",
    )


async def _reader(connection: AsyncConnection, row: Any, meant: Person | None) -> Person:
    """Who reads the notification: the person for whom the code is meant, if it goes to their address."""
    if meant is not None and is_for(meant, row.address):
        return Person("manager", meant.name, row.address, meant.language)
    languages = await at_addresses(connection, row.account_id, [row.address])
    return Person("manager", row.reader_name or "", row.address, languages[row.address])


async def is_valid(connection: AsyncConnection, about: AboutNotification) -> bool:
    """Whether the notification is not revoked. It stays so until the end of the transaction (FOR SHARE)."""
    await connection.execute(KEEP_SIM, {"sim": about.sim_id})
    revoked_at = (await connection.execute(_KEEP_NOTIFICATION, {"id": about.id})).scalar_one()
    return revoked_at is None
