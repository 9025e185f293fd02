"""Restart everything that is unfinished and has no workflow, such as after a loss of Temporal's data.

    recovery = RecoveryDesk(client, database, settings)
    lost = await recovery.find(caller)
    done = await recovery.start(caller, lost, report=lambda count: ...)

The Schedule of the sweep of travel eSIMs is lost with Temporal's data, too: `start` makes it again. The relay
wakes what is due of webhooks by itself; `start` has it do so at once.

The database says what is unfinished, and one list from Temporal's visibility store says what runs. The list
lags behind, so what it lacks is only suspected to have no workflow: if it runs after all, Temporal refuses
the start. So a recovery is idempotent, and may be interrupted or run twice at once.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError

from models.errors import EsimError
from models.people.callers import By, Caller, Permission, Scope
from settings import Settings
from starter.connected import ConnectedDesk
from starter.operations.restarts import Restarted, Restarts, runs
from store.operations.hold_subjects import KINDS
from store.operations.unfinished import Waiting, waiting
from store.operations.webhook_relay import reawaken
from store.session import Database
from temporal.connection import answered
from temporal.travel.schedule import keep_sweeping

AT_ONCE = 20
"""Concurrent calls."""
GIVEN_UP_AFTER = 3 * AT_ONCE
"""After so many failures in a row the database or Temporal is unavailable, and the rest is not tried."""
OURS = "ExecutionStatus = 'Running' AND ({})".format(
    " OR ".join(f"WorkflowType = '{kind.workflow_type}'" for kind in KINDS.values())
)
"""The query for all running workflows of orders, requests and notifications."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Restart:
    """The outcome for one order, request or notification that seemed to have no workflow."""

    id: str
    kind: str
    outcome: Restarted


class RecoveryDesk(ConnectedDesk):
    """Finds and restarts what has no workflow, in the caller's scope."""

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        super().__init__(client, database, settings)
        self._restarts = Restarts(self._calls, database, settings)

    async def find(self, caller: Caller) -> list[Waiting]:
        """Find everything unfinished that is not in Temporal's list of running workflows, oldest first."""
        caller.require(Permission.RETRY_WORK)
        _, suspects = await _suspects(self._calls.client, self._database, caller.scope)
        return suspects

    async def start(
        self, caller: Caller, chosen: Collection[Waiting], report: Callable[[int], None] = lambda done: None
    ) -> list[Restart]:
        """Start the workflow of each unless it runs, and make the Schedule of the sweep if it is missing. A
        failure of one does not stop the others.

        `report` is called with the number of those done so far, failures included.
        """
        caller.require(Permission.RETRY_WORK)
        at_once = asyncio.Semaphore(AT_ONCE)
        done: list[Restart] = []
        failed_in_a_row = 0

        async def one(found: Waiting) -> None:
            nonlocal failed_in_a_row
            async with at_once:
                outcome = Restarted.FAILED
                if failed_in_a_row < GIVEN_UP_AFTER:
                    outcome = await self._started(found, caller.by)
                failed_in_a_row = failed_in_a_row + 1 if outcome is Restarted.FAILED else 0
            done.append(Restart(found.id, found.kind, outcome))
            report(len(done))

        await asyncio.gather(*map(one, await self._allowed(caller.scope, chosen)))
        await self._keep_sweeping()
        async with self._database.transaction() as connection:
            await reawaken(connection)
        return done

    async def _keep_sweeping(self) -> None:
        """Make the Schedule of the sweep where it is missing. Where that fails, `doctor` says so."""
        try:
            await keep_sweeping(self._calls.client, self._settings)
        except (EsimError, RPCError) as failure:
            _log.warning("The Schedule of the sweep could not be made: %s.", type(failure).__name__)

    async def _allowed(self, scope: Scope, chosen: Collection[Waiting]) -> list[Waiting]:
        """Those that are in the scope and still unfinished."""
        async with self._database.reading() as connection:
            now = set(await waiting(connection, scope))
        return [one for one in chosen if one in now]

    async def _started(self, found: Waiting, by: By) -> Restarted:
        try:
            return await self._restarts.restore(found.id, by)
        except (EsimError, RPCError, SQLAlchemyError):  # RPCError: also a start that Temporal always refuses
            return Restarted.FAILED


async def without_workflow(
    client: Client, database: Database, scope: Scope
) -> tuple[list[Waiting], list[Waiting]]:
    """Everything unfinished, and the part of it that certainly has no workflow. Raises `Unavailable`."""
    known, suspects = await _suspects(client, database, scope)
    at_once = asyncio.Semaphore(AT_ONCE)

    async def is_gone(suspect: Waiting) -> bool:
        async with at_once:
            return not await runs(client, suspect.id)

    gone = await asyncio.gather(*map(is_gone, suspects))
    if not any(gone):
        return known, []
    async with database.reading() as connection:  # some may have finished meanwhile
        still = set(await waiting(connection, scope))
    lost = [suspect for suspect, it_is in zip(suspects, gone, strict=True) if it_is and suspect in still]
    return known, lost


async def _suspects(client: Client, database: Database, scope: Scope) -> tuple[list[Waiting], list[Waiting]]:
    async with database.reading() as connection:
        known = await waiting(connection, scope)
    if not known:
        return known, []
    with answered():
        running = {row.id async for row in client.list_workflows(OURS, page_size=1000)}
    return known, [one for one in known if one.id not in running]
