"""Which mails of an order went out: written before the mail server is asked, and after it answered."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Select, String, and_, any_, bindparam, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.inventory import ContactRole
from models.lifecycle import OrderKind, OrderStatus
from store import events
from store.catalogue import esim_of
from store.mail_table import MailRow
from store.tables import (
    AccountRow,
    ContactRoleRow,
    ContactRow,
    DeviceRow,
    DistributorRow,
    EmployeeRow,
    LineRow,
    OrderNoteRow,
    OrderRow,
    PackItemRow,
    PackRow,
    ProviderRow,
    SimRow,
    UserRow,
)


@dataclass(frozen=True)
class Person:
    """Somebody a mail goes to. `key` names the record: contact:7, user:3, employee:12."""

    key: str
    name: str
    email: str | None


@dataclass(frozen=True)
class OrderLetterFacts:
    """What the mails of an order tell, as it is now."""

    order_id: str
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
    cancel_reason: str | None
    requester: Person
    employee: Person | None


def _letter_facts() -> Select[*tuple[Any, ...]]:
    esim = aliased(SimRow)
    in_place = aliased(SimRow)
    user_of = case((OrderRow.status == OrderStatus.PROCESSED, esim.employee_id), else_=in_place.employee_id)
    return (
        select(
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
            OrderNoteRow.text.label("cancel_reason"),
            UserRow.id.label("user_id"),
            UserRow.name.label("user_name"),
            UserRow.email.label("user_email"),
            EmployeeRow.id.label("employee_id"),
            EmployeeRow.name.label("employee_name"),
            EmployeeRow.email.label("employee_email"),
        )
        .join(AccountRow, AccountRow.id == OrderRow.account_id)
        .join(LineRow, LineRow.id == OrderRow.line_id)
        .join(DeviceRow, DeviceRow.id == LineRow.device_id)
        .join(ProviderRow, ProviderRow.id == LineRow.provider_id)
        .join(PackRow, PackRow.id == OrderRow.pack_id)
        .join(DistributorRow, DistributorRow.id == PackRow.distributor_id)
        .join(UserRow, UserRow.id == OrderRow.placed_by)
        .join(in_place, in_place.id == OrderRow.sim_in_place_id)
        .outerjoin(PackItemRow, and_(PackItemRow.pack_id == PackRow.id, esim_of(LineRow.provider_id)))
        .outerjoin(esim, esim.id == OrderRow.esim_id)
        .outerjoin(EmployeeRow, EmployeeRow.id == user_of)
        .outerjoin(OrderNoteRow, OrderNoteRow.id == OrderRow.cancel_note_id)
        .where(OrderRow.id == bindparam("order_id"))
    )


_LETTER_FACTS = _letter_facts()
_ORDER_CONTACTS = (
    select(ContactRow.id, ContactRow.name, ContactRow.email)
    .join(ContactRoleRow, ContactRoleRow.contact_id == ContactRow.id)
    .join(PackRow, PackRow.distributor_id == ContactRow.distributor_id)
    .join(OrderRow, OrderRow.pack_id == PackRow.id)
    .where(OrderRow.id == bindparam("order_id"), ContactRoleRow.role == ContactRole.ORDER)
    .order_by(ContactRow.id)
)
_HOLDERS = (
    select(ContactRow.id, ContactRow.name, ContactRow.email)
    .join(MailRow, MailRow.recipient == func.concat("contact:", ContactRow.id))
    .where(
        MailRow.order_id == bindparam("order_id"),
        MailRow.template == bindparam("template"),
        MailRow.state.in_(["sent", "sending"]),
    )
    .order_by(ContactRow.id)
)
_STATUS_KEPT = select(OrderRow.status).where(OrderRow.id == bindparam("order_id")).with_for_update(read=True)
_CLAIM = insert(MailRow).on_conflict_do_nothing().returning(MailRow.id, MailRow.message_id)
_RECORD = (
    update(MailRow)
    .where(MailRow.id == any_(bindparam("letters", type_=ARRAY(String))))
    .values(updated_at=func.now())
)


async def letter_facts(connection: AsyncConnection, order_id: str) -> OrderLetterFacts:
    """Everything the mails of this order may say, in one read. The order must exist."""
    row = (await connection.execute(_LETTER_FACTS, {"order_id": order_id})).one()
    employee = None
    if row.employee_id is not None:
        employee = Person(f"employee:{row.employee_id}", row.employee_name, row.employee_email)
    return OrderLetterFacts(
        order_id=order_id,
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
        cancel_reason=row.cancel_reason,
        requester=Person(f"user:{row.user_id}", row.user_name, row.user_email),
        employee=employee,
    )


async def order_contacts(connection: AsyncConnection, order_id: str) -> list[Person]:
    """The contacts that orders of this order's distributor are sent to."""
    rows = await connection.execute(_ORDER_CONTACTS, {"order_id": order_id})
    return [_contact(row) for row in rows]


