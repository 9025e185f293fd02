"""The rounds of a request for a QR code: ask the distributor's contacts, and remind them until it ends."""

import contextlib
from collections.abc import Callable

from temporalio import workflow

from models.codes.requests import RequestState, RequestStatus
from models.orders.lifecycle import HoldReason
from workflows.codes.messages import RemindOfCode, RequestQrCode, SendQrMails
from workflows.codes.steps import QrMailSteps
from workflows.reminder_schedule import ReminderSchedule, wait_until
from workflows.step_runner import Condition, Step, StepRunner, Superseded


class Rounds:
    """Executes the steps towards the distributor while the request is open, one round after another.

    `state` is the request's state now; `note` adds an entry to the times that operators read, `show` renews
    what they read.
    """

    def __init__(
        self,
        start: RequestQrCode,
        steps: StepRunner,
        *,
        state: Callable[[], RequestState],
        note: Callable[[str], None],
        show: Callable[[], None],
    ) -> None:
        self._start = start
        self._steps = steps
        self._state = state
        self._note = note
        self._show = show
        self._look_wanted = False
        self.schedule = self._new_schedule()

    def look(self) -> None:
        """Ask the database at once whether a reminder is due: its clock may have been set ahead."""
        self._look_wanted = True

    async def run(self) -> None:
        """Ask and remind the contacts of each round, until the request has ended."""
        while self._is_open:
            with contextlib.suppress(Superseded):  # by the next round, or by the end of the request
                await self._run_round(self._state().round)

    @property
    def _is_open(self) -> bool:
        return self._state().status is RequestStatus.REQUESTED

    def _new_schedule(self) -> ReminderSchedule:
        timeouts = self._start.timeouts
        return ReminderSchedule(timeouts.reminder_after, timeouts.reminders, workflow.now())

    async def _run_round(self, number: int) -> None:
        def left() -> bool:
            return not (self._is_open and self._state().round == number)

        self.schedule = self._new_schedule()
        await self._mail(QrMailSteps.ask_for_code, 0, left)
        self._note("Asked the distributor" + (f" again (round {number})" if number > 1 else ""))
        self.schedule.handed_over(workflow.now())
        self._look_wanted = False
        while not left():
            self._show()
            if workflow.now() >= self.schedule.due or self._look_wanted:
                await self._remind(left)
                continue
            due_in = self.schedule.due - workflow.now()
            await wait_until(
                lambda: left() or self._look_wanted, due_in, "Remind the distributor if no code came"
            )

    async def _remind(self, left: Condition) -> None:
        """Remind the contacts, or hold the request after the last reminder. As for orders, the step decides
        by the database's clock whether the reminder is due.
        """
        self._look_wanted = False
        exhausted = self.schedule.exhausted
        reminder = RemindOfCode(
            request_id=self._start.request.request_id,
            round=self._state().round,
            number=None if exhausted else self.schedule.reminded + 1,
            silent_for=self.schedule.wanted,
            retries=self._start.retries,
        )
        reminded = await self._steps.execute(QrMailSteps.remind_of_code, reminder, superseded=left)
        if reminded.due_in is not None:
            self.schedule.too_early(workflow.now(), reminded.due_in)
            return
        if not exhausted:
            self._note(f"Reminder {self.schedule.remind(workflow.now())} sent to the distributor")
            return
        await self._mail(QrMailSteps.report_no_code, self.schedule.reminded, left)
        self._note("The requester was notified that no code came")
        if not left():
            await self._steps.hold("waiting", HoldReason.NO_QR_CODE, superseded=left)
            self.schedule.renew(workflow.now())

    async def _mail(self, step: Step[None], number: int, left: Condition) -> None:
        message = SendQrMails(
            request_id=self._start.request.request_id,
            round=self._state().round,
            number=number,
            retries=self._start.retries,
        )
        await self._steps.execute(step, message, superseded=left)
