"""Waits until all unfinished work is at rest: no step is executed, and none is about to be.

Work is at rest where its workflow waits for a time, a signal or a call. The database says what is unfinished,
and Temporal, workflow by workflow, whether a step of it is pending.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from temporalio.api.failure.v1 import Failure
from temporalio.client import Client, WorkflowExecutionStatus

from models.errors import Unavailable
from models.people.callers import AllAccounts
from store.operations import unfinished
from store.session import Database
from temporal.connection import described

AT_ONCE = 20
"""Concurrent calls."""
POLL_SECONDS = 0.03
FAILING_SECONDS = 10.0
"""How long a step may fail until it counts as one that keeps failing."""
QUIET_SECONDS = 30.0
"""The timeout without any change, where no step fails: then no worker is at work."""


@dataclass(frozen=True)
class Failing:
    """A step that keeps failing: of which workflow, and for which reason."""

    workflow_id: str
    step: str
    reason: str


@dataclass(frozen=True)
class _Seen:
    """A workflow at one moment. `length`: of its history; `attempts`: of its pending steps."""

    length: int
    attempts: tuple[int, ...]
    is_busy: bool
    failing: Failing | None


class Settling:
    """Polls Temporal and the database. A wait ends when all is at rest or a step keeps failing."""

    def __init__(self, client: Client, database: Database) -> None:
        self._client = client
        self._database = database

    async def until_settled(self) -> Failing | None:
        """Wait until all unfinished work is at rest; a step that keeps failing ends the wait, too, and is
        returned. Raises `Unavailable` where nothing changes any more, as no worker is at work.
        """
        loop = asyncio.get_running_loop()
        moved = loop.time()
        failing_since: dict[tuple[str, str], float] = {}
        before: Mapping[str, _Seen] = {}
        while True:
            seen = await self._look()
            at = loop.time()
            if seen == before and not any(one.is_busy for one in seen.values()):
                # Twice the same, so all were at rest at the moment between: none had work for another
                return None
            if seen != before:
                moved = at
            fails = {(it.workflow_id, it.step): it for one in seen.values() if (it := one.failing)}
            failing_since = {key: failing_since.get(key, at) for key in fails}
            for key, since in failing_since.items():
                if at - since > FAILING_SECONDS:
                    return fails[key]
            if at - moved > QUIET_SECONDS:
                raise Unavailable("worker", "No worker answers; the clock is not advanced any further.")
            before = seen
            await asyncio.sleep(POLL_SECONDS)

    async def _look(self) -> dict[str, _Seen]:
        async with self._database.reading() as connection:
            waiting = await unfinished.waiting(connection, AllAccounts())
        at_once = asyncio.Semaphore(AT_ONCE)

        async def look(workflow_id: str) -> _Seen | None:
            async with at_once:
                return await self._seen(workflow_id)

        found = await asyncio.gather(*(look(one.id) for one in waiting))
        return {one.id: seen for one, seen in zip(waiting, found, strict=True) if seen is not None}

    async def _seen(self, workflow_id: str) -> _Seen | None:
        """The workflow as it is; None for one that is lost, which `doctor` reports."""
        found = await described(self._client, workflow_id)
        if found is None or found.status is not WorkflowExecutionStatus.RUNNING:
            return None
        raw = found.raw_description
        steps = raw.pending_activities
        failing = next(
            (
                Failing(workflow_id, step.activity_type.name, _reason(step.last_failure))
                for step in steps
                if step.attempt > 1 and step.HasField("last_failure")
            ),
            None,
        )
        is_busy = bool(steps) or raw.HasField("pending_workflow_task")
        return _Seen(found.history_length, tuple(step.attempt for step in steps), is_busy, failing)


def _reason(failure: Failure) -> str:
    """The type of a failure, which is a reason in words that Temporal never encrypts."""
    while failure.HasField("cause") and not failure.application_failure_info.type:
        failure = failure.cause
    return failure.application_failure_info.type or "step_failed"