@dataclass(frozen=True)
class Letter:
    """A mail to be sent: which one, to whom, and the Message-ID it has for ever."""

    id: str
    order_id: str
    template: str
    recipient: str
    message_id: str


@dataclass(frozen=True)
class Claim:
    """What may be done about a letter now."""

    may_send: bool
    message_id: str
    """The Message-ID it was first written down with, and keeps."""
    uncertain: bool = False
    failure: str | None = None


async def is_in(connection: AsyncConnection, order_id: str, statuses: Collection[OrderStatus]) -> bool:
    """Whether the order is in one of these statuses, which it then keeps until the end of the transaction:
    what is claimed in it is seen by every later step, such as the withdrawal of an order that was mailed.
    """
    found = await connection.execute(_STATUS_KEPT, {"order_id": order_id})
    return found.scalar_one() in statuses


async def claim(connection: AsyncConnection, letters: Sequence[Letter], retries: int) -> dict[str, Claim]:
    """Write that these letters are about to be sent, and say of each whether it may be.

    Not again: what was sent; what the server refused for good, until a person retries; what was twice on
    its way with nobody knowing whether it arrived, until a person retries.
    """
    if not letters:
        return {}
    new = await connection.execute(
        _CLAIM, [{**letter.__dict__, "state": "sending", "attempts": 1} for letter in letters]
    )
    claims = {row.id: Claim(True, row.message_id) for row in new}
    known = [letter.id for letter in letters if letter.id not in claims]
    if not known:
        return claims
    rows = await connection.execute(
        select(MailRow).where(MailRow.id.in_(known)).order_by(MailRow.id).with_for_update()
    )
    for row in rows.all():
        if row.state == "sent":
            claims[row.id] = Claim(False, row.message_id)
        elif row.state == "failed" and row.retries >= retries:
            claims[row.id] = Claim(False, row.message_id, failure=row.failure)
        elif row.state == "sending" and row.uncertain > retries:
            claims[row.id] = Claim(False, row.message_id, uncertain=True)
        else:
            again = 1 if row.state == "sending" else 0
            await connection.execute(
                update(MailRow)
                .where(MailRow.id == row.id)
                .values(
                    state="sending",
                    attempts=MailRow.attempts + 1,
                    uncertain=MailRow.uncertain + again,
                    updated_at=func.now(),
                )
            )
            claims[row.id] = Claim(True, row.message_id)
    return claims


@dataclass(frozen=True)
class Outcome:
    """How the sending of a letter ended: `sent`, `unsent` (try again), `sending` (unknown) or `failed`."""

    letter: Letter
    state: str
    failure: str | None = None


async def record(
    connection: AsyncConnection, order_id: str, outcomes: Iterable[Outcome], retries: int
) -> None:
    """Write how it went, with an event for each mail that went out, may have, or never will."""
    happenings: list[events.Happening] = []
    alike: dict[tuple[str, str | None], list[str]] = {}
    for outcome in outcomes:
        alike.setdefault((outcome.state, outcome.failure), []).append(outcome.letter.id)
        about = {"mail": outcome.letter.template, "to": outcome.letter.recipient}
        if outcome.state == "sent":
            happenings.append(("mail.sent", about))
        elif outcome.state in ("sending", "failed"):
            name = "mail.failed" if outcome.state == "failed" else "mail.uncertain"
            happenings.append((name, {**about, "failure": outcome.failure}))
    for (state, failure), letters in alike.items():
        values = {"letters": letters, "state": state, "failure": failure, "retries": retries}
        await connection.execute(_RECORD, values)
    if happenings:
        await events.append(connection, order_id, "system", *happenings)


async def holders(connection: AsyncConnection, order_id: str, template: str) -> list[Person]:
    """The contacts for whom a mail of this kind left, or may have left, whatever roles they have now."""
    rows = await connection.execute(_HOLDERS, {"order_id": order_id, "template": template})
    return [_contact(row) for row in rows]


def _contact(row: Any) -> Person:
    return Person(f"contact:{row.id}", row.name, row.email)
