"""The workflow of one change of a number: applied at once or on its day, then the provider is notified.

The database changes in one transaction, so what ends has ended when the caller is answered. What remains are
two calls: the workflow of the order that was cancelled is notified, and the provider is asked to stop,
suspend or resume the eSIM until it has been (L30). A change may wait for its day, so it continues with the
current version of this code (docs/versions.md).
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from models.licences.changes import ChangeResult, ChangeStatus
from workflows.calls import run_to_the_end
from workflows.details import details
from workflows.licences.messages import ChangeNumber, NotifyOfChange, ReportEnded
from workflows.licences.steps import NumberCallSteps, NumberSteps
from workflows.messages import OPERATOR, ReleaseInput, Retry
from workflows.reminder_schedule import wait_until
from workflows.search_attributes import ORDER_STATUS, change_labels, label_once
from workflows.starts import all_answered, answer_all, no_more, read_start
from workflows.step_runner import StepRunner, Superseded
from workflows.steps import HoldSteps

_SOONEST = timedelta(seconds=1)


@workflow.defn(name="EsimNumberChange", failure_exception_types=[ValidationError])
class EsimNumberChange:
    """One change of a number that is no order."""

    @workflow.init
    def __init__(self, sent: ChangeNumber | None = None, *_: Any) -> None:
        self._wrong: ApplicationError | None = None
        try:
            self._start = start = read_start(ChangeNumber, sent, "change", "change.change_id")
        except ApplicationError as wrong:
            self._wrong = answer_all(EsimNumberChange, wrong)
            return
        self._id = start.change.change_id
        self._status = ChangeStatus.REQUESTED
        self._result: ChangeResult | None = None
        self._dropped = False
        self._look_wanted = False
        self._due: datetime | None = None
        self._steps = StepRunner(self._id, changed=self._show)
        self._timeline: list[tuple[datetime, str]] = []

    @workflow.run
    async def run(self, sent: ChangeNumber | None = None, *_: Any) -> ChangeResult:
        """Apply the change and notify of it. To cancel the workflow gives up the e-mail to the provider; a
        change that is due later stays due. The JSON is taken as it is sent, as for orders.
        """
        if self._wrong:
            raise await all_answered(self._wrong)
        return await run_to_the_end(self._proceed(), self._drop)

    async def _proceed(self) -> ChangeResult:
        label_once(change_labels(self._start))
        self._moved_to(ChangeStatus.REQUESTED)
        result = await self._apply()
        # in parallel, so that an eSIM stops although the order cannot be reached, and the other way round
        await asyncio.gather(self._report_ended(result), self._notify(result))
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() and self._steps.settled)
        return result

    async def _apply(self) -> ChangeResult:
        """Apply the change. Whether one is due is asked of the database's clock, again after each wait."""
        while True:
            self._look_wanted = False
            self._result = result = await self._steps.execute(NumberSteps.apply_change, self._start.change)
            self._due = None if result.due_in is None else workflow.now() + result.due_in
            self._moved_to(result.status)
            if result.due_in is None:
                return result
            await wait_until(
                lambda: self._look_wanted, max(result.due_in, _SOONEST), "Apply the change, which is due then"
            )

    async def _report_ended(self, result: ChangeResult) -> None:
        order_id, request_id = result.cancelled_order, result.ended_request
        if order_id is None and request_id is None and result.sim_id is None:
            return
        message = ReportEnded(change_id=self._id, order_id=order_id, request_id=request_id)
        if await self._sent(NumberCallSteps.report_ended, message):
            self._note("The workflows of what ended or continues are notified")

    async def _notify(self, result: ChangeResult) -> None:
        if result.notice is None:
            return
        message = NotifyOfChange(change_id=self._id, retries=self._start.retries)
        if await self._sent(NumberCallSteps.notify_of_change, message):
            self._note("The provider is notified")

    async def _sent(self, step: Callable[[Any, Any], Awaitable[None]], message: Any) -> bool:
        """Execute the step until it succeeds; False if an operator gave it up."""
        try:
            await self._steps.execute(step, message, superseded=lambda: self._dropped)
        except Superseded:
            given_up = ReleaseInput(workflow_id=self._id, step=step.__name__, actor=OPERATOR, given_up=True)
            await self._steps.execute(HoldSteps.release, given_up)
            return False
        return True

    # --- what callers ask -----------------------------------------------------------------------------

    @workflow.update(description="Wait until the change is applied or refused, and learn which and why.")
    async def apply(self, *_: Any) -> ChangeResult:
        """Answer the caller who changes the number; sent together with the start. For a change that is due
        later the answer says so.
        """
        await workflow.wait_condition(lambda: self._result is not None)
        assert self._result is not None  # noqa: S101  just waited for
        return self._result

    @apply.validator
    def _validate_apply(self, *sent: Any) -> None:
        no_more(*sent)

    @workflow.signal(description="Continue with what the change is held for.")
    def retry(self, call: Retry | None = None, *_: Any) -> None:
        """Retry what is held, as for orders. Because of `_` Temporal hands over the JSON as it is."""
        self._steps.retry(call)

    @workflow.signal(description="Ask the database again whether the change is due.")
    def look(self, *_: Any) -> None:
        """Sent where the day may have come earlier, such as after the account's time zone was changed."""
        self._look_wanted = True

    @workflow.query(description="Whether the change is due later, applied or refused.")
    def state(self) -> ChangeStatus:
        """Answer with the status of the change."""
        return self._status

    def _drop(self) -> None:
        self._dropped = self._result is not None and self._result.due_in is None

    # --- what operators read --------------------------------------------------------------------------

    def _moved_to(self, status: ChangeStatus) -> None:
        if status is not self._status:
            workflow.upsert_search_attributes([ORDER_STATUS.value_set(status.value)])
        if status is not self._status or not self._timeline:
            self._note(status.label)
        self._status = status
        self._show()

    def _note(self, what: str) -> None:
        self._timeline.append((workflow.now(), what))
        self._show()

    def _show(self) -> None:
        steps = self._steps
        waits = f"Due at `{self._due:%Y-%m-%d %H:%M:%S UTC}`." if self._due else None
        page = details(self._status.label, self._timeline, steps.holds, steps.going_out, waits=waits)
        workflow.set_current_details(page)
