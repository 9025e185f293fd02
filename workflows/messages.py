"""What workflows are started, updated and signalled with, and what their steps are given.

These are the JSON that any Temporal SDK may send. They hold ids, ICCIDs and codes; free text, names,
addresses, phone numbers and activation codes stay in the database (W6). New fields need a default.
"""

from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from models.identifiers import ACTOR_PATTERN
from models.lifecycle import HoldReason, OrderKind, OrderStatus
from models.orders import Frozen, Placement, RecordId
from models.qr import NotificationId, QrWish

OPERATOR = "operator"


class Waits(Frozen):
    """How long an order waits for the distributor before it reminds, and how often before it is held."""

    acknowledgement_reminder_after: timedelta = Field(default=timedelta(days=2), gt=timedelta())
    processing_reminder_after: timedelta = Field(default=timedelta(days=3), gt=timedelta())
    reminders: int = Field(default=2, ge=0)
    notification_given_up_after: timedelta = Field(default=timedelta(days=7), gt=timedelta())
    """How long an ended order stays open for a mail to people that cannot be sent."""


class PlaceOrder(Frozen):
    """Starts the workflow `EsimOrder` under the id `order.order_id`.

    `slot`, `provider` and `distributor` are only shown to operators; the order is decided by its ids.
    """

    order: Placement
    slot: int = Field(ge=1, le=3)
    provider: str
    distributor: str
    waits: Waits = Waits()
    retries: int = Field(default=0, ge=0)
    """How often a person retried before: above 0 only where an order is started again."""

    @property
    def summary(self) -> str:
        """The order in one line without personal data, as the list of workflows shows it."""
        line = f"line L-{self.order.line_id}, slot {self.slot}"
        if self.order.kind is OrderKind.SWITCH_TO_ESIM:
            return f"Switch {line}, to eSIM ({self.provider})"
        return f"Replace the eSIM of {line} ({self.provider})"

    @property
    def details(self) -> str:
        """Which records the order is about, for the Web UI: `esim-orders` shows them by these ids."""
        order = self.order
        return (
            f"Line `L-{order.line_id}`, slot {self.slot}. "
            f"Order pack `P-{order.pack_id}`, of {self.distributor}. "
            f"Placed by `U-{order.user_id}` of account {order.account_id}. "
            f"All of it: `esim-orders order show {order.order_id}`"
        )


class _Call(Frozen):
    actor: str = Field(default=OPERATOR, pattern=ACTOR_PATTERN, max_length=64)
    """Who calls: `operator`, `user:12` of the account, or `contact:7` of the order's distributor."""


class Acknowledge(_Call):
    """The provider has received the order; it may know the eSIM's ICCID already."""

    iccid: str | None = None


class EnterIccid(_Call):
    """The ICCID of the temporary eSIM, for the first time or corrected."""

    iccid: str


class ReportProcessed(_Call):
    """The provider has processed the order: the eSIM is live. May carry the ICCID."""

    iccid: str | None = None


class CancelOrder(_Call):
    """The order is cancelled. The reason, being free text, is a note in the database."""

    note_id: int | None = Field(default=None, ge=1, le=2**63 - 1)


class RetryOrder(_Call):
    """Goes on with whatever the order is held for."""


class OrderStep(Frozen):
    """What every step is given: which order."""

    order_id: str


class OpenProcessing(OrderStep):
    """Input of the step `open_processing`."""

    actor: str
    iccid: str | None = None


class WriteIccid(OrderStep):
    """Input of the step `enter_iccid`."""

    actor: str
    iccid: str


class CompleteSwap(OrderStep):
    """Input of the step `complete_swap`. `request` names the call, so its incident is kept once."""

    actor: str
    request: str
    iccid: str | None = None


class DropOrder(OrderStep):
    """Input of the step `cancel_order`."""

    actor: str
    note_id: int | None = None


class HoldOrder(OrderStep):
    """Input of the step `hold_order`."""

    reason: HoldReason


class ReleaseOrder(OrderStep):
    """Input of the step `release_order`. `given_up`: nobody retried, and the mail is not sent any more."""

    actor: str
    given_up: bool = False


class SendMails(OrderStep):
    """Input of the steps that send mails. `retries` counts a person's retries: each allows one more try
    for a mail of which nobody knows whether it arrived."""

    retries: int = 0


