"""What the e-mails of an order say, and who their recipients are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, bindparam, case, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.language import Language
from models.orders.lifecycle import OrderKind, OrderStatus
from models.people.views import ContactRole
from store import reminders
from store.catalogue.tables import PackItemRow, PackRow
from store.catalogue.views import esim_of
from store.fleet.tables import DeviceRow, LineRow, SimRow
from store.mail_subjects import Person
from store.mail_table import MailRow
from store.orders.tables import OrderNoteRow, OrderRow, SwapRow
from store.people.languages import language_of
from store.people.tables import (
    AccountRow,
    ContactRoleRow,
    ContactRow,
    DistributorRow,
    EmployeeRow,
    ProviderRow,
    UserRow,
)


@dataclass(frozen=True)
class SwapFacts:
    """What the e-mails of a swap say, as it is now."""

    order_id: str
    account_id: int
    kind: OrderKind
    status: OrderStatus
    status_since: datetime
    account: str
    provider: str
    distributor: str
    pack: str
    item: str
    msisdn: str
    device: str
    slot: int
    iccid_in_place: str | None
    iccid: str | None
    note: str | None
    """What the user wrote with the order (`models.orders.notes`)."""
    cancel_reason: str | None
    requester: Person
    employee: Person | None
    order_contacts: tuple[Person, ...]
    """The contacts that orders of this order's distributor are sent to."""


REQUESTER = (
    UserRow.id.label("user_id"),
    UserRow.name.label("user_name"),
    UserRow.email.label("user_email"),
    language_of(UserRow).label("user_language"),
)
"""The user who placed an order, as columns; `requester_in` reads them."""


def requester_in(row: Any) -> Person:
    """The user in the columns `REQUESTER`."""
    return Person(f"user:{row.user_id}", row.user_name, row.user_email, Language(row.user_language))


def order_contacts_of(distributor_id: ColumnElement[int | None] | Any) -> ScalarSelect[Any]:
    """The contacts that orders of this distributor are sent to, as a column; `contacts_in` reads it. The
    language of one who has none is that of the account.
    """
    account = aliased(AccountRow)
    each = func.jsonb_build_array(
        ContactRow.id, ContactRow.name, ContactRow.email, language_of(ContactRow, account)
    )
    return (
        select(func.jsonb_agg(aggregate_order_by(each, ContactRow.id)))
        .join(DistributorRow, DistributorRow.id == ContactRow.distributor_id)
        .join(account, account.id == DistributorRow.account_id)
        .join(ContactRoleRow, ContactRoleRow.contact_id == ContactRow.id)
        .where(ContactRow.distributor_id == distributor_id, ContactRoleRow.role == ContactRole.ORDER)
        .correlate_except(ContactRow, DistributorRow, account, ContactRoleRow)
        .scalar_subquery()
    )


def contacts_in(column: Sequence[Sequence[Any]] | None) -> tuple[Person, ...]:
    """The contacts in the column `order_contacts_of`."""
    return tuple(_contact(*found) for found in column or ())


