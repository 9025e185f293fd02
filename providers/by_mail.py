"""A provider that is reached through its distributor's order contacts, by mail."""

from collections.abc import Sequence
from functools import partial

from mail.compose import Template
from models.lifecycle import OrderStatus
from providers.order_drafts import order_draft
from providers.outbox import Outbox
from providers.port import NoOrderContact
from store import order_mails
from store.mails import AboutOrder, Person
from store.order_mails import OrderLetterFacts
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
        drafts = [order_draft(facts, Template.PROVIDER_ORDER, contact) for contact in contacts]
        wanted = partial(order_mails.is_in, order_id=order_id, statuses=_HANDED_OVER_IN)
        await self._outbox.send(AboutOrder(order_id, facts.account_id), drafts, retries, wanted)

    async def remind(self, order_id: str, waiting_in: OrderStatus, number: int, retries: int) -> None:
        """Mail a reminder, unless the order has left that status meanwhile."""
        facts, contacts = await self._read(order_id)
        drafts = [order_draft(facts, _REMINDERS[waiting_in], contact, number) for contact in contacts]
        wanted = partial(order_mails.is_in, order_id=order_id, statuses={waiting_in})
        await self._outbox.send(AboutOrder(order_id, facts.account_id), drafts, retries, wanted)

    async def withdraw(self, order_id: str, retries: int) -> None:
        """Mail that the order is cancelled, where the order itself was mailed: to the order contacts, and
        to whoever has the order from the time when they were one.
        """
        async with self._database.reading() as connection:
            holders = await order_mails.holders(connection, order_id, Template.PROVIDER_ORDER)
        if holders:
            facts, contacts = await self._read(order_id, holders)
            drafts = [order_draft(facts, Template.PROVIDER_CANCELLED, contact) for contact in contacts]
            await self._outbox.send(AboutOrder(order_id, facts.account_id), drafts, retries)

    async def _read(
        self, order_id: str, also: Sequence[Person] = ()
    ) -> tuple[OrderLetterFacts, list[Person]]:
        async with self._database.reading() as connection:
            facts = await order_mails.letter_facts(connection, order_id)
            contacts = list(dict.fromkeys([*await order_mails.order_contacts(connection, order_id), *also]))
        if not contacts:
            raise NoOrderContact("The distributor has no contact with the role 'order'.")
        return facts, contacts
