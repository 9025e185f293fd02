"""The workflow that delivers events to one endpoint, for one turn (A11).

All state is in the database, also how long a receiver that fails is left alone: the relay starts a workflow
for each turn, so that no endpoint keeps others waiting, and what is lost is started again.
"""

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
    """Delivers what is due, as long as the endpoint's turn lasts."""

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
            if not self._woken:  # by the relay, at the very moment when the step ended
                break
        self._show("Its turn is over")
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

    @workflow.signal(description="It is the endpoint's turn.")
    def wake(self, *_: Any) -> None:
        """Something is due, and it is the endpoint's turn."""
        self._woken = True

    def _show(self, state: str) -> None:
        counts = f"Delivered: {self._delivered}. Failed attempts: {self._failed}."
        workflow.set_current_details(f"**{state}**\n\n{counts}")
