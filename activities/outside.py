"""The steps that call the outside: calls and e-mails to the provider, and e-mails to people."""

from collections.abc import Mapping

from activities.code_emails import NotificationMails
from activities.mail_again import hand_over_again
from models.orders.placement import ProviderAnswer, Reminded
from outbox.orders import EMAILS, SendsCode
from outbox.sender import Outbox
from providers.port import Provider
from providers.registry import PROVIDERS
from store.mail_subjects import AboutOrder
from store.orders import emails as order_mails
from store.orders import follow_ups
from store.session import Database
from workflows.orders.messages import EmailInput, ProviderInput, RemindInput
from workflows.orders.steps import PeopleSteps, ProviderSteps


class PortSteps(ProviderSteps):
    """Calls the provider of an order through the port that serves its kind."""

    def __init__(self, database: Database, ports: Mapping[str, Provider]) -> None:
        self._database = database
        self._ports = ports

    async def submit_to_provider(self, order: ProviderInput) -> ProviderAnswer:
        """Hand the accepted order over."""
        return await self._port(order.kind).submit(order.order_id, order.kind, order.retries)

    async def remind_provider(self, order: RemindInput) -> Reminded:
        """Remind the provider, if it has not answered for `silent_for`. What a user has asked for is mailed
        first, after which no reminder is due.
        """
        port = self._port(order.kind)
        await hand_over_again(self._database, port, order.order_id, order.kind, order.retries)
        async with self._database.reading() as connection:
            left = await order_mails.reminder_due_in(connection, order.order_id, order.silent_for)
        if left is None and order.number is not None:
            await port.remind(order.order_id, order.kind, order.waiting_in, order.number, order.retries)
        return Reminded(due_in=left)

    async def withdraw_from_provider(self, order: ProviderInput) -> None:
        """Notify the provider that the order is cancelled, if it was handed over."""
        await self._port(order.kind).withdraw(order.order_id, order.kind, order.retries)
        async with self._database.transaction() as connection:
            await follow_ups.withdrawn(connection, order.order_id)

    def _port(self, kind: str) -> Provider:
        return self._ports[PROVIDERS[kind]]


class EmailSteps(PeopleSteps):
    """Notifies people by e-mail how an order ended."""

    def __init__(self, database: Database, outbox: Outbox, notifications: NotificationMails) -> None:
        self._database = database
        self._outbox = outbox
        self._notifications = notifications

    async def send_email(self, email: EmailInput) -> None:
        """Send one of the e-mails of this kind of order."""
        emails = EMAILS[email.kind]
        if isinstance(emails, SendsCode) and email.email == emails.code_step:
            await self._send_code(emails, email)
            return
        async with self._database.reading() as connection:
            facts = await emails.read(connection, email.order_id)
        outgoing = emails.outgoing(facts, email.email)
        about = AboutOrder(email.order_id, facts.account_id)
        await self._outbox.send(about, outgoing, email.retries, step=email.email)

    async def _send_code(self, emails: SendsCode, email: EmailInput) -> None:
        """Send the notification of the order's eSIM, if it is to be sent still."""
        async with self._database.transaction() as connection:
            notification_id = await emails.notification(connection, email.order_id)
        if notification_id is not None:
            await self._notifications.send(notification_id, email.retries)
        async with self._database.transaction() as connection:
            await follow_ups.emailed(connection, email.order_id, email.email)
