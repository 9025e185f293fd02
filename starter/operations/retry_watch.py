"""Watch what was resumed until it has continued or is held again."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from temporalio.client import Client
from temporalio.service import RPCError

from models.operations.retries import Held, Outcome, Retried
from models.people.callers import Scope
from store.operations.retries import Seen, look
from store.session import Database
from workflows.search_attributes import HOLD_REASON

AT_ONCE = 20
"""Concurrent calls."""
SETTLED_SECONDS = 0.7
"""How long one is still watched after it executed the step that it was held for."""
RELEASED_SECONDS = 3.0
"""The same for one whose hold was only released so far."""


@dataclass(frozen=True)
class WatchTimes:
    """In seconds: the timeout without any change, the total timeout, and the polling interval."""

    quiet: float
    longest: float
    every: float


OF_ONE = WatchTimes(quiet=3.0, longest=10.0, every=0.1)
OF_MANY = WatchTimes(quiet=10.0, longest=120.0, every=0.2)


class Watch:
    """Watches all that were resumed until each has settled, or nothing changes any more."""

    def __init__(self, watched: list[Held], before: dict[str, Seen], since: int, times: WatchTimes) -> None:
        self._watched = watched
        self._before = before
        self._since = since
        self._times = times
        self._now: dict[str, Seen] = {}
        self._changed: dict[str, float] = {}

    async def until_settled(self, database: Database, scope: Scope, report: Callable[[int], None]) -> None:
        """Poll the database until all have settled, with one query each time however many are watched."""
        loop = asyncio.get_running_loop()
        begun = moved = loop.time()
        while self._watched:
            async with database.reading() as connection:
                seen = await look(connection, scope, [held.id for held in self._watched], self._since)
            at = loop.time()
            for name, now in seen.items():
                if now != self._now.get(name, self._before.get(name)):
                    self._changed[name] = moved = at
            self._now = seen
            settled = sum(self._settled(held.id, at, begun) for held in self._watched)
            report(settled)
            over = at - begun > self._times.longest or at - moved > self._times.quiet
            if settled == len(self._watched) or over:
                return
            await asyncio.sleep(self._times.every)

    async def results(self, client: Client) -> list[Retried]:
        """The outcome of each. If the database has nothing new, the workflow is asked: one that is held again
        at once for the same reason may leave no trace in the database.
        """
        unsettled = [held for held in self._watched if self._outcome(held.id) is Outcome.NOTHING_YET]
        asked = await _asked(client, unsettled)
        return [asked.get(held.id) or self._result(held) for held in self._watched]

    def _result(self, held: Held) -> Retried:
        outcome, now = self._outcome(held.id), self._now.get(held.id)
        again = now.reason if outcome is Outcome.HELD_AGAIN and now else None
        return Retried(held.id, held.kind, outcome, again or held.reason)

    def _outcome(self, name: str) -> Outcome:
        before, now = self._before.get(name), self._now.get(name)
        if now is None:
            return Outcome.NOTHING_YET
        if not now.holds:
            return Outcome.CONTINUES
        again = now.failed or before is None or bool(now.holds - before.holds)
        return Outcome.HELD_AGAIN if again else Outcome.NOTHING_YET

    def _settled(self, name: str, at: float, begun: float) -> bool:
        outcome = self._outcome(name)
        if outcome is not Outcome.CONTINUES:
            return outcome is Outcome.HELD_AGAIN
        now = self._now[name]
        quiet = at - self._changed.get(name, begun)
        return not now.is_open or quiet >= (SETTLED_SECONDS if now.done else RELEASED_SECONDS)


async def _asked(client: Client, left: Iterable[Held]) -> dict[str, Retried]:
    at_once = asyncio.Semaphore(AT_ONCE)

    async def ask(held: Held) -> Retried:
        result = Retried(held.id, held.kind, Outcome.NOTHING_YET, held.reason)
        async with at_once:
            try:
                found = await client.get_workflow_handle(held.id).describe()
            except RPCError:
                return result
        reason = found.typed_search_attributes.get(HOLD_REASON)
        if reason is None:
            return replace(result, outcome=Outcome.CONTINUES)
        if found.raw_description.HasField("pending_workflow_task"):  # no worker has processed the signal yet
            return result
        return replace(result, outcome=Outcome.HELD_AGAIN, reason=reason)

    return {result.id: result for result in await asyncio.gather(*map(ask, left))}
