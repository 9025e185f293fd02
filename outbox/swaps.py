"""The e-mails of orders that swap the SIM of a line; their texts are in `wording/orders`.

They go to the distributor's order contacts while the order is open, and to requester and employee when it has
ended. The distributor does not learn who uses the line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncConnection

from models.orders.lifecycle import OrderStatus
from models.orders.notes import parts_of
from outbox import order_emails
from outbox.emails import Email
from outbox.sender import Outgoing
from store.mail_subjects import Person
from store.orders import emails
from store.orders.emails import SwapFacts

_LINE = ("msisdn", "device", "slot")
_ORDERED = ("order_id", "action", "account", "provider", "pack", "item", "quantity", *_LINE, "iccid_in_place")
_REQUESTED = ("order_id", "action", "provider", "distributor", *_LINE, "employee_name")


@dataclass(frozen=True, kw_only=True, repr=False)
class SwapEmail(Email):
    """`kind` is the kind of order; `msisdn` is E.164, `slot` 1 to 3."""

    texts: ClassVar[str] = "orders"
    order_id: str
    kind: str
    provider: str
    msisdn: str
    device: str
    slot: int


@dataclass(frozen=True, kw_only=True, repr=False)
class ToProvider(SwapEmail):
    """An e-mail to an order contact of the distributor."""

    rows: ClassVar[tuple[str, ...]] = _ORDERED
    account: str
    pack: str
    item: str
    quantity: int
    iccid_in_place: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class ProviderOrder(order_emails.Placed, ToProvider):
    """The order is placed."""

    rows: ClassVar[tuple[str, ...]] = (*_ORDERED, "requester_name", "purchase_reference", "comment")
    purchase_reference: str | None
    comment: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class ProviderReminderAcknowledge(order_emails.ReminderAcknowledge, ToProvider):
    """Reminder: the order is not acknowledged."""


@dataclass(frozen=True, kw_only=True, repr=False)
class ProviderReminderProcess(order_emails.ReminderProcess, ToProvider):
    """Reminder: the order is acknowledged, but not processed."""


@dataclass(frozen=True, kw_only=True, repr=False)
class ProviderCancelled(order_emails.Cancelled, ToProvider):
    """The order is cancelled."""


@dataclass(frozen=True, kw_only=True, repr=False)
class ToRequester(SwapEmail):
    """An e-mail to the user who placed the order."""

    distributor: str
    employee_name: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class RequesterProcessed(ToRequester):
    """The order is processed: the eSIM is in place."""

    name: ClassVar[str] = "requester_processed"
    rows: ClassVar[tuple[str, ...]] = (*_REQUESTED, "iccid", "previous_iccid")
    iccid: str | None
    previous_iccid: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class RequesterCancelled(ToRequester):
    """The order is cancelled: nothing changes on the line."""

    name: ClassVar[str] = "requester_cancelled"
    rows: ClassVar[tuple[str, ...]] = (*_REQUESTED, "iccid_in_place")
    iccid_in_place: str | None
    cancel_reason: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class EmployeeProcessed(SwapEmail):
    """To the employee: the line uses the eSIM now."""

    name: ClassVar[str] = "employee_processed"
    rows: ClassVar[tuple[str, ...]] = ("order_id", *_LINE, "provider", "iccid")
    iccid: str | None
    requester_name: str


TO_PROVIDER: Mapping[str, type[ToProvider]] = {
    email.name: email
    for email in (ProviderOrder, ProviderReminderAcknowledge, ProviderReminderProcess, ProviderCancelled)
}
"""The e-mails to order contacts of the distributor, by name."""

TO_PEOPLE: Mapping[OrderStatus, Mapping[type[SwapEmail], Callable[[SwapFacts], Person | None]]] = {
    OrderStatus.PROCESSED: {
        RequesterProcessed: lambda facts: facts.requester,
        EmployeeProcessed: lambda facts: facts.employee,
    },
    OrderStatus.CANCELLED: {RequesterCancelled: lambda facts: facts.requester},
}
"""The e-mails that an order sends to people at a status, each with its recipient."""

PEOPLE = "people"
"""The name of the step that sends the e-mails to people."""


class SwapEmails:
    """The e-mails of switches and replacements, to people and to the provider (`outbox.orders`)."""

    def to_people(self, status: OrderStatus) -> tuple[str, ...]:
        """One step where the order is processed or cancelled."""
        return (PEOPLE,) if status in TO_PEOPLE else ()

    async def read(self, connection: AsyncConnection, order_id: str) -> SwapFacts:
        """The order, its line, SIMs, requester and employee."""
        return await emails.swap_facts(connection, order_id)

    def outgoing(self, facts: SwapFacts, step: str) -> list[Outgoing]:
        """How the order ended, one e-mail for each recipient."""
        ended = OrderStatus.PROCESSED if facts.status is OrderStatus.PROCESSED else OrderStatus.CANCELLED
        known = known_of(facts)
        recipients = ((email, recipient(facts)) for email, recipient in TO_PEOPLE[ended].items())
        return [Outgoing(email.of(known), to) for email, to in recipients if to]

    def to_provider(self, facts: SwapFacts, purpose: str, contact: Person, number: int = 0) -> Outgoing:
        """The order, a reminder of it or its cancellation."""
        email = TO_PROVIDER[purpose].of(known_of(facts, number))
        return Outgoing(email, contact, turn=(number,) if number else ())


def known_of(facts: SwapFacts, number: int = 0) -> dict[str, Any]:
    """All facts of an order, by the names of the fields of its e-mails; for a reminder its number."""
    reference, comment = parts_of(facts.note)
    return {
        **vars(facts),
        "purchase_reference": reference,
        "comment": comment,
        "quantity": 1,
        "previous_iccid": facts.iccid_in_place,
        "requester_name": facts.requester.name,
        "employee_name": facts.employee.name if facts.employee else None,
        "reminder_number": number,
        "waiting_since": facts.status_since,
    }
