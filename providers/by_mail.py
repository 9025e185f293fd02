"""A provider that is reached through its distributor's order contacts, by e-mail."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from models.orders.lifecycle import OPEN, OrderStatus
from models.orders.placement import ProviderAnswer
from outbox.links import Links
from outbox.orders import PROVIDER_EMAILS, ProviderEmail
from outbox.sender import Outbox, Outgoing
from providers.port import NoOrderContact
from store.mail_subjects import AboutOrder, Person
from store.orders import emails as order_mails
from store.session import Database

_HANDED_OVER_IN = frozenset(OrderStatus) - {OrderStatus.CANCELLED}
"""An order that was acknowledged before its e-mail is sent, by telephone say, is mailed nevertheless."""
_REMINDERS = {
    OrderStatus.SUBMITTED: ProviderEmail.REMINDER_ACKNOWLEDGE,
    OrderStatus.PROVIDER_PROCESSING: ProviderEmail.REMINDER_PROCESS,
}


class ProviderByMail:
    """Sends e-mails to every contact with the role `order`; their answers come through the desk."""

    def __init__(self, database: Database, outbox: Outbox, links: Links) -> None:
        self._database = database
        self._outbox = outbox
        self._links = links

    async def submit(self, order_id: str, kind: str, retries: int) -> ProviderAnswer:
        """Mail the order, unless it was cancelled meanwhile. The answer is always empty. Raises
        `NoOrderContact` and what `Outbox` raises.
        """
        await self._write(order_id, kind, ProviderEmail.ORDER, retries, wanted_in=_HANDED_OVER_IN)
        return ProviderAnswer()

    async def remind(
        self, order_id: str, kind: str, waiting_in: OrderStatus, number: int, retries: int
    ) -> None:
        """Mail a reminder, unless the order has left that status meanwhile."""
        purpose = _REMINDERS[waiting_in]
        await self._write(order_id, kind, purpose, retries, wanted_in={waiting_in}, number=number)

    async def again(self, order_id: str, kind: str, asked: int, retries: int) -> None:
        """Mail the order once more, to all who are order contacts now, unless it has ended meanwhile."""
        again = ("again", asked)
        await self._write(order_id, kind, ProviderEmail.ORDER, retries, wanted_in=OPEN, again=again)

    async def withdraw(self, order_id: str, kind: str, retries: int) -> None:
        """Mail that the order is cancelled, if the order itself was mailed: to the order contacts, and to
        former ones who received the order.
        """
        async with self._database.reading() as connection:
            holders = await order_mails.holders(connection, order_id, ProviderEmail.ORDER)
        if holders:
            await self._write(order_id, kind, ProviderEmail.CANCELLED, retries, also=holders)

    async def _write(
        self,
        order_id: str,
        kind: str,
        purpose: ProviderEmail,
        retries: int,
        *,
        wanted_in: Collection[OrderStatus] | None = None,
        number: int = 0,
        again: tuple[int | str, ...] = (),
        also: Sequence[Person] = (),
    ) -> None:
        emails = PROVIDER_EMAILS[kind]
        async with self._database.reading() as connection:
            facts = await emails.read(connection, order_id)
        contacts = dict.fromkeys([*facts.order_contacts, *also])
        if not contacts:
            raise NoOrderContact("The distributor has no contact with the role 'order'.")
        about = AboutOrder(order_id, facts.account_id)
        outgoing = [
            self._linked(about, emails.to_provider(facts, purpose, contact, number)) for contact in contacts
        ]
        outgoing = [replace(one, turn=(*one.turn, *again)) for one in outgoing]
        await self._outbox.send(about, outgoing, retries, statuses=wanted_in)

    def _linked(self, about: AboutOrder, outgoing: Outgoing) -> Outgoing:
        """The e-mail with the contact's link to the order, if it has a button for one."""
        if outgoing.email.button is None:
            return outgoing
        return replace(outgoing, link=self._links.order(about.account_id, about.id, outgoing.to))
