"""What workflows have in common that do one thing: send the e-mails of one step, or give them up."""

from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from temporalio import workflow
from temporalio.common import TypedSearchAttributes

from workflows.details import details
from workflows.messages import OPERATOR, ReleaseInput, Retry
from workflows.search_attributes import ORDER_STATUS, label_once
from workflows.step_runner import Step, StepRunner, Superseded
from workflows.steps import HoldSteps


class _Labelled(Protocol):
    """A status: as a string the value of the search attribute."""

    @property
    def label(self) -> str:
        """The status as operators read it."""


Status = TypeVar("Status", bound=_Labelled)


class EmailWorkflow(Generic[Status]):
    """Sends the e-mails of one step until they are sent, or gives them up. Their addresses and texts are in
    the database only.
    """

    def _begin(self, workflow_id: str, waiting: Status) -> None:
        self._id = workflow_id
        self._status = waiting
        self._dropped = False
        self._steps = StepRunner(workflow_id, changed=self._show)
        self._timeline: list[tuple[datetime, str]] = []

    async def _proceed(
        self,
        labels: TypedSearchAttributes,
        step: Step[None],
        message: Any,
        given_up_after: timedelta,
        outcomes: tuple[Status, Status],
    ) -> Status:
        """Execute the step. `outcomes`: the status where the e-mails are sent, and where they are not."""
        label_once(labels)
        self._moved_to(self._status)
        sent, given_up = outcomes
        self._moved_to(sent if await self._is_sent(step, message, given_up_after) else given_up)
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() and self._steps.settled)
        return self._status

    async def _is_sent(self, step: Step[None], message: Any, given_up_after: timedelta) -> bool:
        try:
            await self._steps.execute(
                step, message, superseded=lambda: self._dropped, hold_at_most=given_up_after
            )
        except Superseded:
            if self._dropped:
                given_up = ReleaseInput(
                    workflow_id=self._id, step=step.__name__, actor=OPERATOR, given_up=True
                )
                await self._steps.execute(HoldSteps.release, given_up)
            return False
        return True

    @workflow.signal(description="Send the e-mail that the workflow is held for once more.")
    def retry(self, call: Retry | None = None, *_: Any) -> None:
        """Retry what is held, as for orders. Because of `_` Temporal hands over the JSON as it is."""
        self._steps.retry(call)

    def _drop(self) -> None:
        self._dropped = True

    def _moved_to(self, status: Status) -> None:
        if status is not self._status:
            workflow.upsert_search_attributes([ORDER_STATUS.value_set(str(status))])
        self._status = status
        self._timeline.append((workflow.now(), status.label))
        self._show()

    def _show(self) -> None:
        steps = self._steps
        page = details(self._status.label, self._timeline, steps.holds, steps.going_out)
        workflow.set_current_details(page)
