"""What has not been sent yet: e-mails and calls to providers whose attempts have failed so far (W11).

It is shown from the first failed attempt on, before the step is held. A hold waits for a person; what has not
been sent is retried automatically.
"""

from datetime import datetime
from enum import StrEnum

from models.values import View

MAIL = "mail:"
"""The prefix of the step of an e-mail whose attempt was interrupted, followed by the template's name."""


class NotSentReason(StrEnum):
    """Why the last attempt failed. The failure types in Temporal have the same names."""

    MAIL_UNAVAILABLE = "mail_unavailable"
    MAIL_UNCERTAIN = "mail_uncertain"
    MAIL_CONFIGURATION = "mail_configuration"
    MAIL_REJECTED = "mail_rejected"
    MAIL_NOT_COMPOSABLE = "mail_not_composable"
    NO_ORDER_CONTACT = "no_order_contact"
    NO_QR_CONTACT = "no_qr_contact"
    NO_AGENT_ADDRESS = "no_agent_address"
    NO_OWNER = "no_owner"
    NO_SUBSCRIBER_ADDRESS = "no_subscriber_address"
    NO_STAFF = "no_staff"
    NUMBER_SUSPENDED = "number_suspended"
    NO_STOCK = "no_stock"
    COMPONENT_UNAVAILABLE = "component_unavailable"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"
    UNEXPECTED = "unexpected"

    @property
    def sentence(self) -> str:
        """What happened, without any personal data."""
        return _REASONS[self]


_REASONS = {
    NotSentReason.MAIL_UNAVAILABLE: "The mail server does not answer, or accepts no e-mails now.",
    NotSentReason.MAIL_UNCERTAIN: (
        "The mail server stopped answering after the content; the e-mail may have arrived."
    ),
    NotSentReason.MAIL_CONFIGURATION: (
        "The mail server does not accept our login, sender, host name or TLS, or does not relay for us."
    ),
    NotSentReason.MAIL_REJECTED: "The mail server refused a recipient for good.",
    NotSentReason.MAIL_NOT_COMPOSABLE: "The e-mail cannot be composed; no mail server was asked.",
    NotSentReason.NO_ORDER_CONTACT: "The distributor has no contact with the role 'order'.",
    NotSentReason.NO_QR_CONTACT: "The distributor has no contact with the role eSIM QR code.",
    NotSentReason.NO_AGENT_ADDRESS: "The agent has no e-mail address.",
    NotSentReason.NO_OWNER: "The account has no active owner.",
    NotSentReason.NO_SUBSCRIBER_ADDRESS: "The subscriber has no e-mail address.",
    NotSentReason.NO_STAFF: "The account has no active user who manages travel eSIMs.",
    NotSentReason.NUMBER_SUSPENDED: "The number is suspended.",
    NotSentReason.NO_STOCK: "No eSIM of the order's IMSI profile is in stock.",
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
    "notify_of_change": "what the provider is asked to do with the eSIM",
    "report_ended": "the call to the workflow of the order that ended",
    "notify_owners": "the e-mail to the owners",
    "send_to_user": "the e-mail to a user about signing in",
    "send_notice": "the notice about a travel eSIM",
}
"""What each step sends, for the steps that call a mail server, a provider or another workflow."""

AN_EMAIL = "an e-mail"
"""What an interrupted step sends that is only known by its template."""

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
"""The words around it in lists and details."""


class NotSentView(View):
    """An e-mail or a call that has not been sent yet, and why (a `NotSentReason`)."""

    step: str
    """The step that sends it, as in `HoldView`; `mail:TEMPLATE` for an interrupted e-mail."""
    recipients: tuple[str, ...] = ()
    """The recipients who do not have the e-mail yet: `contact:7`, `user:3`, `cc:1`. Empty for a call."""
    reason: str
    since: datetime
    """When the first attempt began."""
    tried_at: datetime
    """When the last attempt began."""
    attempts: int

    @property
    def is_order(self) -> bool:
        """Whether it is the order itself, so that the provider does not have it yet."""
        return self.step in ("submit_to_provider", f"{MAIL}provider_order")
