"""Retry held orders, requests for QR codes and notifications, one or many.

    retry = RetryDesk(client, database, settings)
    done = await retry.one(caller, "order-aaaaaaaaaaaaaaaa")
    chosen = await retry.select(caller, reason="mail_rejected")
    done = await retry.many(caller, chosen, report=lambda resumed, settled: ...)

The database says what is held. A query is a Temporal list filter over search attributes; it selects among the
workflows on our task queue that Temporal shows as held. Each gets the signal `retry`; an unfinished one whose
workflow was terminated or lost is restarted. Then all are watched until each has continued or is held again.
"""

import asyncio
from collections.abc import Callable, Collection
from datetime import UTC

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from models.errors import EsimError, Refused, Unavailable
from models.operations.retries import LONGEST_QUERY, Held, Outcome, Retried, one_line
from models.operations.views import HeldView
from models.orders.lifecycle import OPEN, HoldReason
from models.paging import Page, Position, Wanted
from models.people.callers import AllAccounts, By, Caller, Permission
from settings import Settings
from starter.connected import ConnectedDesk
from starter.operations.restarts import Restarts
from starter.operations.retry_watch import AT_ONCE, OF_MANY, OF_ONE, Watch, WatchTimes
from store import lookups
from store.operations import held_views, retries
from store.operations.hold_subjects import KINDS, kind_of
from store.orders import views
from store.session import Database
from temporal.calls import NoSuchWorkflow
from temporal.connection import answered, described
from workflows.messages import Retry
from workflows.search_attributes import HOLD_REASON

_KINDS = ", ".join(kind.name for kind in KINDS.values())
Progress = Callable[[int, int], None]
"""Called with how many were resumed, and how many of these have settled."""


