"""What has not gone out yet: e-mails and calls to providers whose attempts have failed so far (W11).

It is shown from the first failed attempt on, and not only once the step is held. A hold waits for a person;
what has not gone out is tried again by itself.
"""

from datetime import datetime
from enum import StrEnum

from models.values import View

MAIL = "mail:"
"""What the step of an e-mail begins with whose attempt was interrupted; the name of its template follows."""


class NotSentReason(StrEnum):
    """Why the last attempt failed; the types of failures in Temporal have the same names."""

    MAIL_UNAVAILABLE = "mail_unavailable"
    MAIL_UNCERTAIN = "mail_uncertain"
    MAIL_CONFIGURATION = "mail_configuration"
    MAIL_REJECTED = "mail_rejected"
    MAIL_NOT_COMPOSABLE = "mail_not_composable"
    NO_ORDER_CONTACT = "no_order_contact"
    COMPONENT_UNAVAILABLE = "component_unavailable"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"
    UNEXPECTED = "unexpected"

    @property
    def sentence(self) -> str:
        """What happened, without any personal data."""
        return _REASONS[self]


_REASONS = {
    NotSentReason.MAIL_UNAVAILABLE: "The mail server does not answer, or takes no mails now.",
    NotSentReason.MAIL_UNCERTAIN: "The mail server went silent after taking the mail; it may have arrived.",
    NotSentReason.MAIL_CONFIGURATION: "The mail server does not accept our login, sender or TLS.",
    NotSentReason.MAIL_REJECTED: "The mail server refused a recipient for good.",
    NotSentReason.MAIL_NOT_COMPOSABLE: "The e-mail cannot be composed; no mail server was asked.",
    NotSentReason.NO_ORDER_CONTACT: "The distributor has no contact with the role 'order'.",
    NotSentReason.COMPONENT_UNAVAILABLE: "A component that it needs is unavailable.",
    NotSentReason.REFUSED: "The call was refused; the workflow's history says why.",
    NotSentReason.INTERRUPTED: "An attempt was interrupted; it is not known whether it succeeded.",
    NotSentReason.UNEXPECTED: "An unexpected error; the worker's log has the details.",
}

STEPS = {
    "submit_to_provider": "the order to the provider",
    "remind_provider": "a reminder to the provider",
    "withdraw_from_provider": "the cancellation to the provider",
    "send_email": "an e-mail about the order",
    "follow_up": "the call to another workflow",
    "ask_for_code": "the request to the distributor",
    "remind_of_code": "a reminder to the distributor",
    "report_no_code": "the e-mail that no QR code has come",
    "send_notification": "the e-mail with the link to the QR code",
}
"""What each step sends that calls a mail server, a provider or another workflow."""

AN_EMAIL = "an e-mail"
"""What is sent by a step that has no words of its own."""

WORDS = {
    "label": "not sent",
    "sentence": "{what}, since {since} ({tries}). {reason}",
    "one_try": "{number} try",
    "tries": "{number} tries",
    "waits_for": "waits for",
    "order": "the order to go out: the provider does not have it yet",
    "acknowledgement": "the provider's acknowledgement",
    "processing": "the provider's word that the order is processed",
}
"""What a list and a detail say around it."""


class NotSentView(View):
    """An e-mail or a call that has not gone out yet, and why (a `NotSentReason`)."""

    step: str
    """The step that sends it, as in `HoldView`; `mail:TEMPLATE` for an interrupted e-mail."""
    recipients: tuple[str, ...] = ()
    """Of an e-mail, those who do not have it yet: `contact:7`, `user:3`, `cc:1`. None of a call."""
    reason: str
    since: datetime
    """When it was tried first."""
    tried_at: datetime
    """When the last attempt began."""
    attempts: int

    @property
    def is_order(self) -> bool:
        """Whether it is the order itself: the provider does not know of it."""
        return self.step in ("submit_to_provider", f"{MAIL}provider_order")
