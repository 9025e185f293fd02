"""The workflow that delivers events to one endpoint, while something is due (A11).

All state is in the database: where the workflow is lost, the relay starts it again.
"""

from datetime import timedelta
from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows.operations.messages import DeliverEvents, EventsDelivered, RunWebhook
from workflows.operations.steps import WebhookSteps
from workflows.starts import all_answered, answer_all, read_start
from workflows.step import policy_of

_MOST_ROUNDS = 200
"""After so many rounds the workflow ends, and the relay starts another one: its history stays short."""


@workflow.defn(name="EsimWebhook", failure_exception_types=[ValidationError])
class EsimWebhook:
    """Delivers until nothing is due. While the receiver fails it waits, longer each time, for up to three
    days.
    """

    @workflow.init
    def __init__(self, sent: RunWebhook | None = None, *_: Any) -> None:
        self._wrong: ApplicationError | None = None
        self._woken = False
        self._delivered = self._failed = 0
        try:
            self._start = read_start(RunWebhook, sent, "webhook", "webhook_id")
        except ApplicationError as wrong:
            self._wrong = answer_all(EsimWebhook, wrong)

    @workflow.run
    async def run(self, sent: RunWebhook | None = None, *_: Any) -> int:
        """Deliver what is due; how many were delivered. The JSON is taken as it is sent, as for orders."""
        if self._wrong:
            raise await all_answered(self._wrong)
        for _round in range(_MOST_ROUNDS):
            self._woken = False
            self._show("Delivers events")
            done = await self._deliver()
            self._delivered += done.delivered
            self._failed += done.failed
            if done.wait is not None:
                await self._wait(done.wait)
            elif not done.more and not self._woken:
                break
        self._show("Nothing is due")
        return self._delivered

    async def _deliver(self) -> EventsDelivered:
        policy = policy_of(WebhookSteps.deliver_events)
        return await workflow.execute_activity_method(
            WebhookSteps.deliver_events,
            DeliverEvents(webhook_id=self._start.webhook_id),
            start_to_close_timeout=policy.attempt,
            schedule_to_close_timeout=policy.retried_for,
            heartbeat_timeout=policy.heartbeat_timeout,
            retry_policy=policy.retry_policy,
            summary=policy.summary,
        )

    async def _wait(self, wait: timedelta) -> None:
        """Leave the receiver alone, until it is time or the signal `wake` comes."""
        self._show("The receiver fails: waits before it is tried again")
        try:
            await workflow.wait_condition(
                lambda: self._woken, timeout=wait, timeout_summary="The receiver is tried again"
            )
        except TimeoutError:
            return

    @workflow.signal(description="Look what is due.")
    def wake(self, *_: Any) -> None:
        """Something is due, or the receiver is to be tried at once."""
        self._woken = True

    def _show(self, state: str) -> None:
        counts = f"Delivered: {self._delivered}. Failed attempts: {self._failed}."
        workflow.set_current_details(f"**{state}**\n\n{counts}")
