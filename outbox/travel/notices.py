"""The e-mails besides those of orders: to subscribers about their plans, to staff about the stock."""

from outbox.sender import Outgoing
from store.travel.notice_facts import NoticeFacts


def outgoing(facts: NoticeFacts) -> list[Outgoing]:
    """The e-mails of this notice."""
    return []