class RetryDesk(ConnectedDesk):
    """Retries what is held, or has lost its workflow, in the caller's scope."""

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        super().__init__(client, database, settings)
        self._restarts = Restarts(self._calls, database, settings)
        self._queue = settings.task_queue

    async def resume(self, caller: Caller, workflow_id: str) -> Outcome:
        """Resume it at the step that it is held for, or restart its workflow, without watching the outcome.

        Raises `NotFound`, and `Refused` (`not_held`, `order_over`).
        """
        await self._retriable(caller, workflow_id)
        return await self._resume_one(caller, workflow_id)

    async def one(self, caller: Caller, workflow_id: str) -> Retried:
        """Retry one and return its outcome. Raises as `resume`."""
        seen, runs = await self._retriable(caller, workflow_id)
        held = Held(workflow_id, _kind(workflow_id), seen.reason or "")
        if not runs and not seen.holds:
            return Retried(held.id, held.kind, await self._resume_one(caller, held.id), "")
        return (await self._retry(caller, [held], OF_ONE))[0]

    async def select(
        self,
        caller: Caller,
        query: str | None = None,
        reason: str | None = None,
        ids: Collection[str] | None = None,
    ) -> list[Held]:
        """Select what is held: everything, or only these ids, this reason, or what a Temporal query selects.

        Raises `Refused` (`query_invalid`, `reason_unknown`).
        """
        caller.require(Permission.RETRY_WORK)
        wanted = None if reason is None else _reason(reason)
        async with self._database.reading() as connection:
            found = await retries.held(connection, caller.scope)
        if query:
            shown = await self._selected(query)
            ids = shown if ids is None else set(ids) & shown.keys()
            if isinstance(caller.scope, AllAccounts):  # Temporal may show a hold before it is recorded
                found = {name: [reason] for name, reason in shown.items()} | found
            found = {name: reasons for name, reasons in found.items() if name in shown}
        return [
            Held(name, _kind(name), wanted or next(iter(reasons)))
            for name, reasons in found.items()
            if (ids is None or name in ids) and (wanted is None or wanted in reasons)
        ]

    async def held(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        reason: str | None = None,
        kind: str | None = None,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[HeldView]:
        """List what waits for a person, the longest waiting first, with every held step.

        Raises `Refused` (`reason_unknown`, `work_kind_unknown`).
        """
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.RETRY_WORK)
            why = None if reason is None else _reason(reason)
            if kind is not None and kind not in {known.name for known in KINDS.values()}:
                raise Refused.because("work_kind_unknown", kinds=_KINDS)
            return await held_views.held(connection, scope, Wanted(limit, after), reason=why, kind=kind)

    async def resume_many(self, caller: Caller, chosen: Collection[Held]) -> list[Retried]:
        """Resume all without watching the outcomes: what was not held any more is left out.

        Raises `Unavailable` if Temporal answered for none of them.
        """
        caller.require(Permission.RETRY_WORK)
        async with self._database.reading() as connection:
            known = await retries.look(connection, caller.scope, [held.id for held in chosen], 0)
        at_once = asyncio.Semaphore(AT_ONCE)

        async def call(held: Held) -> Retried:
            async with at_once:
                outcome = await self._resume_of_many(held.id, caller.by, alone=False)
            return Retried(held.id, held.kind, outcome, held.reason)

        done = await asyncio.gather(*(call(held) for held in chosen if held.id in known))
        if done and all(one.outcome is Outcome.NOT_REACHED for one in done):
            raise Unavailable("temporal", "Temporal does not answer; nothing was retried.")
        return done

    async def many(
        self,
        caller: Caller,
        chosen: Collection[Held],
        report: Progress = lambda resumed, settled: None,
    ) -> list[Retried]:
        """Resume all, and watch them for a bounded time until each has continued or is held again."""
        caller.require(Permission.RETRY_WORK)
        return await self._retry(caller, list(chosen), OF_MANY, report)

    async def _retry(
        self,
        caller: Caller,
        chosen: list[Held],
        times: WatchTimes,
        report: Progress = lambda resumed, settled: None,
    ) -> list[Retried]:
        async with self._database.reading() as connection:
            since = await retries.moment(connection)
            before = await retries.look(connection, caller.scope, [held.id for held in chosen], since)
        chosen = [held for held in chosen if held.id in before]
        at_once = asyncio.Semaphore(AT_ONCE)
        ended: dict[str, Outcome] = {}
        resumed = 0

        async def call(held: Held) -> None:
            nonlocal resumed
            async with at_once:
                outcome = await self._resume_of_many(held.id, caller.by, alone=len(chosen) == 1)
            if outcome in {Outcome.OVER, Outcome.NOT_REACHED}:
                ended[held.id] = outcome
            resumed += 1
            report(resumed, len(ended))

        await asyncio.gather(*map(call, chosen))
        watch = Watch([held for held in chosen if held.id not in ended], before, since, times)
        await watch.until_settled(
            self._database, caller.scope, lambda settled: report(resumed, len(ended) + settled)
        )
        results = {result.id: result for result in await watch.results(self._calls.client)}
        return [
            Retried(held.id, held.kind, ended[held.id], held.reason) if held.id in ended else results[held.id]
            for held in chosen
        ]

    async def _resume_of_many(self, workflow_id: str, by: By, *, alone: bool) -> Outcome:
        """Resume one of several: an error of one does not stop the others."""
        try:
            return await self._resume(workflow_id, by)
        except (EsimError, RPCError):
            if alone:
                raise
            return Outcome.NOT_REACHED

    async def _resume(self, workflow_id: str, by: By) -> Outcome:
        try:
            await self._calls.signal(workflow_id, "retry", Retry(actor=by.actor, origin_id=by.origin_id))
        except NoSuchWorkflow:
            started = await self._restarts.start(workflow_id, by)
            return Outcome.STARTED_AGAIN if started else Outcome.OVER
        return Outcome.CONTINUES

    async def _resume_one(self, caller: Caller, workflow_id: str) -> Outcome:
        outcome = await self._resume(workflow_id, caller.by)
        if outcome is Outcome.OVER:
            raise await self._nothing_to_retry(caller, workflow_id)
        return outcome

    async def _retriable(self, caller: Caller, workflow_id: str) -> tuple[retries.Seen, bool]:
        """What can be retried, and whether its workflow runs.

        It is held, according to the database or Temporal, or it is unfinished and has no workflow any more.
        Raises `NotFound`, and `Refused` (`not_held`, `order_over`).
        """
        async with self._database.reading() as connection:
            seen = await retries.known(connection, caller.scope, workflow_id)
        caller.require(Permission.RETRY_WORK)
        runs, shown = await self._workflow(workflow_id)
        if not seen.holds and (not seen.is_open if not runs else shown is None):
            raise await self._nothing_to_retry(caller, workflow_id)
        return seen, runs

    async def _nothing_to_retry(self, caller: Caller, workflow_id: str) -> Refused:
        """The refusal: `order_over` with the time of its end for an order that has ended, else `not_held`."""
        if _kind(workflow_id) == "order":
            async with self._database.reading() as connection:
                order = await views.order(connection, caller.scope, workflow_id, history=False)
            if order.status not in OPEN:
                since = f"{order.status_since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
                return Refused.because(
                    "order_over", order=order.id, order_status=order.status.value, since=since
                )
        return Refused.because("not_held", workflow=workflow_id)

    async def _workflow(self, workflow_id: str) -> tuple[bool, str | None]:
        """Whether the workflow runs, and its hold reason in Temporal, which the database may record later."""
        found = await described(self._calls.client, workflow_id)
        if found is None or found.status is not WorkflowExecutionStatus.RUNNING:
            return False, None
        return True, found.typed_search_attributes.get(HOLD_REASON)

    async def _selected(self, query: str) -> dict[str, str]:
        """The ids that the query selects among the workflows that Temporal shows as held, with reasons."""
        if len(query) > LONGEST_QUERY or not one_line(query):
            raise Refused.because("query_invalid")
        ours = (
            f"ExecutionStatus = 'Running' AND {HOLD_REASON.name} IS NOT NULL AND TaskQueue = '{self._queue}'"
        )
        found = {}
        try:
            with answered():
                async for row in self._calls.client.list_workflows(f"({query}) AND {ours}"):
                    reason = row.typed_search_attributes.get(HOLD_REASON)
                    # a query such as "A) OR (B" bypasses the conditions that we add
                    if reason and row.task_queue == self._queue and kind_of(row.id):
                        found[row.id] = reason
        except RPCError as failure:
            if failure.status is not RPCStatusCode.INVALID_ARGUMENT:
                raise
            raise Refused.because("query_invalid") from None
        return found


def _kind(workflow_id: str) -> str:
    kind = kind_of(workflow_id)
    return kind.name if kind else ""


def _reason(text: str) -> HoldReason:
    try:
        return HoldReason(text.strip().lower())
    except ValueError:
        raise Refused.because("reason_unknown", reasons=", ".join(HoldReason)) from None
