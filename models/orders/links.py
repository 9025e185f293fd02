"""The links in the e-mails to order contacts, as they are read: never with their tokens."""

from datetime import datetime

from models.values import View


class MailedAgain(View):
    """An order that is e-mailed to its distributor once more."""

    order_id: str
    key: str
    replayed: bool = False
    """Whether this key has had it e-mailed before."""


class OrderLinkView(View):
    """A link that was e-mailed to a contact."""

    id: int
    recipient: str
    """Such as `contact:7`."""
    contact: str | None
    """The contact's name; None once the contact was erased."""
    created_at: datetime
    expires_at: datetime
    state: str
    """`open`, `expired`, `revoked`, or `over`: its order has ended."""
