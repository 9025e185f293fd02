"""The facts and recipients of e-mails about QR codes, and whether they are still to be sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, any_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.codes.edited_emails import CodeFacts, copies
from models.codes.requests import RequestStatus
from models.errors import NotFound
from models.language import Language
from models.people.views import ContactRole
from store import reminders
from store.codes.code_locks import unknown_request
from store.codes.tables import QrEmailTextRow, QrRequestRow, QrRoundRow
from store.fleet.tables import SimRow
from store.mail_subjects import AboutRequest, Person
from store.mail_table import MailRow
from store.people.languages import at_addresses, language_of
from store.people.tables import (
    AccountRow,
    ContactRoleRow,
    ContactRow,
    DistributorRow,
    ProviderRow,
    UserRow,
)
from store.row import now


@dataclass(frozen=True)
class RoundMails:
    """The e-mails of one round of a request: facts and recipients."""

    about: AboutRequest
    account_id: int
    over: bool
    facts: CodeFacts
    contacts: tuple[Person, ...]
    """The contacts of the round who still have the role: they get a link (F26, F56)."""
    copied: tuple[Person, ...]
    """The additional recipients: they get no link (F29, F35)."""
    requester: Person
    sender: str
    """The address of the user who sent this round."""


SIM_COLUMNS = (AccountRow.name.label("account"), ProviderRow.name.label("provider"), SimRow.iccid)
_sender = aliased(UserRow)


def _previews() -> Select[*tuple[Any, ...]]:
    return (
        select(*SIM_COLUMNS, DistributorRow.name.label("distributor"), UserRow.name.label("requester_name"))
        .select_from(SimRow)
        .join(AccountRow, AccountRow.id == SimRow.account_id)
        .join(ProviderRow, ProviderRow.id == SimRow.provider_id)
        .join(UserRow, and_(UserRow.account_id == SimRow.account_id, UserRow.id == bindparam("user")))
        .outerjoin(DistributorRow, DistributorRow.id == SimRow.distributor_id)
        .where(SimRow.id == bindparam("sim"))
    )


def _rounds() -> Select[*tuple[Any, ...]]:
    return (
        select(
            *SIM_COLUMNS,
            DistributorRow.name.label("distributor"),
            QrRequestRow.account_id,
            QrRequestRow.sim_id,
            QrRequestRow.status,
            QrRequestRow.requested_at,
            UserRow.id.label("user_id"),
            UserRow.name.label("user_name"),
            UserRow.email.label("user_email"),
            language_of(UserRow).label("user_language"),
            func.coalesce(_sender.name, UserRow.name).label("sender_name"),
            func.coalesce(_sender.email, UserRow.email).label("sender_email"),
            QrEmailTextRow.subject,
            QrEmailTextRow.body,
            QrEmailTextRow.cc,
        )
        .select_from(QrRoundRow)
        .join(QrRequestRow, QrRequestRow.id == QrRoundRow.request_id)
        .join(SimRow, SimRow.id == QrRequestRow.sim_id)
        .join(AccountRow, AccountRow.id == QrRequestRow.account_id)
        .join(ProviderRow, ProviderRow.id == SimRow.provider_id)
        .join(UserRow, UserRow.id == QrRequestRow.requested_by)
        .outerjoin(_sender, is_user(_sender, QrRoundRow.sent_by, QrRoundRow.account_id))
        .outerjoin(DistributorRow, DistributorRow.id == SimRow.distributor_id)
        .outerjoin(QrEmailTextRow, QrEmailTextRow.id == QrRoundRow.email_text_id)
        .where(QrRoundRow.request_id == bindparam("request"), QrRoundRow.number == bindparam("round"))
    )


def is_user(user: Any, actor: Any, account_id: Any) -> Any:
    return and_(user.account_id == account_id, func.concat("user:", user.id) == actor)


_PREVIEW, _ROUND = _previews(), _rounds()
_ASKED = (
    select(ContactRow.id, ContactRow.name, ContactRow.email, language_of(ContactRow).label("language"))
    .join(ContactRoleRow, ContactRoleRow.contact_id == ContactRow.id)
    .join(SimRow, SimRow.distributor_id == ContactRow.distributor_id)
    .join(QrRequestRow, QrRequestRow.sim_id == SimRow.id)
    .join(QrRoundRow, QrRoundRow.request_id == QrRequestRow.id)
    .join(AccountRow, AccountRow.id == QrRequestRow.account_id)
    .where(
        QrRoundRow.request_id == bindparam("request"),
        QrRoundRow.number == bindparam("round"),
        ContactRow.id == any_(QrRoundRow.contacts),
        ContactRoleRow.role == ContactRole.ESIM_QR_CODE,
    )
    .order_by(ContactRow.id)
)
# the SIM is locked first, as in every step about QR codes
KEEP_SIM = select(SimRow.id).where(SimRow.id == bindparam("sim")).with_for_update(read=True)
_KEEP_REQUEST = (
    select(QrRequestRow.status).where(QrRequestRow.id == bindparam("id")).with_for_update(read=True)
)


async def preview_facts(connection: AsyncConnection, sim_id: int, user_id: int) -> CodeFacts:
    """The facts of a preview about this SIM, for this user of its account as the sender."""
    row = (await connection.execute(_PREVIEW, {"sim": sim_id, "user": user_id})).one_or_none()
    if row is None:
        raise NotFound.because("unknown_sim")
    return CodeFacts(**row._mapping)


async def round_mails(connection: AsyncConnection, request_id: str, number: int) -> RoundMails:
    """The facts and recipients of the e-mails of a round. Raises `NotFound` (`unknown_request`)."""
    which = {"request": request_id, "round": number}
    row = (await connection.execute(_ROUND, which)).one_or_none()
    if row is None:
        raise unknown_request(request_id)
    contacts = tuple(
        Person(f"contact:{contact.id}", contact.name, contact.email, Language(contact.language))
        for contact in await connection.execute(_ASKED, which)
    )
    copied = await _copied(connection, row.account_id, row.cc or (), contacts)
    return RoundMails(
        about=AboutRequest(request_id, row.sim_id, row.account_id),
        account_id=row.account_id,
        over=row.status != RequestStatus.REQUESTED,
        facts=CodeFacts(
            account=row.account,
            provider=row.provider,
            iccid=row.iccid,
            requester_name=row.sender_name,
            reference=request_id,
            distributor=row.distributor,
            requested_at=row.requested_at,
            asked=tuple(contact.name for contact in contacts),
            cc=tuple(person.email or "" for person in copied),
            subject=row.subject,
            text=row.body,
        ),
        contacts=contacts,
        copied=copied,
        requester=Person(f"user:{row.user_id}", row.user_name, row.user_email, Language(row.user_language)),
        sender=row.sender_email,
    )


async def is_open(connection: AsyncConnection, about: AboutRequest) -> bool:
    """Whether the request is open. It stays so until the end of the transaction (FOR SHARE), so that links
    created in the transaction end with the request.
    """
    await connection.execute(KEEP_SIM, {"sim": about.sim_id})
    status = (await connection.execute(_KEEP_REQUEST, {"id": about.id})).scalar_one()
    return bool(status == RequestStatus.REQUESTED)


_DUE_IN = reminders.due_in(QrRoundRow.at, MailRow.qr_request_id == QrRoundRow.request_id).where(
    QrRoundRow.request_id == bindparam("request"), QrRoundRow.number == bindparam("round")
)


async def reminder_due_in(
    connection: AsyncConnection, request_id: str, number: int, silent_for: timedelta
) -> timedelta | None:
    """The time until a reminder of the round is due: `silent_for` after the last e-mail to its contacts. None
    if it is due now.
    """
    known = {"request": request_id, "round": number, "silent_for": silent_for}
    return await reminders.left(connection, _DUE_IN, known)


async def from_now(connection: AsyncConnection, after: timedelta) -> datetime:
    """The time `after` from now, by the database's clock: when a link expires."""
    return (await connection.execute(select(now() + after))).scalar_one()


async def _copied(
    connection: AsyncConnection, account_id: int, cc: Sequence[str], contacts: Sequence[Person]
) -> tuple[Person, ...]:
    wanted = copies(cc, [contact.email for contact in contacts if contact.email])
    languages = await at_addresses(connection, account_id, wanted.values())
    return tuple(Person(f"cc:{place}", "", address, languages[address]) for place, address in wanted.items())
