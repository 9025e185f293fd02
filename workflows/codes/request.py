"""The workflow of a request for a QR code: asked of the distributor, reminded of, until the code is there.

`run` reads from top to bottom. Codes are imported, and SIMs discarded, by transactions that ask no workflow;
the signal `look` says so, and where it was lost the workflow looks by itself: the row is the truth.
Like an order it goes on with the current version of this code (docs/versions.md).
"""

import asyncio
import contextlib
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from models.codes.requests import RequestResult, RequestState, RequestStatus
from models.errors import Refusal
from models.orders.lifecycle import HoldReason
from workflows.calls import Call, Calls, to_the_end
from workflows.codes.messages import (
    AddRound,
    EndRequest,
    RemindOfCode,
    RequestQrCode,
    RequestStep,
    SendAgain,
    SendNotification,
    SendQrMails,
    WithdrawRequest,
)
from workflows.codes.steps import QrMailSteps, QrSteps
from workflows.details import request_details
from workflows.messages import OPERATOR, ReleaseInput, Retry
from workflows.reminder_schedule import ReminderSchedule, wait_until
from workflows.search_attributes import ORDER_STATUS, label_once, request_labels
from workflows.starts import all_answered, answer_all, no_more, read_start, received
from workflows.step_runner import Condition, Step, StepRunner, Superseded
from workflows.steps import HoldSteps

REFUSED = Refusal.of("request_refused")


