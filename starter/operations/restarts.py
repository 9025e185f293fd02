"""Restart what is unfinished and has no workflow any more: it was terminated, or Temporal lost it.

The new workflow finds the recorded results of all steps that were done. It counts as a retry of everything
that the previous one was held for: an e-mail that the server refused is sent again.
"""

from enum import Enum
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import TypedSearchAttributes, WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from models.people.callers import By
from settings import Settings
from starter.operations.restart_kinds import RESTARTS
from store.operations import holds
from store.operations.hold_subjects import kind_of
from store.session import Database
from temporal.calls import Calls, StartMessage
from temporal.connection import described

Start = tuple[Any, StartMessage, TypedSearchAttributes]
"""A workflow's run method, its start message, and its search attributes."""


async def runs(client: Client, workflow_id: str) -> bool:
    """Whether this workflow runs, by describing it, as visibility lags behind. Raises `Unavailable`."""
    found = await described(client, workflow_id)
    return found is not None and found.status is WorkflowExecutionStatus.RUNNING


class Restarted(Enum):
    """The outcome for one that seemed to have no workflow."""

    STARTED = "started"
    RUNS = "runs already"
    OVER = "is finished"
    FAILED = "could not be started"


class Restarts:
    """Restarts workflows of every kind of work."""

    def __init__(self, calls: Calls, database: Database, settings: Settings) -> None:
        self._calls = calls
        self._database = database
        self._settings = settings

    async def start(self, workflow_id: str, by: By) -> bool:
        """Restart the workflow, and release its holds. If it is finished, only release; the result is False.

        The holds of the previous workflow are released after the start: if the start fails, they stay, and
        the next retry selects it again.
        """
        kind = kind_of(workflow_id)
        async with self._database.reading() as connection:
            held = await holds.seen(connection, workflow_id)
        found = await self._start(kind.name, workflow_id) if kind else None
        if found is not None:
            run, message, attributes = found
            reuse = WorkflowIDReusePolicy.ALLOW_DUPLICATE
            await self._calls.start(run, message, workflow_id, attributes, reuse)
        async with self._database.transaction() as connection:
            await holds.release_seen(connection, workflow_id, by, held)
        return found is not None

    async def restore(self, workflow_id: str, by: By) -> Restarted:
        """Restart the workflow unless it runs. Idempotent, also concurrently: a running one keeps its holds.

        The holds of the previous workflow are released before the start: if this is interrupted, there is
        still no workflow, so the next recovery finds it again.
        """
        kind = kind_of(workflow_id)
        async with self._database.reading() as connection:
            held = await holds.seen(connection, workflow_id)
        if held and await runs(self._calls.client, workflow_id):
            return Restarted.RUNS
        found = await self._start(kind.name, workflow_id) if kind else None
        if held:
            async with self._database.transaction() as connection:
                await holds.release_seen(connection, workflow_id, by, held)
        if found is None:
            return Restarted.OVER
        run, message, attributes = found
        started = await self._calls.start(
            run,
            message,
            workflow_id,
            attributes,
            WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            WorkflowIDConflictPolicy.FAIL,
        )
        return Restarted.STARTED if started else Restarted.RUNS

    async def _start(self, kind: str, workflow_id: str) -> Start | None:
        """How the workflow is started; None if it is finished."""
        work = RESTARTS[kind]
        async with self._database.reading() as connection:
            message = await work.message(connection, workflow_id, self._settings)
        return None if message is None else (work.run, message, work.labels(message))
