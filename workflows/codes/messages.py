"""What the workflows of QR codes are started and updated with, and what their steps are given."""

from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from models.codes.requests import NotificationId, QrRequest
from models.markdown import inert
from models.values import Duration, Frozen, Name, RecordId, Reminders, Retries, Slot
from workflows.messages import FromCaller


class QrTimeouts(Frozen):
    """How long a request waits for the QR code before it reminds, and how often before it is held."""

    reminder_after: Duration = timedelta(days=3)
    reminders: Reminders = 1
    requester_notified_after: Duration = timedelta(minutes=15)
    """How long after the import the requester is told, where nobody has been notified by then."""
    look_every: Duration = timedelta(days=1)
    """The longest that the workflow goes without looking at its row in the database."""
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
        return f"{what}, asked of {inert(self.distributor)}"

    @property
    def details(self) -> str:
        """Which records the request is about, for the Web UI."""
        request = self.request
        return (
            f"SIM `S-{request.sim_id}`. Asked for by `U-{request.user_id}` of account {request.account_id}. "
            f"All of it: `esim-orders qr history S-{request.sim_id}`"
        )


class SendAgain(FromCaller):
    """The open request is sent once more, perhaps to others and with another letter."""

    contacts: tuple[RecordId, ...] | None = Field(default=None, max_length=50)
    email_text_id: RecordId | None = None


class WithdrawRequest(FromCaller):
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
    email_text_id: int | None = None


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
