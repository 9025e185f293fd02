"""The steps that leave the house: what the provider and people are told."""

from temporalio import activity

from mail.compose import Template
from models.lifecycle import OrderStatus
from providers.order_drafts import order_draft
from providers.outbox import Outbox
from providers.port import Provider
from store import order_mails
from store.mails import AboutOrder
from store.session import Database
from workflows.messages import RemindProvider, SendMails
from workflows.steps import PeopleSteps, ProviderSteps


class PortSteps(ProviderSteps):
    """Speaks to the provider through whatever port orders reach it by."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    @activity.defn
    async def submit_to_provider(self, step: SendMails) -> None:
        """Hand the accepted order over."""
        await self._provider.submit(step.order_id, step.retries)

    @activity.defn
    async def remind_provider(self, step: RemindProvider) -> None:
        """Ask for the answer that does not come."""
        await self._provider.remind(step.order_id, step.waiting_in, step.number, step.retries)

    @activity.defn
    async def withdraw_from_provider(self, step: SendMails) -> None:
        """Say that the order is cancelled, if it was handed over."""
        await self._provider.withdraw(step.order_id, step.retries)


class MailSteps(PeopleSteps):
    """Tells people by mail how an order ended."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox

    @activity.defn
    async def tell_people(self, step: SendMails) -> None:
        """Processed: who placed the order, and who uses the line. Cancelled: who placed it."""
        async with self._database.reading() as connection:
            facts = await order_mails.letter_facts(connection, step.order_id)
        if facts.status is OrderStatus.PROCESSED:
            drafts = [order_draft(facts, Template.REQUESTER_PROCESSED, facts.requester)]
            if facts.employee:
                drafts.append(order_draft(facts, Template.EMPLOYEE_PROCESSED, facts.employee))
        else:
            drafts = [order_draft(facts, Template.REQUESTER_CANCELLED, facts.requester)]
        await self._outbox.send(AboutOrder(step.order_id, facts.account_id), drafts, step.retries)
