"""The steps that order workflows ask for, and how patiently.

Workflows own this contract: they name these abstract methods without importing any I/O; `activities/`
implements them, and so do the fakes of tests. An override must carry `@activity.defn` too.

| step | retried for | every | then it is held for |
|---|---|---|---|
| database steps | 15 min | 1 s to 30 s | step_failed |
| submit_to_provider, remind_provider, withdraw_from_provider | 1 h | 5 s to 5 min | the mail's reason |
| tell_people | 1 h | 5 s to 5 min | the mail's reason, given up after 7 days |
| ask_for_code, remind_of_code, tell_no_code | 1 h | 5 s to 5 min | the mail's reason |
| send_notification | 1 h | 5 s to 5 min | the mail's reason, given up after 7 days |
| hold, release | for ever | 1 s to 30 s | nothing: the search attribute HoldReason says it |

A mail that the server refused for good is not retried: the order is held at once. No step is a local activity
(`docs/adr/0005-patient-then-held.md` says why).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.common import RetryPolicy

from models.orders import Acceptance, Placement, StepResult
from models.qr import QrWish, RequestResult, RequestState
from workflows.messages import (
    AddRound,
    CompleteSwap,
    DropOrder,
    EndRequest,
    HoldInput,
    OpenProcessing,
    ReleaseInput,
    RemindProvider,
    RequestStep,
    SendMails,
    SendNotification,
    SendQrMails,
    WriteIccid,
)


class OrderSteps(ABC):
    """Each is one database transaction that moves the order and the inventory together."""

    @activity.defn
    @abstractmethod
    async def accept_order(self, wish: Placement) -> Acceptance:
        """Accept the order or refuse it with every reason."""

    @activity.defn
    @abstractmethod
    async def open_processing(self, step: OpenProcessing) -> StepResult:
        """Acknowledged: create the temporary eSIM."""

    @activity.defn
    @abstractmethod
    async def enter_iccid(self, step: WriteIccid) -> StepResult:
        """Write the ICCID of the temporary eSIM."""

    @activity.defn
    @abstractmethod
    async def complete_swap(self, step: CompleteSwap) -> StepResult:
        """Processed: put the eSIM on the line and discard the SIM in place."""

    @activity.defn
    @abstractmethod
    async def cancel_order(self, step: DropOrder) -> StepResult:
        """Cancelled: delete the temporary eSIM."""


class ProviderSteps(ABC):
    """What the order's provider is told, by whatever way orders reach it."""

    @activity.defn
    @abstractmethod
    async def submit_to_provider(self, step: SendMails) -> None:
        """Hand the accepted order over."""

    @activity.defn
    @abstractmethod
    async def remind_provider(self, step: RemindProvider) -> None:
        """Ask for the acknowledgement or the processing that does not come."""

    @activity.defn
    @abstractmethod
    async def withdraw_from_provider(self, step: SendMails) -> None:
        """Say that the order is cancelled, if it was handed over."""


class PeopleSteps(ABC):
    """What people are told at the end."""

    @activity.defn
    @abstractmethod
    async def tell_people(self, step: SendMails) -> None:
        """Tell who placed the order, and who uses the line, how it ended."""


class QrSteps(ABC):
    """What happens to requests and notifications of QR codes, each one database transaction."""

    @activity.defn
    @abstractmethod
    async def open_request(self, wish: QrWish) -> RequestResult:
        """Accept the request or refuse it with every reason."""

    @activity.defn
    @abstractmethod
    async def look_at_request(self, step: RequestStep) -> RequestState:
        """Where the request is now: codes are imported, and SIMs discarded, without asking the workflow."""

    @activity.defn
    @abstractmethod
    async def add_round(self, step: AddRound) -> RequestResult:
        """Sent again: write down to whom and with which letter."""

    @activity.defn
    @abstractmethod
    async def withdraw_request(self, step: EndRequest) -> RequestResult:
        """Withdrawn: the upload links are dead."""

    @activity.defn
    @abstractmethod
    async def offer_notification(self, step: RequestStep) -> str | None:
        """Where nobody was told of the imported code, a notification to the requester; its id."""


