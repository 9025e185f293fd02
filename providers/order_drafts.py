"""The mails of an order, ready to be sent."""

from mail.compose import OrderFacts, Template, compose
from mail.qr_letters import FreshLink
from mail.wording import Content
from providers.outbox import Draft
from store.mails import Person
from store.order_mails import OrderLetterFacts


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
