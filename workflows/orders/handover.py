"""The steps of one order towards its provider: the order is handed over, reminded of and withdrawn.

A provider that is reached through an API may answer at once that the order is acknowledged or processed.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from models.orders.lifecycle import OPEN, HoldReason, OrderStatus
from models.orders.placement import OrderState, ProviderAnswer
from workflows.calls import Calls
from workflows.failures import refusals_of
from workflows.orders.messages import (
    PROVIDER,
    AcknowledgeInput,
    PlaceOrder,
    ProcessedInput,
    ProviderInput,
    RemindInput,
)
from workflows.orders.steps import OrderSteps, ProviderSteps
from workflows.reminder_schedule import OrderSchedule, wait_until
from workflows.step_runner import StepRunner, Superseded


class Handover:
    """Executes the steps towards the provider; its answers enter the order's queue like any other call.

    `note` adds an entry to the times that operators read, `show` renews what they read.
    """

    def __init__(
        self,
        start: PlaceOrder,
        steps: StepRunner,
        calls: Calls[OrderState],
        *,
        status: Callable[[], OrderStatus],
        note: Callable[[str], None],
        show: Callable[[], None],
    ) -> None:
        self.order = ProviderInput(
            order_id=start.order.order_id, kind=start.order.kind, retries=start.retries
        )
        self.schedule = OrderSchedule(start.timeouts, workflow.now())
        self._steps = steps
        self._calls = calls
        self._status = status
        self._note = note
        self._show = show
        self._look_wanted = False

    def look(self) -> None:
        """Ask the database at once whether a reminder is due: its clock may have been set ahead."""
        self._look_wanted = True

    def moved(self, status: OrderStatus) -> None:
        """Restart the reminder schedule for the order's new status."""
        self.schedule.begin(status, workflow.now())

    async def withdraw(self) -> None:
        """Notify the provider that the order is cancelled, however long that takes."""
        await self._steps.execute(ProviderSteps.withdraw_from_provider, self.order)

    async def run(self) -> None:
        """Hand the order to the provider, then remind it while the order is open."""
        left = self._left()
        with contextlib.suppress(Superseded):
            answer = await self._steps.execute(ProviderSteps.submit_to_provider, self.order, superseded=left)
            self._note("Handed to the provider")
            await self._apply_answer(answer)
        self.schedule.handed_over(workflow.now())
        self._look_wanted = False
        while self._status() in OPEN:
            self._show()
            if workflow.now() < self.schedule.due and not self._look_wanted:
                await wait_until(
                    lambda: self._look_wanted,
                    self.schedule.sleep_from(workflow.now()),
                    "Remind the provider if nothing happened",
                )
            else:
                await self._remind()

    async def _apply_answer(self, answer: ProviderAnswer) -> None:
        """Add what the provider answered at once to the queue of calls. An answer that is refused holds the
        order; after a retry the order is handed over again.
        """
        while answer.acknowledged or answer.processed:
            calls = [
                self._calls.add(OrderSteps.acknowledge_order, self._call_input(AcknowledgeInput, answer))
            ]
            if answer.processed:
                processed = self._call_input(ProcessedInput, answer, request="answer")
                calls.append(self._calls.add(OrderSteps.complete_order, processed))
            try:
                for call in calls:
                    await asyncio.shield(call.answer)
            except ApplicationError as failure:
                if self._status() not in OPEN:
                    return
                left, why = self._left(), refusals_of(failure)
                self._note(f"The provider's answer was refused: {' '.join(it.sentence for it in why)}")
                await self._steps.hold(
                    "provider_answer", HoldReason.ANSWER_REFUSED, superseded=left, refusals=why
                )
                answer = await self._steps.execute(
                    ProviderSteps.submit_to_provider, self.order, superseded=left
                )
            else:
                return

    async def _remind(self) -> None:
        """Remind the provider, or hold the order after the last reminder. The workflow's timer only wakes it:
        the step decides by the database's clock whether the reminder is due.
        """
        left = self._left()
        self._look_wanted = False
        exhausted = self.schedule.exhausted
        with contextlib.suppress(Superseded):
            reminder = RemindInput(
                **dict(self.order),
                waiting_in=self._status(),
                number=None if exhausted else self.schedule.reminded + 1,
                silent_for=self.schedule.wanted,
            )
            reminded = await self._steps.execute(ProviderSteps.remind_provider, reminder, superseded=left)
            if reminded.due_in is not None:
                self.schedule.too_early(workflow.now(), reminded.due_in)
            elif exhausted:
                await self._steps.hold("waiting", self.schedule.reason, superseded=left)
                self.schedule.renew(workflow.now())
            else:
                number = self.schedule.remind(workflow.now())
                self._note(f"Reminder {number} sent to the provider")

    def _left(self) -> Callable[[], bool]:
        """A condition that holds once the order has left its present status."""
        before = self._status()
        return lambda: self._status() is not before

    def _call_input(self, step_input: type[Any], answer: ProviderAnswer, **more: Any) -> Any:
        which = {"order_id": self.order.order_id, "kind": self.order.kind}
        return step_input(**which, actor=PROVIDER, iccid=answer.iccid, **more)