def _swap_facts() -> Select[*tuple[Any, ...]]:
    esim = aliased(SimRow)
    in_place = aliased(SimRow)
    note = aliased(OrderNoteRow)
    user_of = case((OrderRow.status == OrderStatus.PROCESSED, esim.employee_id), else_=in_place.employee_id)
    return (
        select(
            OrderRow.account_id,
            OrderRow.kind,
            OrderRow.status,
            OrderRow.status_since,
            AccountRow.name.label("account"),
            ProviderRow.name.label("provider"),
            DistributorRow.name.label("distributor"),
            PackRow.name.label("pack"),
            func.coalesce(PackItemRow.name, PackRow.name).label("item"),
            LineRow.msisdn,
            DeviceRow.name.label("device"),
            LineRow.slot,
            in_place.iccid.label("iccid_in_place"),
            esim.iccid.label("iccid"),
            note.text.label("note"),
            OrderNoteRow.text.label("cancel_reason"),
            *REQUESTER,
            EmployeeRow.id.label("employee_id"),
            EmployeeRow.name.label("employee_name"),
            EmployeeRow.email.label("employee_email"),
            language_of(EmployeeRow).label("employee_language"),
            order_contacts_of(OrderRow.distributor_id).label("order_contacts"),
        )
        .join(AccountRow, AccountRow.id == OrderRow.account_id)
        .join(SwapRow, SwapRow.order_id == OrderRow.id)
        .join(LineRow, LineRow.id == SwapRow.line_id)
        .join(DeviceRow, DeviceRow.id == LineRow.device_id)
        .join(ProviderRow, ProviderRow.id == LineRow.provider_id)
        .join(PackRow, PackRow.id == SwapRow.pack_id)
        .join(DistributorRow, DistributorRow.id == PackRow.distributor_id)
        .join(UserRow, UserRow.id == OrderRow.placed_by)
        .join(in_place, in_place.id == SwapRow.sim_in_place_id)
        .outerjoin(PackItemRow, and_(PackItemRow.pack_id == PackRow.id, esim_of(LineRow.provider_id)))
        .outerjoin(esim, esim.id == OrderRow.esim_id)
        .outerjoin(EmployeeRow, EmployeeRow.id == user_of)
        .outerjoin(note, note.id == OrderRow.note_id)
        .outerjoin(OrderNoteRow, OrderNoteRow.id == OrderRow.cancel_note_id)
        .where(OrderRow.id == bindparam("order_id"))
    )


_SWAP_FACTS = _swap_facts()
_HOLDERS = (
    select(ContactRow.id, ContactRow.name, ContactRow.email, language_of(ContactRow))
    .join(DistributorRow, DistributorRow.id == ContactRow.distributor_id)
    .join(AccountRow, AccountRow.id == DistributorRow.account_id)
    .join(MailRow, MailRow.recipient == func.concat("contact:", ContactRow.id))
    .where(
        MailRow.order_id == bindparam("order_id"),
        MailRow.template == bindparam("template"),
        MailRow.state.in_(["sent", "sending"]),
    )
    .order_by(ContactRow.id)
)


async def swap_facts(connection: AsyncConnection, order_id: str) -> SwapFacts:
    """All that the e-mails of this order may say, in one read. The order must exist."""
    row = (await connection.execute(_SWAP_FACTS, {"order_id": order_id})).one()
    employee = None
    if row.employee_id is not None:
        language = Language(row.employee_language)
        employee = Person(f"employee:{row.employee_id}", row.employee_name, row.employee_email, language)
    return SwapFacts(
        order_id=order_id,
        account_id=row.account_id,
        kind=OrderKind(row.kind),
        status=OrderStatus(row.status),
        status_since=row.status_since,
        account=row.account,
        provider=row.provider,
        distributor=row.distributor,
        pack=row.pack,
        item=row.item,
        msisdn=row.msisdn,
        device=row.device,
        slot=row.slot,
        iccid_in_place=row.iccid_in_place,
        iccid=row.iccid,
        note=row.note,
        cancel_reason=row.cancel_reason,
        requester=requester_in(row),
        employee=employee,
        order_contacts=contacts_in(row.order_contacts),
    )


async def holders(connection: AsyncConnection, order_id: str, template: str) -> list[Person]:
    """The contacts to whom an e-mail of this kind was or may have been sent, whatever their roles are now."""
    rows = await connection.execute(_HOLDERS, {"order_id": order_id, "template": template})
    return [_contact(*row) for row in rows]


def _contact(id_: int, name: str, email: str, language: str) -> Person:
    return Person(f"contact:{id_}", name, email, Language(language))


_DUE_IN = reminders.due_in(OrderRow.status_since, MailRow.order_id == OrderRow.id).where(
    OrderRow.id == bindparam("order_id")
)


async def reminder_due_in(
    connection: AsyncConnection, order_id: str, silent_for: timedelta
) -> timedelta | None:
    """How long until the next reminder is due: until the order has not changed its status, and the provider
    was sent no e-mail, for so long. None if the reminder is due.
    """
    known = {"order_id": order_id, "silent_for": silent_for}
    return await reminders.left(connection, _DUE_IN, known)
