"""Which e-mails a kind of order sends, to whom and when: one entry for each kind in `EMAILS`, and one in
`PROVIDER_EMAILS` for each that is served by e-mail.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from sqlalchemy.ext.asyncio import AsyncConnection

from models.orders.lifecycle import OrderKind, OrderStatus
from outbox.licences.orders import LicenceEmails
from outbox.sender import Outgoing
from outbox.swaps import SwapEmails
from outbox.travel.orders import CODE, CONFIRMATION, TravelEmails
from store.mail_subjects import Person


class ProviderEmail(StrEnum):
    """The e-mails to an order's distributor, by the name of their class."""

    ORDER = "provider_order"
    REMINDER_ACKNOWLEDGE = "provider_reminder_acknowledge"
    REMINDER_PROCESS = "provider_reminder_process"
    CANCELLED = "provider_cancelled"


class OrderEmails(Protocol):
    """The e-mails of one kind of order to people. `facts` is the result of `read`."""

    def to_people(self, status: OrderStatus) -> Sequence[str]:
        """The names of the steps that send e-mails to people when an order has come to this status. Each is
        sent, retried and held by itself.
        """

    async def read(self, connection: AsyncConnection, order_id: str) -> Any:
        """Read the facts that the e-mails of this order may contain."""

    def outgoing(self, facts: Any, step: str) -> list[Outgoing]:
        """The e-mails of one of the steps of `to_people`, each to one recipient."""


class ProviderEmails(Protocol):
    """The e-mails to the distributor of a kind of order that is served by e-mail."""

    async def read(self, connection: AsyncConnection, order_id: str) -> Any:
        """Read the facts that the e-mails of this order may contain, and its `order_contacts`
        (`store.orders.emails.order_contacts_of`).
        """

    def to_provider(self, facts: Any, purpose: str, contact: Person, number: int = 0) -> Outgoing:
        """An e-mail about the order to a contact of its distributor. `facts` is the result of `read`,
        `purpose` a `ProviderEmail`, `number` that of a reminder.
        """


@runtime_checkable
class SendsCode(Protocol):
    """A kind of order that sends the QR code of its eSIM itself, as one of the steps of `to_people`."""

    code_step: str
    """The name of that step."""

    async def notification(self, connection: AsyncConnection, order_id: str) -> str | None:
        """The id of the notification that the step sends, recorded by then; None if the code is not to be
        sent any more.
        """


EMAILS: dict[str, OrderEmails] = {
    OrderKind.SWITCH_TO_ESIM: SwapEmails(),
    OrderKind.REPLACE_ESIM: SwapEmails(),
    OrderKind.ASSIGN_LICENCE: LicenceEmails(),
    OrderKind.REPLACE_LICENCE_ESIM: LicenceEmails(),
    OrderKind.ADD_LINE: TravelEmails(CODE, CONFIRMATION),
    OrderKind.ADD_PLAN: TravelEmails(CONFIRMATION),
    OrderKind.REPLACE_LINE_ESIM: TravelEmails(CODE),
}
"""To people."""

PROVIDER_EMAILS: dict[str, ProviderEmails] = {
    OrderKind.SWITCH_TO_ESIM: SwapEmails(),
    OrderKind.REPLACE_ESIM: SwapEmails(),
    OrderKind.ASSIGN_LICENCE: LicenceEmails(),
    OrderKind.REPLACE_LICENCE_ESIM: LicenceEmails(),
}
"""To the provider, where that is the order contacts of a distributor (`providers.registry.BY_MAIL`)."""
