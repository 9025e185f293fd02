"""The e-mails of orders about a number, and the one that brings an agent the eSIM; texts: `wording/licences`.

Orders go to the distributor's order contacts, how they end to the administrator who placed them. The
distributor does not learn who uses the number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncConnection

from models.orders.lifecycle import OrderStatus
from outbox import order_emails
from outbox.emails import Email
from outbox.sender import Outgoing
from store.licences import emails
from store.licences.emails import LicenceFacts
from store.mail_subjects import Person

_ORDERED = ("reference", "action", "account", "provider", "add_on", "msisdn", "previous_iccid")
_REQUESTED = ("reference", "action", "provider", "distributor", "add_on", "msisdn", "agent_name")
_LOST = "replace_lost_esim"
"""The phrases of a replacement whose eSIM stopped at once; else those of the kind of order."""


@dataclass(frozen=True, kw_only=True, repr=False)
class LicenceEmail(Email):
    """`reference` is the id of the order or notification; phone numbers are E.164."""

    texts: ClassVar[str] = "licences"
    reference: str
    provider: str


@dataclass(frozen=True, kw_only=True, repr=False)
class AgentEsim(LicenceEmail):
    """To the agent: the QR code of the eSIM, and how iPhones and Android phones install it (L9 to L11)."""

    name: ClassVar[str] = "agent_esim"
    rows: ClassVar[tuple[str, ...]] = ("reference", "account", "provider", "line_tail", "iccid_tail")
    button: ClassVar[str | None] = "download"
    shows_code: ClassVar[bool] = True
    account: str
    iccid_tail: str | None
    line_tail: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class OfOrder(LicenceEmail):
    """`kind` chooses the phrases: that of the order, or another where the phone was lost."""

    kind: str
    add_on: str
    msisdn: str


@dataclass(frozen=True, kw_only=True, repr=False)
class ToProvider(OfOrder):
    """An e-mail to an order contact of the distributor."""

    rows: ClassVar[tuple[str, ...]] = _ORDERED
    account: str
    previous_iccid: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class ProviderOrder(order_emails.Placed, ToProvider):
    """The order is placed."""

    rows: ClassVar[tuple[str, ...]] = (*_ORDERED, "requester_name")


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
class ToRequester(OfOrder):
    """An e-mail to the administrator who placed the order."""

    distributor: str
    agent_name: str


@dataclass(frozen=True, kw_only=True, repr=False)
class RequesterProcessed(ToRequester):
    """The order is processed: the number has its eSIM, the agent gets the QR code."""

    name: ClassVar[str] = "requester_processed"
    rows: ClassVar[tuple[str, ...]] = (*_REQUESTED, "iccid", "previous_iccid")
    iccid: str | None
    previous_iccid: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class RequesterCancelled(ToRequester):
    """The order is cancelled."""

    name: ClassVar[str] = "requester_cancelled"
    rows: ClassVar[tuple[str, ...]] = _REQUESTED
    cancel_reason: str | None


TO_PROVIDER: Mapping[str, type[ToProvider]] = {
    email.name: email
    for email in (ProviderOrder, ProviderReminderAcknowledge, ProviderReminderProcess, ProviderCancelled)
}
"""The e-mails to order contacts of the distributor, by name."""

TO_REQUESTER: Mapping[OrderStatus, type[ToRequester]] = {
    OrderStatus.PROCESSED: RequesterProcessed,
    OrderStatus.CANCELLED: RequesterCancelled,
}
"""The e-mail to the administrator at a status."""

PEOPLE = "people"
"""The name of the step that sends the e-mail to the administrator."""


class LicenceEmails:
    """The e-mails of both kinds of order about a number, to people and to the provider (`outbox.orders`)."""

    def to_people(self, status: OrderStatus) -> tuple[str, ...]:
        """One step where the order is processed or cancelled."""
        return (PEOPLE,) if status in TO_REQUESTER else ()

    async def read(self, connection: AsyncConnection, order_id: str) -> LicenceFacts:
        """The order, its number, agent, licence, eSIMs and requester."""
        return await emails.licence_facts(connection, order_id)

    def outgoing(self, facts: LicenceFacts, step: str) -> list[Outgoing]:
        """How the order ended."""
        ended = OrderStatus.PROCESSED if facts.status is OrderStatus.PROCESSED else OrderStatus.CANCELLED
        return [Outgoing(TO_REQUESTER[ended].of(known_of(facts)), facts.requester)]

    def to_provider(self, facts: LicenceFacts, purpose: str, contact: Person, number: int = 0) -> Outgoing:
        """The order, a reminder of it or its cancellation."""
        email = TO_PROVIDER[purpose].of(known_of(facts, number))
        return Outgoing(email, contact, turn=(number,) if number else ())


def known_of(facts: LicenceFacts, number: int = 0) -> dict[str, Any]:
    """All facts of an order, by the names of the fields of its e-mails; for a reminder its number."""
    lost = facts.reason is not None and facts.reason.stops_at_once
    return {
        **vars(facts),
        "reference": facts.order_id,
        "kind": _LOST if lost else facts.order_kind.value,
        "add_on": facts.add_on.label,
        "requester_name": facts.requester.name,
        "reminder_number": number,
        "waiting_since": facts.status_since,
    }
