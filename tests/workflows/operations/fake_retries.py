"""What is held, and goes on when it is retried, in place of the database and the other workflows."""

from models.operations.retries import Held
from tests.workflows.troubles import Troubles
from workflows.operations.messages import ChooseHeld, HeldBatch, RetriedCount, RetriedMany, RetryBatch
from workflows.operations.steps import RetryHeldSteps

BATCH = 2


class FakeRetries(RetryHeldSteps):
    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles
        self.held: list[Held] = []

    async def choose_held(self, request: ChooseHeld) -> HeldBatch:
        async with self._troubles.around("choose_held"):
            left = [
                one for one in self.held if one.id > request.after and request.reason in (None, one.reason)
            ]
            return HeldBatch(held=tuple(left[:BATCH]), left=len(left))

    async def retry_batch(self, batch: RetryBatch) -> RetriedMany:
        async with self._troubles.around("retry_batch"):
            number = len(batch.held)
            continuing = RetriedCount(outcome="continues", reason=batch.held[0].reason, count=number)
            return RetriedMany(retried=number, outcomes=(continuing,))
