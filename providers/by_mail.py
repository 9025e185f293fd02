"""A provider that is reached through its distributor's order contacts, by mail."""

from collections.abc import Sequence

from mail.compose import Template
from models.lifecycle import OrderStatus
from providers.outbox import Draft, Outbox
from providers.port import NoOrderContact
from store import mails
from store.mails import OrderLetterFacts, Person
from store.session import Database

_HANDED_OVER_IN = frozenset(OrderStatus) - {OrderStatus.CANCELLED}
"""An order that was acknowledged at once, by telephone say, is mailed all the same."""
_REMINDERS = {
    OrderStatus.SUBMITTED: Template.PROVIDER_REMINDER_ACKNOWLEDGE,
    OrderStatus.PROVIDER_PROCESSING: Template.PROVIDER_REMINDER_PROCESS,
}


class ProviderByMail:
    """Writes to every contact with the role `order`; what they answer, a person or a portal reports."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox

    async def submit(self, order_id: str, retries: int) -> None:
        """Mail the order, unless it was acknowledged or cancelled meanwhile. Raises `NoOrderContact` and what
        `Outbox` raises.
        """
        facts, contacts = await self._read(order_id)
        drafts = [Draft(Template.PROVIDER_ORDER, contact) for contact in contacts]
        await self._outbox.send(facts, drafts, retries, only_in=_HANDED_OVER_IN)

    async def remind(self, order_id: str, waiting_in: OrderStatus, number: int, retries: int) -> None:
        """Mail a reminder, unless the order has left that status meanwhile."""
        facts, contacts = await self._read(order_id)
        drafts = [Draft(_REMINDERS[waiting_in], contact, number) for contact in contacts]
        await self._outbox.send(facts, drafts, retries, only_in={waiting_in})

    async def withdraw(self, order_id: str, retries: int) -> None:
        """Mail that the order is cancelled, where the order itself was mailed: to the order contacts, and
        to whoever has the order from the time when they were one.
        """
        async with self._database.reading() as connection:
            holders = await mails.holders(connection, order_id, Template.PROVIDER_ORDER)
        if holders:
            facts, contacts = await self._read(order_id, holders)
            drafts = [Draft(Template.PROVIDER_CANCELLED, contact) for contact in contacts]
            await self._outbox.send(facts, drafts, retries)

    async def _read(
        self, order_id: str, also: Sequence[Person] = ()
    ) -> tuple[OrderLetterFacts, list[Person]]:
        async with self._database.reading() as connection:
            facts = await mails.letter_facts(connection, order_id)
            contacts = list(dict.fromkeys([*await mails.order_contacts(connection, order_id), *also]))
        if not contacts:
            raise NoOrderContact("The distributor has no contact with the role 'order'.")
        return facts, contacts
