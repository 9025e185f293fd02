"""The messages of the workflows of QR codes: inputs of their starts, updates and steps."""

from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from models.codes.requests import NotificationId, QrRequest
from models.markdown import inert
from models.values import Duration, Frozen, Name, RecordId, Reminders, Retries, Slot
from workflows.messages import FromCaller


class QrTimeouts(Frozen):
    """After how long a request for a QR code is reminded of, and after how many reminders it is held."""

    reminder_after: Duration = timedelta(days=3)
    reminders: Reminders = 1
    requester_notified_after: Duration = timedelta(minutes=15)
    """How long after the import the requester is notified, where no notification was sent by then."""
    look_every: Duration = timedelta(days=1)
    """How often the workflow reads its row in the database without a signal."""
    notification_given_up_after: Duration = timedelta(days=7)


class RequestQrCode(Frozen):
    """Starts the workflow `EsimQrRequest` under the id `request.request_id`.

    `slot`, `provider` and `distributor` are only shown to operators.
    """

    request: QrRequest
    slot: Slot | None = None
    provider: Name
    distributor: Name
    timeouts: QrTimeouts = QrTimeouts()
    retries: Retries = 0

    @property
    def summary(self) -> str:
        """The request in one line without personal data, as the list of workflows shows it."""
        where = f", slot {self.slot}" if self.slot else ""
        what = f"QR code of S-{self.request.sim_id}{where} ({inert(self.provider)})"
        return f"{what}, requested from {inert(self.distributor)}"

    @property
    def details(self) -> str:
        """Which records the request is about, for the Web UI."""
        request = self.request
        return (
            f"SIM `S-{request.sim_id}`. Requested by `U-{request.user_id}` of account {request.account_id}. "
            f"All of it: `esim-orders qr history S-{request.sim_id}`"
        )


class SendAgain(FromCaller):
    """The open request is sent once more, perhaps to other contacts and with another e-mail text."""

    contacts: tuple[RecordId, ...] | None = Field(default=None, max_length=50)
    email_text_id: RecordId | None = None


class WithdrawRequest(FromCaller):
    """The request ends: the code is not needed any more."""


class RequestStep(Frozen):
    """Part of the input of every step of a request: which one."""

    request_id: str


class AddRound(RequestStep):
    """Input of the step `add_round`. `call` is the update's id: a repeat adds no second round."""

    actor: str
    origin_id: int | None = None
    call: str
    contacts: tuple[int, ...] | None = None
    email_text_id: int | None = None


class EndRequest(RequestStep):
    """Input of the step `withdraw_request`."""

    actor: str
    origin_id: int | None = None


class SendQrMails(RequestStep):
    """Input of the steps that send e-mails about a request; `retries` as in `ProviderInput`."""

    round: int
    number: int = 0
    """Which reminder in this round; 0 is the request itself."""
    retries: int = 0


class RemindOfCode(RequestStep):
    """Input of the step `remind_of_code`: which reminder of which round, and how long the distributor must
    not have answered by the database's clock (`silent_for`). Without a number nothing is sent.
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
        return f"Notify that the QR code of S-{self.sim_id} ({inert(self.provider)}) has arrived"

    @property
    def details(self) -> str:
        """Which records the notification is about, for the Web UI."""
        return (
            f"SIM `S-{self.sim_id}` of account {self.account_id}. "
            f"Recipient: `esim-orders qr history S-{self.sim_id}`"
        )


class NotificationStatus(StrEnum):
    """The status of a notification."""

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
