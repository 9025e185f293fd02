"""What workflows are started, updated and signalled with, and what their steps are given.

These are the JSON that any Temporal SDK may send. They hold ids, ICCIDs and codes; free text, names,
addresses, phone numbers and activation codes stay in the database (W6). New fields need a default.
A message and the input of its step share their name: `Acknowledge`, `AcknowledgeInput`.
"""

from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from models.codes.requests import NotificationId, QrWish
from models.errors import Refusal
from models.identifiers import ACTOR_PATTERN
from models.markdown import inert
from models.orders.kinds import Shown
from models.orders.lifecycle import HoldReason, OrderStatus
from models.orders.placement import Placement
from models.values import Duration, Frozen, Name, RecordId, Reminders, Retries, Slot

OPERATOR = "operator"
PROVIDER = "provider"
"""The actor of what a provider answers by itself; callers cannot name it."""


class Waits(Frozen):
    """How long an order waits for the distributor before it reminds, and how often before it is held."""

    acknowledgement_reminder_after: Duration = timedelta(days=2)
    processing_reminder_after: Duration = timedelta(days=3)
    reminders: Reminders = 2
    notification_given_up_after: Duration = timedelta(days=7)
    """How long an ended order stays open for an e-mail to people that cannot be sent."""


class PlaceOrder(Frozen):
    """Starts the workflow `EsimOrder` under the id `order.order_id`.

    `slot`, `provider` and `distributor` are only shown to operators; where they are left out, the acceptance
    provides them. The order is decided by its ids.
    """

    order: Placement
    slot: Slot | None = None
    provider: Name = ""
    distributor: Name = ""
    waits: Waits = Waits()
    retries: Retries = 0
    """How often a person retried before: above 0 only where an order is started again."""

    @property
    def shown(self) -> Shown:
        """What operators read besides the ids."""
        return Shown(slot=self.slot, provider=self.provider, distributor=self.distributor)

    @property
    def summary(self) -> str:
        """The order in one line without personal data, as the list of workflows shows it."""
        return self.order.what.summary(self.shown)

    @property
    def details(self) -> str:
        """Which records the order is about, for the Web UI: `esim-orders` shows them by these ids."""
        order = self.order
        parts = (
            order.what.records(self.shown),
            f"Placed by `U-{order.user_id}` of account {order.account_id}.",
            f"All of it: `esim-orders order show {order.order_id}`",
        )
        return " ".join(part for part in parts if part)


class _Call(Frozen):
    actor: str = Field(default=OPERATOR, pattern=ACTOR_PATTERN, max_length=64)
    """Who calls: `operator`, `user:12` of the account, or `contact:7` of the order's distributor."""
    origin_id: RecordId | None = None
    """From where the call came: a row that the surface wrote."""


class Acknowledge(_Call):
    """The provider has received the order; it may know the eSIM's ICCID already."""

    iccid: str | None = None


class EnterIccid(_Call):
    """The ICCID of the temporary eSIM, for the first time or corrected."""

    iccid: str


class Processed(_Call):
    """The provider has processed the order: the eSIM is live. May carry the ICCID."""

    iccid: str | None = None


class Cancel(_Call):
    """The order is cancelled. The reason, being free text, is a note in the database."""

    note_id: RecordId | None = None


class Retry(_Call):
    """Continues with whatever the workflow is held for."""


class OrderStep(Frozen):
    """What every step is given: which order, of which kind."""

    order_id: str
    kind: str


class OrderCall(OrderStep):
    """What every step is given that a caller asked for."""

    actor: str
    origin_id: int | None = None


class AcknowledgeInput(OrderCall):
    """Input of the step `acknowledge_order`."""

    iccid: str | None = None


class EnterIccidInput(OrderCall):
    """Input of the step `enter_iccid`."""

    iccid: str


class ProcessedInput(OrderCall):
    """Input of the step `complete_order`. `request` names the call, so its incident is kept once."""

    request: str
    iccid: str | None = None


