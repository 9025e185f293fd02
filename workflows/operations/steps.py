"""The steps that the workflow RetryHeld asks for."""

from abc import abstractmethod

from workflows.operations.messages import ChooseHeld, HeldBatch, RetriedMany, RetryBatch
from workflows.step import Steps, many, step


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
