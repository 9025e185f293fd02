"""The steps that the workflows RetryHeld, EsimJob and EsimWebhook ask for."""

from abc import abstractmethod

from workflows.operations.messages import (
    ChooseHeld,
    ContinueJob,
    DeliverEvents,
    EventsDelivered,
    HeldBatch,
    JobContinued,
    RetriedMany,
    RetryBatch,
)
from workflows.step import Steps, delivered, in_background, many, step


class RetryHeldSteps(Steps):
    """Retry many held workflows, batch after batch."""

    @step(many("Choose what is held"))
    @abstractmethod
    async def choose_held(self, request: ChooseHeld) -> HeldBatch:
        """The next batch of held workflows; empty after the last. An invalid query or reason is refused."""

    @step(many("Retry them, and watch their outcomes"))
    @abstractmethod
    async def retry_batch(self, batch: RetryBatch) -> RetriedMany:
        """Retry them, and watch their outcomes for a while. Idempotent."""


class JobSteps(Steps):
    """Run a job: part after part, until it has ended."""

    @step(in_background("Run the job, or its next rows"))
    @abstractmethod
    async def continue_job(self, job: ContinueJob) -> JobContinued:
        """Import the file, or do the next rows; how the job is now. Idempotent: a row is done once."""


class WebhookSteps(Steps):
    """Deliver events to an endpoint."""

    @step(delivered("Deliver the events that are due"))
    @abstractmethod
    async def deliver_events(self, webhook: DeliverEvents) -> EventsDelivered:
        """Deliver batch after batch until nothing is due, the receiver fails, or the endpoint's turn is over.
        Where it stopped is in the database: a repeat continues there.
        """
