"""Retry everything that is held and that a query selects: orders, requests for QR codes, notifications.

    chosen = await batch.select("Attention = 'mail_rejected'")
    done = await batch.retry(chosen, tell=lambda settled: ...)

The query is Temporal's, over search attributes, and only ever selects what is held on our task queue. Many
are told at once, but never more than `AT_ONCE`; then all are watched together, by one read of the database
a look, until each has gone on or is held again.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from enum import Enum

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from models.errors import EsimError, Refused
from models.lifecycle import HoldReason
from settings import Settings
from starter.calls import Calls, NoSuchWorkflow, checked_actor
from starter.temporal import reached, temporal_away
from store.retries import Moment, Seen, look, moment
from store.session import Database
from workflows.messages import RetryOrder
from workflows.search_attributes import ATTENTION

AT_ONCE = 20
"""Signals that are on their way at a time."""
QUIET_SECONDS = 10.0
"""How long nothing at all may happen before the watch ends."""
LONGEST_WATCH_SECONDS = 120.0
SETTLED_SECONDS = 0.7
"""How long one that did what it was held for is still watched, and one that only was released:"""
RELEASED_SECONDS = 3.0
LOOK_EVERY_SECONDS = 0.2

_KINDS = {"EsimOrder": "order", "EsimQrRequest": "qr_request", "EsimQrNotification": "notification"}


class Outcome(Enum):
    """What became of one that was told to go on, while it was watched."""

    GOES_ON = "goes on"
    HELD_AGAIN = "held again"
    NOTHING_YET = "not taken up yet"
    OVER = "was over before"
    NOT_TOLD = "Temporal did not answer"


@dataclass(frozen=True)
class Held:
    """Something that waits for a person."""

    id: str
    kind: str
    """order, qr_request or notification."""
    reason: str


@dataclass(frozen=True)
class Retried:
    """What became of it. `reason`: what it is held for now, else what it was held for."""

    id: str
    kind: str
    outcome: Outcome
    reason: str


Progress = Callable[[int, int], None]
"""Told how many have been told to go on, and how many of them have settled."""


def selection(query: str | None = None, reason: str | None = None) -> str:
    """What `--query` and `--reason` select, together. Raises `Refused` (`reason_unknown`)."""
    parts = [f"({query})"] if query else []
    if reason is not None:
        try:
            parts.append(f"{ATTENTION.name} = '{HoldReason(reason.strip().lower())}'")
        except ValueError:
            raise Refused.because("reason_unknown", reasons=", ".join(HoldReason)) from None
    return " AND ".join(parts)


class BatchRetry:
    """Retries many at once, and says what became of each."""

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        self._client = client
        self._database = database
        self._calls = Calls(client, settings)
        self._queue = settings.task_queue

    async def select(self, query: str = "") -> list[Held]:
        """What is held among that which the query selects. Raises `Refused` (`query_invalid`)."""
        ours = f"ExecutionStatus = 'Running' AND {ATTENTION.name} IS NOT NULL AND TaskQueue = '{self._queue}'"
        found = []
        try:
            with reached():
                async for row in self._client.list_workflows(f"({query}) AND {ours}" if query else ours):
                    reason = row.typed_search_attributes.get(ATTENTION)
                    # a query such as "A) OR (B" gets past what we add to it
                    if reason and row.task_queue == self._queue and row.workflow_type in _KINDS:
                        found.append(Held(row.id, _KINDS[row.workflow_type], reason))
        except RPCError as failure:
            if failure.status is not RPCStatusCode.INVALID_ARGUMENT:
                raise temporal_away() from None
            raise Refused.because("query_invalid") from None
        return found

    async def retry(
        self, chosen: Collection[Held], actor: str, tell: Progress = lambda told, settled: None
    ) -> list[Retried]:
        """Tell all to go on, and watch them until each went on or is held again, for a bounded time."""
        message = RetryOrder(actor=checked_actor(actor))
        ids = [held.id for held in chosen]
        async with self._database.reading() as connection:
            since = await moment(connection)
            before = await look(connection, ids, since)
        at_once = asyncio.Semaphore(AT_ONCE)
        outcomes: dict[str, Outcome] = {}
        told = 0

        async def signal(held: Held) -> None:
            nonlocal told
            async with at_once:
                try:
                    await self._calls.signal(held.id, "retry", message)
                except NoSuchWorkflow:
                    outcomes[held.id] = Outcome.OVER
                except EsimError:
                    outcomes[held.id] = Outcome.NOT_TOLD
            told += 1
            tell(told, len(outcomes))

        await asyncio.gather(*map(signal, chosen))
        watch = _Watch([held for held in chosen if held.id not in outcomes], before, since)
        await watch.until_settled(self._database, lambda settled: tell(told, len(outcomes) + settled))
        left = await self._asked(watch.unsettled())
        return [
            Retried(held.id, held.kind, outcomes[held.id], held.reason)
            if held.id in outcomes
            else left.get(held.id) or watch.result(held)
            for held in chosen
        ]

    async def _asked(self, left: Iterable[Held]) -> dict[str, Retried]:
        """Those whose rows say nothing new, as their workflows have it: who is held again for the same reason
        at once may leave no trace in the row.
        """
        at_once = asyncio.Semaphore(AT_ONCE)

        async def ask(held: Held) -> Retried:
            result = Retried(held.id, held.kind, Outcome.NOTHING_YET, held.reason)
            async with at_once:
                try:
                    found = await self._client.get_workflow_handle(held.id).describe()
                except RPCError:
                    return result
            reason = found.typed_search_attributes.get(ATTENTION)
            if reason is None:
                return replace(result, outcome=Outcome.GOES_ON)
            if found.raw_description.HasField("pending_workflow_task"):  # nobody has taken the retry up
                return result
            return replace(result, outcome=Outcome.HELD_AGAIN, reason=reason)

        return {result.id: result for result in await asyncio.gather(*map(ask, left))}


class _Watch:
    """Looks at all that were told to go on until each has settled, or nothing moves any more."""

    def __init__(self, watched: list[Held], before: dict[str, Seen], since: Moment) -> None:
        self._watched = watched
        self._before = before
        self._since = since
        self._now: dict[str, Seen] = {}
        self._changed: dict[str, float] = {}

    async def until_settled(self, database: Database, tell: Callable[[int], None]) -> None:
        loop = asyncio.get_running_loop()
        begun = moved = loop.time()
        while self._watched:
            async with database.reading() as connection:
                seen = await look(connection, [held.id for held in self._watched], self._since)
            at = loop.time()
            for name, now in seen.items():
                if now != self._now.get(name, self._before.get(name)):
                    self._changed[name] = moved = at
            self._now = seen
            settled = sum(self._settled(held.id, at) for held in self._watched)
            tell(settled)
            over = at - begun > LONGEST_WATCH_SECONDS or at - moved > QUIET_SECONDS
            if settled == len(self._watched) or over:
                return
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    def unsettled(self) -> list[Held]:
        """Those whose rows say the same as before."""
        return [held for held in self._watched if self._outcome(held.id) is Outcome.NOTHING_YET]

    def result(self, held: Held) -> Retried:
        """What became of it, as its row says."""
        outcome, now = self._outcome(held.id), self._now.get(held.id)
        again = now.held_reason if outcome is Outcome.HELD_AGAIN and now else None
        return Retried(held.id, held.kind, outcome, again or held.reason)

    def _outcome(self, name: str) -> Outcome:
        before, now = self._before.get(name), self._now.get(name)
        if now is None:
            return Outcome.NOTHING_YET
        if now.held_reason is None:
            return Outcome.GOES_ON
        again = now.failed or before is None or now.held_since != before.held_since
        return Outcome.HELD_AGAIN if again else Outcome.NOTHING_YET

    def _settled(self, name: str, at: float) -> bool:
        outcome = self._outcome(name)
        if outcome is not Outcome.GOES_ON:
            return outcome is Outcome.HELD_AGAIN
        now = self._now[name]
        quiet = at - self._changed.get(name, at - RELEASED_SECONDS)
        return not now.is_open or quiet >= (SETTLED_SECONDS if now.done else RELEASED_SECONDS)
