"""The workflow by which an operator retries many held workflows from the Temporal Web UI, which can signal
only one at a time.

It does the same as `esim-orders order retry` with --reason, --query or --all-held. It is not part of any
order: where it fails or is cancelled, an operator may start it again; workflows that continue are not held
any more.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError

from models.errors import Refusal
from models.identifiers import WORK
from models.markdown import code, inert
from models.operations.retries import Outcome
from workflows.failures import refused
from workflows.operations.messages import ChooseHeld, RetriedMany, RetryBatch, RetryMany
from workflows.operations.steps import RetryHeldSteps
from workflows.starts import decoded
from workflows.step import policy_of

Result = TypeVar("Result")


@workflow.defn(name="RetryHeld", failure_exception_types=[Exception])
class RetryHeld:
    """Retries one batch after another, sorted by id, each id once. A failure ends it; it may be repeated."""

    def __init__(self) -> None:
        self._request: RetryMany | None = None
        self._done = RetriedMany()
        self._left: int | None = None
        self._state = "Retries what is held"

    @workflow.run
    async def run(self, start: Any = None, *more: Any) -> RetriedMany:
        """Retry them all and count the outcomes. `start` is a `RetryMany`; any other input is refused."""
        self._request = request = _read(start, *more)
        self._show()
        after = ""
        while True:
            choose = ChooseHeld(reason=request.reason, query=request.query, after=after)
            batch = await self._take(RetryHeldSteps.choose_held, choose)
            if not batch.held:
                break
            self._left = batch.left
            self._show()
            done = await self._take(RetryHeldSteps.retry_batch, RetryBatch(held=batch.held))
            self._done = self._done.plus(done)
            self._left -= len(batch.held)
            after = batch.held[-1].id
            self._show()
        self._state, self._left = "Done", None
        self._show()
        return self._done

    async def _take(self, step: Callable[[Any, Any], Awaitable[Result]], message: Any) -> Result:
        policy = policy_of(step)
        try:
            return await workflow.execute_activity_method(
                step,
                message,
                start_to_close_timeout=policy.attempt,
                schedule_to_close_timeout=policy.retried_for,
                heartbeat_timeout=policy.heartbeat_timeout,
                retry_policy=policy.retry_policy,
                summary=policy.summary,
            )
        except ActivityError as failure:
            self._state = "Ended before all were retried; it may be started again"
            self._show()
            if isinstance(failure.cause, CancelledError):
                raise
            raise _ended(failure.cause) from None

    def _show(self) -> None:
        """Show operators the progress."""
        request = self._request
        parts = [f"**{self._state}**", f"{request.chosen if request else ''}."]
        if request and request.why:
            parts.append(f"Why: {inert(request.why)}")
        left = f" About {self._left} are left." if self._left else ""
        parts.append(f"Retried: {self._done.retried}.{left}")
        if self._done.outcomes:
            rows = [
                f"| {it.count} | {Outcome[it.outcome.upper()].value} | {code(it.reason)} |"
                for it in self._done.outcomes
            ]
            parts.append("\n".join(["| number | outcome | held for |", "|---|---|---|", *rows]))
        workflow.set_current_details("\n\n".join(parts))


def _read(start: Any, *more: Any) -> RetryMany:
    """Validate the input. Raises `ApplicationError` (`retry_many_invalid`, `retry_many_id`)."""
    try:
        request = decoded(RetryMany, start)
    except ValidationError:  # an operator mistyped it, or the payload is not JSON
        raise refused(Refusal.of("retry_many_invalid")) from None
    if more or request.all == bool(request.reason or request.query):
        raise refused(Refusal.of("retry_many_invalid"))
    if workflow.info().workflow_id.startswith(WORK):
        raise refused(Refusal.of("retry_many_id"))
    return request


def _ended(cause: BaseException | None) -> ApplicationError:
    """Why it ended, in one sentence."""
    if isinstance(cause, ApplicationError) and cause.type == "refused":
        return ApplicationError(cause.message, *cause.details, type="refused", non_retryable=True)
    why = cause.message if isinstance(cause, ApplicationError) else "The step did not end in time."
    return ApplicationError(f"{why} Start it again.", type="retry_ended", non_retryable=True)