@workflow.defn(name="EsimQrRequest", failure_exception_types=[ValidationError])
class EsimQrRequest:
    """One request for the QR code of an eSIM."""

    @workflow.init
    def __init__(self, sent: RequestQrCode | None = None, *_: Any) -> None:
        self._wrong: ApplicationError | None = None
        try:
            self._start = start = read_start(RequestQrCode, sent, "request", "request.request_id")
        except ApplicationError as wrong:
            self._wrong = answer_all(EsimQrRequest, wrong)
            return
        self._id = start.request.request_id
        self._acceptance: RequestResult | None = None
        self._state = RequestState(
            request_id=self._id, status=RequestStatus.REQUESTED, sim_id=start.request.sim_id
        )
        self._calls: Calls[RequestState] = Calls(self._answer, cancels=QrSteps.withdraw_request)
        self._steps = StepRunner(self._id, changed=self._show)
        self._timeline: list[tuple[datetime, str]] = []
        self._schedule = self._new_schedule()
        self._tells_at: datetime | None = None
        self._look_wanted = False
        self._notified = False

    @workflow.run
    async def run(self, sent: RequestQrCode | None = None, *_: Any) -> RequestState:
        """The request's whole way. To cancel the workflow is to withdraw the request. JSON as for orders."""
        if self._wrong:
            raise await all_answered(self._wrong)
        return await to_the_end(self._proceed(), self._withdraw_by_operator)

    async def _proceed(self) -> RequestState:
        """Accepted, asked of the distributor, imported or given up, told."""
        await self._accept(self._start)
        if self._is_open:
            asked = asyncio.create_task(self._ask_and_remind())
            watched = asyncio.create_task(self._watch())
            await self._calls.answer_while(lambda: self._is_open, (asked, watched))
        if self._status is RequestStatus.IMPORTED:
            told = asyncio.create_task(self._notify_requester())
            await self._calls.answer_while(lambda: not told.done() or bool(self._steps.holds), (told,))
        await self._calls.answer_while(lambda: not (workflow.all_handlers_finished() and self._steps.settled))
        return self._state

    # --- what callers ask -----------------------------------------------------------------------------
    # As for orders: what fails in a handler blocks the request, what fails in a validator is only refused.

    @workflow.update(description="Wait until the request is accepted or refused, and learn which and why.")
    async def request(self, *_: Any) -> RequestResult:
        """The answer to whoever requested the code; sent together with the start."""
        await workflow.wait_condition(lambda: self._acceptance is not None)
        assert self._acceptance is not None  # noqa: S101  just waited for
        return self._acceptance

    @workflow.update(description="Send the request once more, perhaps to other contacts.")
    async def send_again(self, call: SendAgain | None = None, *_: Any) -> RequestState:
        """A new round of the same request; the wait for the code begins anew."""
        call = received(SendAgain, call)
        info = workflow.current_update_info()
        return await self._calls.ask(
            QrSteps.add_round,
            AddRound(
                request_id=self._id,
                actor=call.actor,
                origin_id=call.origin_id,
                call=info.id if info else "",
                contacts=call.contacts,
                email_text_id=call.email_text_id,
            ),
        )

    @workflow.update(description="Withdraw the request: the code is not wanted any more.")
    async def withdraw(self, call: WithdrawRequest | None = None, *_: Any) -> RequestState:
        """To "Withdrawn"; the upload links are dead."""
        call = received(WithdrawRequest, call)
        return await self._calls.ask(
            QrSteps.withdraw_request,
            EndRequest(request_id=self._id, actor=call.actor, origin_id=call.origin_id),
        )

    @request.validator
    def _validate_request(self, *sent: Any) -> None:
        no_more(*sent)

    @send_again.validator
    def _validate_send_again(self, call: SendAgain | None = None, *more: Any) -> None:
        received(SendAgain, call, *more)

    @withdraw.validator
    def _validate_withdraw(self, call: WithdrawRequest | None = None, *more: Any) -> None:
        received(WithdrawRequest, call, *more)

    @workflow.signal(description="Go on with what the request is held for.")
    def retry(self, call: Retry | None = None, *_: Any) -> None:
        """As for orders; because of `_` Temporal gives the JSON as it is."""
        self._steps.retry(call)

    @workflow.signal(description="Look at the request in the database: a code was imported, or so.")
    def look(self, *_: Any) -> None:
        """Sent by whoever imported a code or discarded the SIM."""
        self._look_wanted = True

    @workflow.signal(description="Somebody was notified that the code is there.")
    def notified(self, *_: Any) -> None:
        """Sent by whoever wrote a notification down: nobody need be told by itself any more."""
        self._notified = True

    @workflow.query(description="The request's status and round as the workflow knows them.")
    def state(self) -> RequestState:
        """Where the request is."""
        return self._state

    def _withdraw_by_operator(self) -> None:
        self._calls.add(QrSteps.withdraw_request, EndRequest(request_id=self._id, actor=OPERATOR))

    # --- what run does --------------------------------------------------------------------------------

    @property
    def _status(self) -> RequestStatus:
        return self._state.status

    @property
    def _is_open(self) -> bool:
        return self._status is RequestStatus.REQUESTED

    async def _accept(self, start: RequestQrCode) -> None:
        """Accepted or refused. One that ended before, under the same key, is answered as it ended."""
        label_once(request_labels(start))
        self._acceptance = await self._steps.take(QrSteps.open_request, start.request)
        self._moved_to(self._acceptance.state)

    async def _answer(self, call: Call[RequestState]) -> None:
        before = self._status
        if before is RequestStatus.REFUSED:  # the database may not even know it: no step to take
            return call.refuse(REFUSED)
        try:
            result: RequestResult = await self._steps.take(
                call.step,
                call.message,
                superseded=lambda: self._calls.superseded(call) or self._status is not before,
            )
        except Superseded:
            return self._calls.postpone(call)
        self._moved_to(result.state)
        return call.refuse(*result.refusals) if result.refusals else call.done(result.state)

    async def _watch(self) -> None:
        """See what became of the request in the database: at once when told to, else now and then. What
        cannot be seen now is seen the next time.
        """
        while self._is_open:
            await wait_until(
                lambda: self._look_wanted or not self._is_open,
                self._start.timeouts.look_every,
                "Look whether the code was imported",
            )
            self._look_wanted = False
            if self._is_open:
                with contextlib.suppress(Superseded):
                    seen = await self._steps.take(
                        QrSteps.look_at_request,
                        RequestStep(request_id=self._id),
                        superseded=lambda: self._look_wanted or not self._is_open,
                        later=True,
                    )
                    self._moved_to(seen)

    async def _ask_and_remind(self) -> None:
        """What the distributor's contacts are owed while the request is open, round after round."""
        while self._is_open:
            with contextlib.suppress(Superseded):  # by the next round, or by the end
                await self._see_through(self._state.round)

    async def _see_through(self, number: int) -> None:
        def left() -> bool:
            return not (self._is_open and self._state.round == number)

        self._schedule = self._new_schedule()
        await self._mail(QrMailSteps.ask_for_code, 0, left)
        self._note("Asked the distributor" + (f" again (round {number})" if number > 1 else ""))
        self._schedule.handed_over(workflow.now())
        while not left():
            self._show()
            if workflow.now() >= self._schedule.due:
                await self._remind(left)
                continue
            silence = self._schedule.due - workflow.now()
            await wait_until(left, silence, "Remind the distributor if no code came")

    async def _remind(self, left: Condition) -> None:
        """As for orders, the step decides by the database's clock whether it is time."""
        exhausted = self._schedule.exhausted
        reminder = RemindOfCode(
            request_id=self._id,
            round=self._state.round,
            number=None if exhausted else self._schedule.reminded + 1,
            silent_for=self._schedule.wanted,
            retries=self._start.retries,
        )
        reminded = await self._steps.take(QrMailSteps.remind_of_code, reminder, superseded=left)
        if reminded.due_in is not None:
            self._schedule.too_early(workflow.now(), reminded.due_in)
            return
        if not exhausted:
            self._note(f"Reminder {self._schedule.remind(workflow.now())} sent to the distributor")
            return
        await self._mail(QrMailSteps.report_no_code, self._schedule.reminded, left)
        self._note("The requester was told that no code came")
        if not left():
            await self._steps.hold("waiting", HoldReason.NO_QR_CODE, superseded=left)
            self._schedule.renew(workflow.now())

    async def _mail(self, step: Step[None], number: int, left: Condition) -> None:
        message = SendQrMails(
            request_id=self._id, round=self._state.round, number=number, retries=self._start.retries
        )
        await self._steps.take(step, message, superseded=left)

    async def _notify_requester(self) -> None:
        """Somebody is always told that the code is there: where nobody was for a while, who asked for it."""
        timeouts = self._start.timeouts
        self._tells_at = workflow.now() + timeouts.requester_notified_after
        self._show()
        await wait_until(
            lambda: self._notified, timeouts.requester_notified_after, "Tell the requester if nobody was told"
        )
        self._tells_at = None
        offered = await self._steps.take(QrSteps.offer_notification, RequestStep(request_id=self._id))
        if offered is None:
            self._note("Somebody was told of the code already")
            return
        message = SendNotification(notification_id=offered, retries=self._start.retries)
        try:
            await self._steps.take(
                QrMailSteps.send_notification, message, hold_at_most=timeouts.notification_given_up_after
            )
            self._note("The requester was told that the code is there")
        except Superseded:
            self._note("News for the requester given up: the mail could not be sent")
            given_up = ReleaseInput(
                workflow_id=offered,
                step=QrMailSteps.send_notification.__name__,
                actor="system",
                given_up=True,
            )
            await self._steps.take(HoldSteps.release, given_up)

    # --- what operators read --------------------------------------------------------------------------

    def _new_schedule(self) -> ReminderSchedule:
        timeouts = self._start.timeouts
        return ReminderSchedule(timeouts.reminder_after, timeouts.reminders, workflow.now())

    def _moved_to(self, state: RequestState) -> None:
        """A request that has ended stays so, and a round is never taken back: what was seen before another
        step may come after it.
        """
        before = self._state
        if not self._is_open:
            return
        number = max(state.round, before.round)
        self._state = state.model_copy(update={"warnings": (), "round": number})
        if state.status is not before.status:
            workflow.upsert_search_attributes([ORDER_STATUS.value_set(state.status.value)])
        if state.status is not before.status or not self._timeline:
            self._note(state.status.label)

    def _note(self, what: str) -> None:
        self._timeline.append((workflow.now(), what))
        self._show()

    def _show(self) -> None:
        steps, wait = self._steps, (self._schedule, self._tells_at)
        page = request_details(self._status, self._timeline, steps.holds, *wait, going_out=steps.going_out)
        workflow.set_current_details(page)
