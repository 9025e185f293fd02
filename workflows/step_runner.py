"""How a workflow executes a step: with retries and, where those do not help, held until an operator retries.

No failing step ends an order or a request (W5). A step is retried as its policy says; after the last retry
the workflow is held: the search attribute `HoldReason`, the details and the table of holds say why, until the
signal `retry`, or until the step is superseded.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import SearchAttributeUpdate
from temporalio.exceptions import FailureError

from models.errors import Refusal
from models.orders.lifecycle import HoldReason
from workflows.failures import hold_reason, is_final
from workflows.messages import HoldInput, ReleaseInput, Retry
from workflows.search_attributes import HOLD_REASON
from workflows.step import StepPolicy, policy_of
from workflows.steps import HoldSteps

Result = TypeVar("Result")
Step = Callable[[Any, Any], Awaitable[Result]]
Condition = Callable[[], bool]
Labels = Callable[[], list[SearchAttributeUpdate[str]]]


_CALLED = frozenset({HoldReason.NO_STOCK})
"""For these the signal `retry` comes by itself once the reason is gone, perhaps before the step's failure."""


class Superseded(Exception):
    """The step did not succeed and is not needed any more: the order's status changed, or it was given up."""


@dataclass(frozen=True)
class Hold:
    """Why and since when a step is held."""

    reason: HoldReason
    since: datetime
    step: str
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class GoingOut:
    """A step that calls a mail server, a provider or another workflow, and has not succeeded yet."""

    step: str
    summary: str
    since: datetime


def never() -> bool:
    """The condition of a step that nothing supersedes."""
    return False


