"""The steps that workflows ask for. Workflows own this contract without importing any I/O; `activities/`
implements it, and so do the fakes of tests (`workflows.step` says how).

No step is a local activity (`docs/adr/0005-patient-then-held.md` says why).
"""

from abc import abstractmethod

from models.codes.requests import QrWish, RequestResult, RequestState
from models.orders.placement import Acceptance, Placement, ProviderAnswer, Reminded, StepResult
from workflows.messages import (
    AcknowledgeInput,
    AddRound,
    CancelInput,
    EmailInput,
    EndRequest,
    EnterIccidInput,
    FollowUpInput,
    HoldInput,
    ProcessedInput,
    ProviderInput,
    ReleaseInput,
    RemindInput,
    RemindOfCode,
    RequestStep,
    SendNotification,
    SendQrMails,
)
from workflows.operations.messages import ChooseHeld, HeldBatch, RetriedMany, RetryBatch
from workflows.step import Steps, database, many, outside, record, step


class OrderSteps(Steps):
    """What happens to an order: each is one database transaction that moves it and the inventory together."""

    @step(database("Accept the order or refuse it"))
    @abstractmethod
    async def accept_order(self, placement: Placement) -> Acceptance:
        """Accept the order or refuse it with every reason."""

    @step(database("Acknowledged by the provider: begin"))
    @abstractmethod
    async def acknowledge_order(self, call: AcknowledgeInput) -> StepResult:
        """To "Provider processing in progress"; a swap creates the temporary eSIM."""

    @step(database("Write the ICCID of the temporary eSIM"))
    @abstractmethod
    async def enter_iccid(self, call: EnterIccidInput) -> StepResult:
        """Write the ICCID of the temporary eSIM."""

    @step(database("Processed by the provider: finish"))
    @abstractmethod
    async def complete_order(self, call: ProcessedInput) -> StepResult:
        """To "Processed"; a swap puts the eSIM on the line and discards the SIM in place."""

    @step(database("Cancelled: undo"))
    @abstractmethod
    async def cancel_order(self, call: CancelInput) -> StepResult:
        """To "Cancelled"; a swap deletes the temporary eSIM."""


class HoldSteps(Steps):
    """What every workflow records when a step waits for a person."""

    @step(record("Record that a person is waited for"))
    @abstractmethod
    async def hold(self, hold: HoldInput) -> None:
        """The workflow is held for this step."""

    @step(record("Record that it continues"))
    @abstractmethod
    async def release(self, release: ReleaseInput) -> None:
        """The workflow is not held for this step any more."""


class FollowUpSteps(Steps):
    """What a step left to be done outside the database."""

    @step(outside("Do what a step left to be done"))
    @abstractmethod
    async def follow_up(self, due: FollowUpInput) -> None:
        """Signal or start the other workflow, and record that it is done. Repeated, it does nothing."""


class ProviderSteps(Steps):
    """What the order's provider is told, by whatever way orders reach it."""

    @step(outside("Hand the order to the provider"))
    @abstractmethod
    async def submit_to_provider(self, order: ProviderInput) -> ProviderAnswer:
        """Hand the accepted order over; what the provider answers at once."""

    @step(outside("Remind the provider"))
    @abstractmethod
    async def remind_provider(self, order: RemindInput) -> Reminded:
        """Ask for the acknowledgement or the processing that does not come, if it is time by the database."""

    @step(outside("Tell the provider that the order is cancelled"))
    @abstractmethod
    async def withdraw_from_provider(self, order: ProviderInput) -> None:
        """Say that the order is cancelled, if it was handed over."""


class PeopleSteps(Steps):
    """What people are told about an order."""

    @step(outside("Send an e-mail to people"))
    @abstractmethod
    async def send_email(self, email: EmailInput) -> None:
        """Send one of the e-mails of this kind of order, to each of its recipients once."""


class QrSteps(Steps):
    """What happens to requests and notifications of QR codes, each one database transaction."""

    @step(database("Accept the request for the QR code or refuse it"))
    @abstractmethod
    async def open_request(self, wish: QrWish) -> RequestResult:
        """Accept the request or refuse it with every reason."""

    @step(database("See whether the code was imported"))
    @abstractmethod
    async def look_at_request(self, request: RequestStep) -> RequestState:
        """Where the request is now: codes are imported, and SIMs discarded, without asking the workflow."""

    @step(database("Sent again: write down to whom"))
    @abstractmethod
    async def add_round(self, again: AddRound) -> RequestResult:
        """Sent again: write down to whom and with which letter."""

    @step(database("Withdrawn: close the upload links"))
    @abstractmethod
    async def withdraw_request(self, request: EndRequest) -> RequestResult:
        """Withdrawn: the upload links are dead."""

    @step(database("Imported: see whether anyone was notified"))
    @abstractmethod
    async def offer_notification(self, request: RequestStep) -> str | None:
        """Where nobody was notified of the imported code, a notification to the requester; its id."""


class QrMailSteps(Steps):
    """What contacts, requesters and managers are told about a QR code."""

    @step(outside("Ask the distributor for the QR code"))
    @abstractmethod
    async def ask_for_code(self, request: SendQrMails) -> None:
        """Ask every recipient of this round for the code, each with an upload link."""

    @step(outside("Remind the distributor of the QR code"))
    @abstractmethod
    async def remind_of_code(self, request: RemindOfCode) -> Reminded:
        """Remind the contacts of this round, if it is time by the database."""

    @step(outside("Tell the requester that no QR code came"))
    @abstractmethod
    async def tell_no_code(self, request: SendQrMails) -> None:
        """Tell who asked for it that no code came."""

    @step(outside("Send the link that shows the QR code"))
    @abstractmethod
    async def send_notification(self, notification: SendNotification) -> None:
        """Send the link that shows the code."""


class RetryHeldSteps(Steps):
    """How many that are held are retried at once, batch after batch."""

    @step(many("Choose what is held"))
    @abstractmethod
    async def choose_held(self, request: ChooseHeld) -> HeldBatch:
        """The next that are held; none where all were retried. Bad input is refused."""

    @step(many("Retry those, and see what becomes of them"))
    @abstractmethod
    async def retry_batch(self, batch: RetryBatch) -> RetriedMany:
        """Retry them, and watch them for a while. Repeated, it does nothing twice."""


CONTRACTS: tuple[type[Steps], ...] = (
    OrderSteps,
    HoldSteps,
    FollowUpSteps,
    ProviderSteps,
    PeopleSteps,
    QrSteps,
    QrMailSteps,
    RetryHeldSteps,
)
"""All sets of steps: a worker implements each."""