class RemindProvider(SendMails):
    """Input of the step `remind_provider`: which silence, and which reminder in it."""

    waiting_in: OrderStatus
    number: int


class QrWaits(Frozen):
    """How long a request waits for the QR code before it reminds, and how often before it is held."""

    reminder_after: timedelta = Field(default=timedelta(days=3), gt=timedelta())
    reminders: int = Field(default=1, ge=0)
    requester_told_after: timedelta = Field(default=timedelta(minutes=15), gt=timedelta())
    """How long after the import the requester is told, where nobody has been notified by then."""
    look_every: timedelta = Field(default=timedelta(days=1), gt=timedelta())
    """The longest that the workflow goes without looking at its row in the database."""
    notification_given_up_after: timedelta = Field(default=timedelta(days=7), gt=timedelta())


class RequestQrCode(Frozen):
    """Starts the workflow `EsimQrRequest` under the id `wish.request_id`.

    `slot`, `provider` and `distributor` are only shown to operators.
    """

    wish: QrWish
    slot: int | None = Field(default=None, ge=1, le=3)
    provider: str
    distributor: str
    waits: QrWaits = QrWaits()
    retries: int = Field(default=0, ge=0)

    @property
    def summary(self) -> str:
        """The request in one line without personal data, as the list of workflows shows it."""
        where = f", slot {self.slot}" if self.slot else ""
        return f"QR code of S-{self.wish.sim_id}{where} ({self.provider}), asked of {self.distributor}"

    @property
    def details(self) -> str:
        """Which records the request is about, for the Web UI."""
        wish = self.wish
        return (
            f"SIM `S-{wish.sim_id}`. Asked for by `U-{wish.user_id}` of account {wish.account_id}. "
            f"All of it: `esim-orders qr history S-{wish.sim_id}`"
        )


class SendAgain(_Call):
    """The open request is sent once more, perhaps to others and with another letter."""

    contacts: tuple[RecordId, ...] | None = Field(default=None, max_length=50)
    letter_id: RecordId | None = None


class WithdrawRequest(_Call):
    """The code is not wanted any more."""


class RequestStep(Frozen):
    """What every step of a request is given: which one."""

    request_id: str


class AddRound(RequestStep):
    """Input of the step `add_round`. `call` names the update, so that its repeat adds nothing."""

    actor: str
    call: str
    contacts: tuple[int, ...] | None = None
    letter_id: int | None = None


class EndRequest(RequestStep):
    """Input of the step `withdraw_request`."""

    actor: str


class SendQrMails(RequestStep):
    """Input of the steps that mail about a request; `retries` as in `SendMails`."""

    round: int
    number: int = 0
    """Which reminder in this round; 0 is the request itself."""
    retries: int = 0


class NotifyOfQrCode(Frozen):
    """Starts the workflow `EsimQrNotification` under the id `notification_id`; its row must exist."""

    notification_id: NotificationId
    sim_id: RecordId
    account_id: RecordId
    provider: str
    given_up_after: timedelta = Field(default=timedelta(days=7), gt=timedelta())
    retries: int = Field(default=0, ge=0)

    @property
    def summary(self) -> str:
        """The notification in one line without personal data."""
        return f"Tell that the QR code of S-{self.sim_id} ({self.provider}) is there"

    @property
    def details(self) -> str:
        """Which records the notification is about, for the Web UI."""
        return (
            f"SIM `S-{self.sim_id}` of account {self.account_id}. "
            f"To whom: `esim-orders qr history S-{self.sim_id}`"
        )


class NotificationStatus(StrEnum):
    """Where the workflow of a notification is."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"

    @property
    def label(self) -> str:
        """The status as operators read it."""
        return _NOTIFICATIONS[self]


_NOTIFICATIONS = {
    NotificationStatus.WAITING: "Waiting to be sent",
    NotificationStatus.SENT: "Sent",
    NotificationStatus.GIVEN_UP: "Given up: the mail could not be sent",
}


class SendNotification(Frozen):
    """Input of the step `send_notification`."""

    notification_id: str
    retries: int = 0


class HoldQr(Frozen):
    """Input of the step `hold_qr`: a request or a notification, told apart by its id."""

    id: str
    reason: HoldReason


class ReleaseQr(Frozen):
    """Input of the step `release_qr`."""

    id: str
    actor: str
    given_up: bool = False