class StepRunner:
    """Executes the steps of the workflow with this id. `changed` is called whenever the current details are
    to be renewed; `missing_labels` are search attributes that are to be upserted with a hold at the latest.
    """

    def __init__(self, workflow_id: str, changed: Callable[[], None], missing_labels: Labels = list) -> None:
        self._id = workflow_id
        self._changed = changed
        self._missing_labels = missing_labels
        self._holds: dict[str, Hold] = {}
        self._going_out: dict[str, GoingOut] = {}
        self._releases: dict[str, ReleaseInput] = {}
        self._shown: HoldReason | None = None
        self._retries = 0
        self._retry = Retry()
        self._one_record_at_a_time = asyncio.Lock()
        self._running = 0
        self._records: set[asyncio.Task[None]] = set()

    @property
    def holds(self) -> tuple[Hold, ...]:
        """The steps that are held, oldest first; usually none."""
        return tuple(self._holds.values())

    @property
    def going_out(self) -> tuple[GoingOut, ...]:
        """The steps to the outside that have not succeeded yet, oldest first; usually none."""
        return tuple(self._going_out.values())

    @property
    def settled(self) -> bool:
        """Whether the workflow may end: no superseded step is running, and its holds are recorded. Else
        Temporal drops the closing workflow task with its answers, and the row of an ended hold stays.
        """
        return not self._running

    def retry(self, call: Any) -> None:
        """Continue with everything that is held. An input that is no `Retry` is logged and dropped: an
        exception in a signal's handler would block the workflow.
        """
        try:
            self._retry = Retry.model_validate(call or {})
        except ValidationError:
            workflow.logger.warning("A signal that is no retry was dropped.")
        else:
            self._retries += 1

    async def execute(
        self,
        step: Step[Result],
        message: Any,
        *,
        superseded: Condition = never,
        hold_at_most: timedelta | None = None,
        later: bool = False,
        place: str | None = None,
    ) -> Result:
        """Execute the step until it succeeds. Raises `Superseded` when it is not needed any more, and when a
        hold has lasted for `hold_at_most`. `later`: the step is repeated later anyway, so a transient failure
        raises `Superseded` too and only a permanent one holds. `place` names the hold, where the same step is
        executed for several things at once.
        """
        policy = policy_of(step)
        with self._shown_as_going_out(place or step.__name__, step, policy):
            return await self._until_succeeded(
                step, message, policy, superseded, hold_at_most=hold_at_most, later=later, place=place
            )

    @contextlib.contextmanager
    def _shown_as_going_out(self, place: str, step: Step[Any], policy: StepPolicy) -> Iterator[None]:
        """Show operators that it has not been sent, from the first attempt until one succeeds (W11)."""
        if not policy.outside:
            yield
            return
        self._going_out[place] = GoingOut(step.__name__, policy.summary, workflow.now())
        self._changed()
        try:
            yield
        except Exception:  # but no BaseException: a workflow that is evicted from the cache must show nothing
            self._show_gone(place)
            raise
        self._show_gone(place)

    def _show_gone(self, place: str) -> None:
        self._going_out.pop(place, None)
        self._changed()

    async def _until_succeeded(
        self,
        step: Step[Result],
        message: Any,
        policy: StepPolicy,
        superseded: Condition,
        *,
        hold_at_most: timedelta | None,
        later: bool,
        place: str | None,
    ) -> Result:
        while True:
            seen = self._retries
            try:
                return await self._run_activity(step, message, policy, superseded)
            except ValidationError as unreadable:
                # Another version of the steps wrote it: fail the workflow task, which Temporal then retries.
                raise RuntimeError("The step's answer cannot be read by this version.") from unreadable
            except FailureError as failure:
                if later and not is_final(failure):
                    raise Superseded from None
                reason = hold_reason(failure)
            if reason not in _CALLED or self._retries == seen:
                await self.hold(place or step.__name__, reason, superseded=superseded, at_most=hold_at_most)
            if hasattr(message, "retries"):
                message = message.model_copy(update={"retries": message.retries + 1})

    async def _run_activity(
        self, step: Step[Result], message: Any, policy: StepPolicy, superseded: Condition
    ) -> Result:
        running = workflow.start_activity_method(
            step,
            message,
            start_to_close_timeout=policy.attempt,
            schedule_to_close_timeout=policy.retried_for,
            heartbeat_timeout=policy.heartbeat_timeout,
            retry_policy=policy.retry_policy,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=policy.summary,
        )
        await workflow.wait_condition(lambda: running.done() or superseded())
        if policy.grace and not running.done():
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    running.done, timeout=policy.grace, timeout_summary="Let the running step finish first"
                )
        if running.done():
            return await running
        # It may still succeed before the cancellation reaches it, and then its result counts.
        running.cancel()
        self._running += 1
        try:
            return await running
        except (FailureError, asyncio.CancelledError):
            raise Superseded from None
        finally:
            self._running -= 1

    async def hold(
        self,
        place: str,
        reason: HoldReason,
        *,
        superseded: Condition = never,
        at_most: timedelta | None = None,
        refusals: tuple[Refusal, ...] = (),
    ) -> None:
        """Hold the step until the signal `retry`, visible to operators. Raises `Superseded` like `execute`.
        `refusals`: the reasons of a refusal, where that is why; operators read them in the history.
        """
        seen = self._retries
        self._holds[place] = Hold(reason, workflow.now(), place, refusals)
        self._changed_holds(place)
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._retries > seen or superseded(),
                timeout=at_most,
                timeout_summary="Give up sending the e-mail",
            )
        self._holds.pop(place, None)
        retried = self._retries > seen
        self._releases[place] = ReleaseInput(
            workflow_id=self._id,
            step=place,
            actor=self._retry.actor if retried else "system",
            origin_id=self._retry.origin_id if retried else None,
            given_up=not retried and not superseded(),
        )
        self._changed_holds(place)
        if not retried:
            raise Superseded

    def _changed_holds(self, place: str) -> None:
        self._show_reason()
        self._running += 1
        task = asyncio.create_task(self._record(place))
        self._records.add(task)
        task.add_done_callback(self._records.discard)

    async def _record(self, place: str) -> None:
        """Record whether this step is held, however long that takes: the failure that holds a step may make
        this fail too. One record at a time, so that the latest one remains.
        """
        try:
            async with self._one_record_at_a_time:
                await self._recorded(place)
        finally:
            self._running -= 1

    async def _recorded(self, place: str) -> None:
        hold = self._holds.get(place)
        recording: tuple[Step[None], Any] = (HoldSteps.release, self._releases.get(place))
        if hold:
            message = HoldInput(workflow_id=self._id, step=place, reason=hold.reason, refusals=hold.refusals)
            recording = (HoldSteps.hold, message)
        while True:
            try:
                await self._run_activity(
                    *recording, policy_of(recording[0]), lambda: self._holds.get(place) is not hold
                )
            except Superseded:  # the next record says how it is now
                return
            except FailureError as failure:
                if is_final(failure):
                    workflow.logger.warning("The hold could not be recorded; HoldReason shows it.")
                    return
            else:
                return

    def _show_reason(self) -> None:
        oldest = next(iter(self._holds.values()), None)
        reason = oldest.reason if oldest else None
        if reason is not self._shown:
            self._shown = reason
            value = HOLD_REASON.value_set(reason.value) if reason else HOLD_REASON.value_unset()
            workflow.upsert_search_attributes([value, *self._missing_labels()])
        self._changed()
