"""Start again all that is not finished and has no workflow, such as after Temporal's data was lost.

    recovery = RecoveryDesk(client, database, settings)
    lost = await recovery.find(caller)
    done = await recovery.start(caller, lost, tell=lambda count: ...)

The database says what is not finished; one list of Temporal says what runs. The list lags behind, so what
it lacks is only a suspect: its start is refused by Temporal where it runs after all. So all of this may be
repeated, interrupted, or done twice at once.
"""

import asyncio
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
from store.session import Database
from temporal.connection import answered

AT_ONCE = 20
"""Calls that are on their way at a time."""
GIVEN_UP_AFTER = 3 * AT_ONCE
"""So many failures in a row: the database or Temporal is unavailable, and the rest is not tried."""
OURS = "ExecutionStatus = 'Running' AND ({})".format(
    " OR ".join(f"WorkflowType = '{kind.workflow_type}'" for kind in KINDS.values())
)
"""The query for all that runs and stands for something."""


@dataclass(frozen=True)
class Restart:
    """What became of one that seemed to have no workflow."""

    id: str
    kind: str
    outcome: Restarted


class RecoveryDesk(ConnectedDesk):
    """Finds and starts what has no workflow, of the caller's scope."""

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        super().__init__(client, database, settings)
        self._restarts = Restarts(self._calls, database, settings)

    async def find(self, caller: Caller) -> list[Waiting]:
        """All that is not finished and is not in Temporal's list of what runs, oldest first."""
        caller.require(Permission.RETRY_WORK)
        _, suspects = await _suspects(self._calls.client, self._database, caller.scope)
        return suspects

    async def start(
        self, caller: Caller, chosen: Collection[Waiting], tell: Callable[[int], None] = lambda done: None
    ) -> list[Restart]:
        """Start each unless it runs; `tell` is called with how many were seen to so far. One that fails does
        not keep the others from it.
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
            tell(len(done))

        await asyncio.gather(*map(one, await self._allowed(caller.scope, chosen)))
        return done

    async def _allowed(self, scope: Scope, chosen: Collection[Waiting]) -> list[Waiting]:
        """Those that are not finished now, as the scope sees it."""
        async with self._database.reading() as connection:
            now = set(await waiting(connection, scope))
        return [one for one in chosen if one in now]

    async def _started(self, found: Waiting, by: By) -> Restarted:
        try:
            return await self._restarts.restore(found.id, by)
        except (EsimError, RPCError, SQLAlchemyError):  # also one that Temporal never takes
            return Restarted.FAILED


async def without_workflow(
    client: Client, database: Database, scope: Scope
) -> tuple[list[Waiting], list[Waiting]]:
    """All that is not finished, and of these what certainly has no workflow. Raises `Unavailable`."""
    known, suspects = await _suspects(client, database, scope)
    at_once = asyncio.Semaphore(AT_ONCE)

    async def is_gone(suspect: Waiting) -> bool:
        async with at_once:
            return not await runs(client, suspect.id)

    gone = await asyncio.gather(*map(is_gone, suspects))
    if not any(gone):
        return known, []
    async with database.reading() as connection:  # it may just have finished
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
