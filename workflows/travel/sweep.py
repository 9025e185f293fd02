"""The workflow that a Temporal Schedule starts: what is due by date, without a timer for each plan (T28, T36,
T40), and what lost its call.

It is not part of any line: where it fails, the next one does the same.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from temporalio import workflow

from workflows.step import policy_of
from workflows.travel.messages import Sweep, SweepTravel, Swept, WakeTravel
from workflows.travel.steps import SweepSteps

_MOST = 1000
"""Batches of one part in one sweep; the next sweep continues."""


@workflow.defn(name="EsimTravelSweep", failure_exception_types=[Exception])
class EsimTravelSweep:
    """One sweep: each part in batches, each batch a transaction. Idempotent, also concurrently."""

    @workflow.run
    async def run(self, *_: Any) -> dict[str, int]:
        """Do all parts, then wake what is to be woken; how much there was of each."""
        done: dict[str, int] = {}
        for part in Sweep:
            done[part.value] = await self._all(SweepSteps.sweep_travel, SweepTravel(part=part))
        done["woken"] = (await _take(SweepSteps.wake_travel, WakeTravel())).done
        workflow.set_current_details("  \n".join(f"{name}: {number}" for name, number in done.items()))
        return done

    async def _all(self, step: Callable[[Any, Any], Awaitable[Swept]], message: Any) -> int:
        done = 0
        for _ in range(_MOST):
            swept = await _take(step, message)
            done += swept.done
            if not swept.more:
                break
        return done


async def _take(step: Callable[[Any, Any], Awaitable[Swept]], message: Any) -> Swept:
    policy = policy_of(step)
    return await workflow.execute_activity_method(
        step,
        message,
        start_to_close_timeout=policy.attempt,
        schedule_to_close_timeout=policy.retried_for,
        heartbeat_timeout=policy.heartbeat_timeout,
        retry_policy=policy.retry_policy,
        summary=policy.summary,
    )
