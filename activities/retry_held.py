"""The steps of the workflow `RetryHeld`: it retries many held workflows."""

from collections import Counter
from collections.abc import Collection
from typing import Protocol

from models.operations.retries import Held, Retried
from models.people.callers import Caller
from workflows.operations.messages import BATCH, ChooseHeld, HeldBatch, RetriedCount, RetriedMany, RetryBatch
from workflows.operations.steps import RetryHeldSteps


class Retries(Protocol):
    """The part of the retry desk that these steps use."""

    async def select(self, caller: Caller, query: str | None = None, reason: str | None = None) -> list[Held]:
        """The workflows that are held."""
        ...

    async def many(self, caller: Caller, chosen: Collection[Held]) -> list[Retried]:
        """Retry them all, and watch their outcomes."""
        ...


class HeldRetries(RetryHeldSteps):
    """Retries in the name of an operator, as the command line does."""

    def __init__(self, retries: Retries, operator: Caller) -> None:
        self._retries = retries
        self._operator = operator

    async def choose_held(self, request: ChooseHeld) -> HeldBatch:
        """The next batch, sorted by id: a workflow that is held again meanwhile is not chosen twice."""
        found = await self._retries.select(self._operator, request.query, request.reason)
        left = sorted((one for one in found if one.id > request.after), key=lambda one: one.id)
        return HeldBatch(held=tuple(left[:BATCH]), left=len(left))

    async def retry_batch(self, batch: RetryBatch) -> RetriedMany:
        """Retry the batch and count the outcomes. A repeat changes nothing for those that are not held."""
        done = await self._retries.many(self._operator, batch.held)
        counts = Counter((one.outcome.name.lower(), one.reason) for one in done)
        outcomes = tuple(
            RetriedCount(outcome=outcome, reason=reason, count=count)
            for (outcome, reason), count in sorted(counts.items())
        )
        return RetriedMany(retried=len(done), outcomes=outcomes)