class CancelInput(OrderCall):
    """Input of the step `cancel_order`."""

    note_id: int | None = None


class FollowUpInput(Frozen):
    """Input of the step `follow_up`: which of those that a step left to be done."""

    follow_up_id: int


class ProviderInput(OrderStep):
    """Input of the steps that speak to the provider of this kind of order. `retries` counts a person's
    retries: each allows one more try for an e-mail of which it is unknown whether it arrived."""

    retries: int = 0


class RemindInput(ProviderInput):
    """Input of the step `remind_provider`: which reminder in which status, and how long the provider must
    have been silent by the database's clock. Without a number nothing is sent.
    """

    waiting_in: OrderStatus
    number: int | None
    silent_for: timedelta


class EmailInput(OrderStep):
    """Input of the step `send_email`: one of the e-mails that this kind of order sends."""

    email: str
    retries: int = 0


class QrWaits(Frozen):
    """How long a request waits for the QR code before it reminds, and how often before it is held."""

    reminder_after: Duration = timedelta(days=3)
    reminders: Reminders = 1
    requester_told_after: Duration = timedelta(minutes=15)
    """How long after the import the requester is told, where nobody has been notified by then."""
    look_every: Duration = timedelta(days=1)
    """The longest that the workflow goes without looking at its row in the database."""
    notification_given_up_after: Duration = timedelta(days=7)


class RequestQrCode(Frozen):
    """Starts the workflow `EsimQrRequest` under the id `wish.request_id`.

    `slot`, `provider` and `distributor` are only shown to operators.
    """

    wish: QrWish
    slot: Slot | None = None
    provider: Name
    distributor: Name
    waits: QrWaits = QrWaits()
    retries: Retries = 0

    @property
    def summary(self) -> str:
        """The request in one line without personal data, as the list of workflows shows it."""
        where = f", slot {self.slot}" if self.slot else ""
        what = f"QR code of S-{self.wish.sim_id}{where} ({inert(self.provider)})"
        return f"{what}, asked of {inert(self.distributor)}"

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
    origin_id: int | None = None
    call: str
    contacts: tuple[int, ...] | None = None
    letter_id: int | None = None


class EndRequest(RequestStep):
    """Input of the step `withdraw_request`."""

    actor: str
    origin_id: int | None = None


class SendQrMails(RequestStep):
    """Input of the steps that mail about a request; `retries` as in `SendMails`."""

    round: int
    number: int = 0
    """Which reminder in this round; 0 is the request itself."""
    retries: int = 0


class RemindOfCode(RequestStep):
    """Input of the step `remind_of_code`: which reminder of which round, and how long the distributor must
    have been silent by the database's clock. Without a number nothing is sent.
    """

    round: int
    number: int | None
    silent_for: timedelta
    retries: int = 0


class NotifyOfQrCode(Frozen):
    """Starts the workflow `EsimQrNotification` under the id `notification_id`; its row must exist."""

    notification_id: NotificationId
    sim_id: RecordId
    account_id: RecordId
    provider: Name
    given_up_after: Duration = timedelta(days=7)
    retries: Retries = 0

    @property
    def summary(self) -> str:
        """The notification in one line without personal data."""
        return f"Tell that the QR code of S-{self.sim_id} ({inert(self.provider)}) is there"

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


class HoldInput(Frozen):
    """Input of the step `hold`: which workflow waits for a person, at which of its steps, and why.
    `refusals`: what was refused, where that is the reason.
    """

    workflow_id: str
    step: str
    reason: HoldReason
    refusals: tuple[Refusal, ...] = ()


class ReleaseInput(Frozen):
    """Input of the step `release`. `given_up`: no retry came, and the e-mail is not sent any more."""

    workflow_id: str
    step: str
    actor: str
    origin_id: int | None = None
    given_up: bool = False
