"""The e-mails of orders that swap the SIM of a line."""

from sqlalchemy.ext.asyncio import AsyncConnection

from mail.compose import OrderFacts, Template, compose
from mail.qr_letters import FreshLink
from mail.wording import Content
from models.orders.lifecycle import OrderStatus
from providers.outbox import Draft
from store.mails import Person
from store.orders import emails
from store.orders.emails import OrderLetterFacts

PEOPLE = "people"
"""How the order ended: to who placed it and, when it is processed, to who uses the line."""


class SwapEmails:
    """To the distributor's order contacts, and to people at the end."""

    def to_people(self, status: OrderStatus) -> tuple[str, ...]:
        """One e-mail at either end."""
        return (PEOPLE,) if status in (OrderStatus.PROCESSED, OrderStatus.CANCELLED) else ()

    async def read(self, connection: AsyncConnection, order_id: str) -> OrderLetterFacts:
        """The order, its line, SIMs, requester and employee."""
        return await emails.letter_facts(connection, order_id)

    def drafts(self, facts: OrderLetterFacts, email: str) -> list[Draft]:
        """Processed: to who placed the order, and to who uses the line. Cancelled: to who placed it."""
        if facts.status is not OrderStatus.PROCESSED:
            return [order_draft(facts, Template.REQUESTER_CANCELLED, facts.requester)]
        drafts = [order_draft(facts, Template.REQUESTER_PROCESSED, facts.requester)]
        if facts.employee:
            drafts.append(order_draft(facts, Template.EMPLOYEE_PROCESSED, facts.employee))
        return drafts

    def to_provider(self, facts: OrderLetterFacts, purpose: str, contact: Person, number: int = 0) -> Draft:
        """The order, a reminder of it or its withdrawal."""
        return order_draft(facts, Template(purpose), contact, number)


def order_draft(facts: OrderLetterFacts, template: Template, to: Person, number: int = 0) -> Draft:
    """A mail of this order to somebody, and for a reminder its number."""

    def write(language: str, _: FreshLink | None) -> Content:
        return compose(template, _order_facts(facts, to, number), language)

    return Draft(template, to, write, turn=(number,) if number else ())


def _order_facts(facts: OrderLetterFacts, to: Person, number: int) -> OrderFacts:
    return OrderFacts(
        order_id=facts.order_id,
        kind=facts.kind.value,
        account=facts.account,
        provider=facts.provider,
        distributor=facts.distributor,
        pack=facts.pack,
        item=facts.item,
        quantity=1,
        msisdn=facts.msisdn,
        device=facts.device,
        slot=facts.slot,
        iccid_in_place=facts.iccid_in_place,
        iccid=facts.iccid,
        requester_name=facts.requester.name,
        employee_name=facts.employee.name if facts.employee else None,
        recipient_name=to.name,
        cancel_reason=facts.cancel_reason,
        reminder_number=number,
        waiting_since=facts.status_since,
    )