class QrMailSteps(ABC):
    """What contacts, requesters and managers are told about a QR code."""

    @activity.defn
    @abstractmethod
    async def ask_for_code(self, step: SendQrMails) -> None:
        """Ask every recipient of this round for the code, each with an upload link."""

    @activity.defn
    @abstractmethod
    async def remind_of_code(self, step: SendQrMails) -> None:
        """Remind the contacts of this round."""

    @activity.defn
    @abstractmethod
    async def tell_no_code(self, step: SendQrMails) -> None:
        """Tell who asked for it that no code came."""

    @activity.defn
    @abstractmethod
    async def send_notification(self, step: SendNotification) -> None:
        """Send the link that shows the code."""


class HoldSteps(ABC):
    """What the database knows of held steps, whatever the workflow; each one transaction."""

    @activity.defn
    @abstractmethod
    async def hold(self, step: HoldInput) -> None:
        """Record that a step waits for a person."""

    @activity.defn
    @abstractmethod
    async def release(self, step: ReleaseInput) -> None:
        """Record that the step goes on."""


@dataclass(frozen=True)
class StepPolicy:
    """How a step is tried."""

    summary: str
    retried_for: timedelta
    attempt: timedelta
    first_interval: timedelta = timedelta(seconds=1)
    longest_interval: timedelta = timedelta(seconds=30)
    silence: timedelta = timedelta(seconds=15)
    """An attempt that gives no sign of life for so long has lost its worker."""
    grace: timedelta = timedelta()
    """How long it is waited for when a cancel comes in: who came first wins, unless it keeps failing."""

    @property
    def retry_policy(self) -> RetryPolicy:
        """The retries of the regular activity."""
        return RetryPolicy(initial_interval=self.first_interval, maximum_interval=self.longest_interval)


def _database(summary: str) -> StepPolicy:
    return StepPolicy(
        summary,
        retried_for=timedelta(minutes=15),
        attempt=timedelta(seconds=20),
        grace=timedelta(seconds=5),
    )


def _mail(summary: str) -> StepPolicy:
    return StepPolicy(
        summary,
        retried_for=timedelta(hours=1),
        attempt=timedelta(minutes=2),
        first_interval=timedelta(seconds=5),
        longest_interval=timedelta(minutes=5),
    )


def _mark(summary: str) -> StepPolicy:
    return StepPolicy(summary, retried_for=timedelta(minutes=15), attempt=timedelta(seconds=20))


POLICIES: dict[Callable[..., Any], StepPolicy] = {
    OrderSteps.accept_order: _database("Accept the order or refuse it"),
    OrderSteps.open_processing: _database("Acknowledged: create the temporary eSIM"),
    OrderSteps.enter_iccid: _database("Write the ICCID of the temporary eSIM"),
    OrderSteps.complete_swap: _database("Processed: put the eSIM on the line, discard the SIM in place"),
    OrderSteps.cancel_order: _database("Cancelled: delete the temporary eSIM"),
    ProviderSteps.submit_to_provider: _mail("Hand the order to the provider"),
    ProviderSteps.remind_provider: _mail("Remind the provider"),
    ProviderSteps.withdraw_from_provider: _mail("Tell the provider that the order is cancelled"),
    PeopleSteps.tell_people: _mail("Tell people how the order ended"),
    QrSteps.open_request: _database("Accept the request for the QR code or refuse it"),
    QrSteps.look_at_request: _database("See whether the code was imported"),
    QrSteps.add_round: _database("Sent again: write down to whom"),
    QrSteps.withdraw_request: _database("Withdrawn: close the upload links"),
    QrSteps.offer_notification: _database("Imported: see whether somebody was told"),
    QrMailSteps.ask_for_code: _mail("Ask the distributor for the QR code"),
    QrMailSteps.remind_of_code: _mail("Remind the distributor of the QR code"),
    QrMailSteps.tell_no_code: _mail("Tell the requester that no QR code came"),
    QrMailSteps.send_notification: _mail("Send the link that shows the QR code"),
    HoldSteps.hold: _mark("Record that a person is waited for"),
    HoldSteps.release: _mark("Record that it goes on"),
}
