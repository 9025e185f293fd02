"""The steps that the workflow RetryHeld asks for."""

from abc import abstractmethod

from workflows.operations.messages import ChooseHeld, HeldBatch, RetriedMany, RetryBatch
from workflows.step import Steps, many, step


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
