"""The steps that the order workflow asks for."""

from abc import abstractmethod

from models.orders.placement import Acceptance, Placement, ProviderAnswer, Reminded, StepResult
from workflows.orders.messages import (
    AcknowledgeInput,
    CancelInput,
    EmailInput,
    EnterIccidInput,
    FollowUpInput,
    ProcessedInput,
    ProviderInput,
    RemindInput,
)
from workflows.step import Steps, database, outside, step


class OrderSteps(Steps):
    """Each is one database transaction that changes the order and the inventory together."""

    @step(database("Accept the order or refuse it"))
    @abstractmethod
    async def accept_order(self, placement: Placement) -> Acceptance:
        """Accept the order or refuse it with every reason."""

    @step(database("Acknowledged by the provider: begin"))
    @abstractmethod
    async def acknowledge_order(self, call: AcknowledgeInput) -> StepResult:
        """Move it to "Provider processing in progress"; a swap creates the temporary eSIM."""

    @step(database("Write the ICCID of the temporary eSIM"))
    @abstractmethod
    async def enter_iccid(self, call: EnterIccidInput) -> StepResult:
        """Write the ICCID of the temporary eSIM."""

    @step(database("Processed by the provider: finish"))
    @abstractmethod
    async def complete_order(self, call: ProcessedInput) -> StepResult:
        """Move it to "Processed"; a swap puts the eSIM on the line and discards the SIM in place."""

    @step(database("Cancelled: undo"))
    @abstractmethod
    async def cancel_order(self, call: CancelInput) -> StepResult:
        """Move it to "Cancelled"; a swap deletes the temporary eSIM."""


class FollowUpSteps(Steps):
    """Follow-ups: what a step leaves to be done outside the database, such as to signal another workflow."""

    @step(outside("Do the follow-up of a step"))
    @abstractmethod
    async def follow_up(self, due: FollowUpInput) -> None:
        """Signal or start the other workflow, and record that it is done. Idempotent."""


class ProviderSteps(Steps):
    """Calls or e-mails to the order's provider, by the port that serves its kind of order."""

    @step(outside("Hand the order to the provider"))
    @abstractmethod
    async def submit_to_provider(self, order: ProviderInput) -> ProviderAnswer:
        """Hand the accepted order over; returns what the provider answers at once."""

    @step(outside("Remind the provider"))
    @abstractmethod
    async def remind_provider(self, order: RemindInput) -> Reminded:
        """Remind of the missing acknowledgement or processing, if it is due by the database's clock."""

    @step(outside("Notify the provider that the order is cancelled"))
    @abstractmethod
    async def withdraw_from_provider(self, order: ProviderInput) -> None:
        """Notify the provider that the order is cancelled, if it was handed over."""


class PeopleSteps(Steps):
    """E-mails to people about an order."""

    @step(outside("Send an e-mail to people"))
    @abstractmethod
    async def send_email(self, email: EmailInput) -> None:
        """Send one of the e-mails of this kind of order, to each of its recipients once."""
