"""The workflow that a Temporal Schedule starts: what is due by date, without a timer for each plan (T28, T36,
T40), and what lost its call.

It is not part of any line: where it fails, the next one does the same. A part that keeps failing delays no
other for long, and the workflow fails at its end, by which operators see it.
"""

from collections.abc import Callable
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from workflows.step import policy_of
from workflows.travel.messages import Sweep, SweepTravel, Swept, Wake, WakeTravel
from workflows.travel.steps import SweepSteps

_MOST = 1000
"""Batches of one part in one sweep; the next sweep continues."""
INCOMPLETE = "sweep_incomplete"
"""The type of the failure of a sweep of which parts have failed."""


@workflow.defn(name="EsimTravelSweep", failure_exception_types=[Exception])
class EsimTravelSweep:
    """One sweep: each part in batches, each batch a transaction. Idempotent, also concurrently."""

    def __init__(self) -> None:
        self._done = {**dict.fromkeys((part.value for part in Sweep), 0), "woken": 0}
        self._failed: list[str] = []

    @workflow.run
    async def run(self, *_: Any) -> dict[str, int]:
        """Wake what is to be woken, do all parts, then wake what these have found; how much there was of
        each. Raises `ApplicationError` (`sweep_incomplete`) at the end if a part has failed.
        """
        await self._wake()
        before = sum(self._done.values())
        for part in Sweep:
            await self._all(part.value, SweepSteps.sweep_travel, SweepTravel(part=part))
        if sum(self._done.values()) > before:
            await self._wake()
        counts = [f"{name}: {number}" for name, number in self._done.items()]
        failed = [f"failed: {name}" for name in dict.fromkeys(self._failed)]
        workflow.set_current_details("  \n".join(counts + failed))
        if failed:
            raise ApplicationError(", ".join(failed), type=INCOMPLETE, non_retryable=True)
        return self._done

    async def _wake(self) -> None:
        for part in Wake:
            await self._all("woken", SweepSteps.wake_travel, WakeTravel(part=part))

    async def _all(
        self, counted_as: str, step: Callable[..., Any], message: SweepTravel | WakeTravel
    ) -> None:
        """All batches of a part. One that fails ends this part, not the sweep."""
        try:
            for _ in range(_MOST):
                swept = await _take(step, message)
                self._done[counted_as] += swept.done
                if not swept.more:
                    break
        except ActivityError as failure:
            if is_cancelled_exception(failure):
                raise
            workflow.logger.warning("The part %s of the sweep has failed.", message.part)
            self._failed.append(message.part.value)


async def _take(step: Callable[..., Any], message: SweepTravel | WakeTravel) -> Swept:
    policy = policy_of(step)
    swept: Swept = await workflow.execute_activity_method(
        step,
        message,
        start_to_close_timeout=policy.attempt,
        schedule_to_close_timeout=policy.retried_for,
        heartbeat_timeout=policy.heartbeat_timeout,
        retry_policy=policy.retry_policy,
        summary=policy.summary,
    )
    return swept
