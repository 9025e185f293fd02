"""The log of e-mails: each that was recorded to be sent, as an account sees it (P11)."""

from datetime import datetime
from enum import StrEnum

from models.values import View

OF_TRAVEL = ("subscriber_", "travel_", "staff_")
"""How the kinds of e-mails about travel eSIMs begin."""


class MailState(StrEnum):
    """How far an e-mail is."""

    SENT = "sent"
    """The mail server has taken it."""
    WAITING = "waiting"
    """It is being sent, or is tried again."""
    FAILED = "failed"
    """The mail server refused it for good, or it could not be composed."""


class MailView(View):
    """An e-mail. Its text, with its links and codes, is not part of the log."""

    id: str
    kind: str
    """Such as `provider_order`."""
    recipient: str
    """contact:7, user:3, employee:12, agent:4, subscriber:5, cc:1, manager."""
    to: str | None
    """Name and address as they are now; None where the record is gone, or of a copy."""
    about: str
    """The id of the order, the request, the notification or the other work that it is about."""
    sim_id: int | None
    """The SIM whose QR code it is about."""
    state: MailState
    attempts: int
    reason: str | None
    """Why it failed: a `HoldReason`."""
    message_id: str
    at: datetime
    """When it was recorded, or its state last changed."""
