"""The lifecycle of an order: its statuses and the permitted transitions."""

from enum import StrEnum

from models.errors import Refusal


class OrderKind(StrEnum):
    """The kinds of order; `models.orders.kinds` has what each asks for."""

    SWITCH_TO_ESIM = "switch_to_esim"
    REPLACE_ESIM = "replace_esim"
    ASSIGN_LICENCE = "assign_licence"
    REPLACE_LICENCE_ESIM = "replace_licence_esim"
    ADD_LINE = "add_line"
    ADD_PLAN = "add_plan"
    REPLACE_LINE_ESIM = "replace_line_esim"


class OrderStatus(StrEnum):
    """The status of an order. "Processed" by a provider, a supplier or a vendor is one status."""

    SUBMITTED = "submitted"
    PROVIDER_PROCESSING = "provider_processing"
    PROCESSED = "processed"
    CANCELLED = "cancelled"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The status as the order table names it."""
        return _LABELS[self]


_LABELS = {
    OrderStatus.SUBMITTED: "Submitted",
    OrderStatus.PROVIDER_PROCESSING: "Provider processing in progress",
    OrderStatus.PROCESSED: "Processed by the provider",
    OrderStatus.CANCELLED: "Cancelled",
    OrderStatus.REFUSED: "Refused",
}

TRANSITIONS: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.SUBMITTED: frozenset({OrderStatus.PROVIDER_PROCESSING, OrderStatus.CANCELLED}),
    OrderStatus.PROVIDER_PROCESSING: frozenset({OrderStatus.PROCESSED, OrderStatus.CANCELLED}),
    OrderStatus.PROCESSED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
    OrderStatus.REFUSED: frozenset(),
}

OPEN = frozenset(status for status, after in TRANSITIONS.items() if after)


class HoldReason(StrEnum):
    """Why an order waits for a person; the value of the search attribute `HoldReason`."""

    MAIL_UNAVAILABLE = "mail_unavailable"
    MAIL_REJECTED = "mail_rejected"
    MAIL_UNCERTAIN = "mail_uncertain"
    MAIL_NOT_COMPOSABLE = "mail_not_composable"
    MAIL_CONFIGURATION = "mail_configuration"
    NO_ORDER_CONTACT = "no_order_contact"
    ANSWER_REFUSED = "answer_refused"
    NO_ACKNOWLEDGEMENT = "no_acknowledgement"
    NO_PROCESSING = "no_processing"
    NO_QR_CODE = "no_qr_code"
    NO_QR_CONTACT = "no_qr_contact"
    NO_AGENT_ADDRESS = "no_agent_address"
    NO_OWNER = "no_owner"
    NUMBER_SUSPENDED = "number_suspended"
    NO_STOCK = "no_stock"
    NO_SUBSCRIBER_ADDRESS = "no_subscriber_address"
    NO_STAFF = "no_staff"
    STEP_FAILED = "step_failed"

    @property
    def sentence(self) -> str:
        """What happened and what a person can do, without any personal data."""
        return _HOLDS[self]


_HOLDS = {
    HoldReason.MAIL_UNAVAILABLE: "The mail server accepts no e-mails. Retry when it does.",
    HoldReason.MAIL_REJECTED: "The mail server refused a recipient for good. Correct it, then retry.",
    HoldReason.MAIL_UNCERTAIN: (
        "Twice the mail server stopped answering after the content; the e-mail may have arrived. "
        "Ask the recipient, then retry to send it once more, or continue."
    ),
    HoldReason.MAIL_NOT_COMPOSABLE: (
        "An e-mail cannot be composed, so it was not sent; the history says which and why, mostly the "
        "recipient's address. Correct it, then retry."
    ),
    HoldReason.MAIL_CONFIGURATION: (
        "The mail server does not accept our login, sender, host name or TLS, or does not relay for us; the "
        "history has its code. Correct ESIM_SMTP_URL, ESIM_MAIL_FROM or ESIM_SMTP_HELO_NAME, then retry."
    ),
    HoldReason.NO_ORDER_CONTACT: (
        "The distributor has no contact with the role 'order'. Give it to one, "
        "or import the catalogue with one. Then retry."
    ),
    HoldReason.ANSWER_REFUSED: (
        "What the provider answered was refused; the order's history says why. Correct it, then retry."
    ),
    HoldReason.NO_ACKNOWLEDGEMENT: (
        "The distributor does not acknowledge. Call them; then acknowledge or cancel the order, "
        "or retry to remind them again."
    ),
    HoldReason.NO_PROCESSING: (
        "The distributor does not process the order. Call them; then report it processed or cancel it, "
        "or retry to remind them again."
    ),
    HoldReason.NO_QR_CODE: (
        "The distributor does not send the QR code. Call them; then import the code or withdraw the request, "
        "or retry to remind them again."
    ),
    HoldReason.NO_QR_CONTACT: (
        "The distributor has no contact with the role eSIM QR code, so the code cannot be requested. Add "
        "one, then retry."
    ),
    HoldReason.NO_AGENT_ADDRESS: (
        "The agent has no e-mail address for the QR code. Set one: what is held then continues by itself."
    ),
    HoldReason.NUMBER_SUSPENDED: (
        "The number is suspended, so its agent gets no QR code. "
        "Resume it: the order then continues by itself."
    ),
    HoldReason.NO_OWNER: (
        "The account has no active owner who can be notified of a request for licences. Give a user the role "
        "of an owner, then retry."
    ),
    HoldReason.NO_STOCK: (
        "No eSIM of the order's IMSI profile is in stock. Import some: the order then continues by itself."
    ),
    HoldReason.NO_SUBSCRIBER_ADDRESS: (
        "The subscriber has no e-mail address. Import one with the subscribers, then retry."
    ),
    HoldReason.NO_STAFF: (
        "The account has no active owner or administrator who can be alerted. Add one, then retry."
    ),
    HoldReason.STEP_FAILED: "A step keeps failing; the history says how. Fix the cause, then retry.",
}


def advance(status: OrderStatus, to: OrderStatus) -> Refusal | None:
    """Why an order in this status may not move to status `to`; None if it may.

    The only place that decides a transition (F43, F51). A step checks its other conditions itself, such as
    the eSIM's ICCID (F48).
    """
    if to in TRANSITIONS[status]:
        return None
    if status is to:
        return Refusal.of(_ALREADY[status])
    if status in OPEN:
        return Refusal.of("not_acknowledged")
    return Refusal.of(_ALREADY[status])


_ALREADY = {
    OrderStatus.SUBMITTED: "already_submitted",
    OrderStatus.PROVIDER_PROCESSING: "already_provider_processing",
    OrderStatus.PROCESSED: "already_processed",
    OrderStatus.CANCELLED: "already_cancelled",
    OrderStatus.REFUSED: "already_refused",
}
