"""The workflow of a request for a QR code: the distributor is asked and reminded until the code is imported.

`run` reads from top to bottom. Codes are imported, and SIMs discarded, by transactions that do not ask the
workflow. They send the signal `look` afterwards; in case it is lost, the workflow also polls its row, since
the database is the source of truth. Like an order it continues with the current version of this code
(docs/versions.md).
"""

import asyncio
import contextlib
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from models.codes.requests import RequestResult, RequestState, RequestStatus
from models.errors import Refusal
from workflows.calls import Call, Calls, run_to_the_end
from workflows.codes.messages import (
    AddRound,
    EndRequest,
    RequestQrCode,
    RequestStep,
    SendAgain,
    SendNotification,
    WithdrawRequest,
)
from workflows.codes.rounds import Rounds
from workflows.codes.steps import QrMailSteps, QrSteps
from workflows.details import request_details
from workflows.messages import OPERATOR, ReleaseInput, Retry
from workflows.reminder_schedule import wait_until
from workflows.search_attributes import ORDER_STATUS, label_once, request_labels
from workflows.starts import all_answered, answer_all, no_more, read_start, received
from workflows.step_runner import StepRunner, Superseded
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
        self._rounds = Rounds(start, self._steps, state=lambda: self._state, note=self._note, show=self._show)
        self._requester_notified_at: datetime | None = None
        self._look_wanted = False
        self._notified = False

    @workflow.run
    async def run(self, sent: RequestQrCode | None = None, *_: Any) -> RequestState:
        """Process the request until it has ended. To cancel the workflow withdraws the request. The JSON is
        taken as it is sent, as for orders.
        """
        if self._wrong:
            raise await all_answered(self._wrong)
        return await run_to_the_end(self._proceed(), self._withdraw_by_operator)

    async def _proceed(self) -> RequestState:
        """Accept, ask and remind the distributor until imported or withdrawn, notify the requester."""
        await self._accept(self._start)
        if self._is_open:
            asked = asyncio.create_task(self._rounds.run())
            watched = asyncio.create_task(self._watch())
            await self._calls.answer_while(lambda: self._is_open, (asked, watched))
        if self._status is RequestStatus.IMPORTED:
            notifying = asyncio.create_task(self._notify_requester())
            await self._calls.answer_while(
                lambda: not notifying.done() or bool(self._steps.holds), (notifying,)
            )
        await self._calls.answer_while(lambda: not (workflow.all_handlers_finished() and self._steps.settled))
        return self._state

    # --- what callers ask -----------------------------------------------------------------------------
    # As for orders: an exception in a handler blocks the request, one in a validator only refuses the update.

    @workflow.update(description="Wait until the request is accepted or refused, and learn which and why.")
    async def request(self, *_: Any) -> RequestResult:
        """Answer the caller who requested the code; sent together with the start."""
        await workflow.wait_condition(lambda: self._acceptance is not None)
        assert self._acceptance is not None  # noqa: S101  just waited for
        return self._acceptance

    @workflow.update(description="Send the request once more, perhaps to other contacts.")
    async def send_again(self, call: SendAgain | None = None, *_: Any) -> RequestState:
        """Begin a new round of the same request, with a new reminder schedule."""
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
        """Move the request to "Withdrawn"; its upload links end."""
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

    @workflow.signal(description="Continue with what the request is held for.")
    def retry(self, call: Retry | None = None, *_: Any) -> None:
        """Retry what is held, as for orders. Because of `_` Temporal hands over the JSON as it is."""
        self._steps.retry(call)

    @workflow.signal(description="Read the request from the database: what was imported, is over or due.")
    def look(self, *_: Any) -> None:
        """Sent after a code was imported, the SIM was discarded, or the database's clock was set ahead."""
        self._look_wanted = True

    @workflow.signal(description="A notification of the imported code was recorded.")
    def notified(self, *_: Any) -> None:
        """Sent after a notification was recorded: the requester then need not be notified automatically."""
        self._notified = True

    @workflow.query(description="The request's status and round as the workflow knows them.")
    def state(self) -> RequestState:
        """Answer with the request's state."""
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
        """Accept or refuse the request. One that ended before under the same key is answered with its end."""
        label_once(request_labels(start))
        self._acceptance = await self._steps.execute(QrSteps.open_request, start.request)
        self._moved_to(self._acceptance.state)

    async def _answer(self, call: Call[RequestState]) -> None:
        before = self._status
        if before is RequestStatus.REFUSED:  # it may have no row: no step to execute
            return call.refuse(REFUSED)
        try:
            result: RequestResult = await self._steps.execute(
                call.step,
                call.message,
                superseded=lambda: self._calls.superseded(call) or self._status is not before,
            )
        except Superseded:
            return self._calls.postpone(call)
        self._moved_to(result.state)
        return call.refuse(*result.refusals) if result.refusals else call.done(result.state)

    async def _watch(self) -> None:
        """Read the request from the database: at once after the signal `look`, else every `look_every`. A
        read that fails for a while is repeated the next time.
        """
        while self._is_open:
            await wait_until(
                lambda: self._look_wanted or not self._is_open,
                self._start.timeouts.look_every,
                "Look whether the code was imported",
            )
            asked, self._look_wanted = self._look_wanted, False
            if self._is_open:
                with contextlib.suppress(Superseded):
                    seen = await self._steps.execute(
                        QrSteps.look_at_request,
                        RequestStep(request_id=self._id),
                        superseded=lambda: self._look_wanted or not self._is_open,
                        later=True,
                    )
                    self._moved_to(seen.state)
                    if asked and self._is_open:
                        self._rounds.look()

    async def _notify_requester(self) -> None:
        """Notify the requester of the imported code, where no notification was sent for a while: so at least
        one person always learns of it.
        """
        timeouts = self._start.timeouts
        await self._wait_for_notification(timeouts.requester_notified_after)
        self._requester_notified_at = None
        offered = await self._steps.execute(QrSteps.offer_notification, RequestStep(request_id=self._id))
        if offered is None:
            self._note("A notification of the code was sent already")
            return
        message = SendNotification(notification_id=offered, retries=self._start.retries)
        try:
            await self._steps.execute(
                QrMailSteps.send_notification, message, hold_at_most=timeouts.notification_given_up_after
            )
            self._note("The requester was notified of the code")
        except Superseded:
            self._note("Notification of the requester given up: the e-mail could not be sent")
            given_up = ReleaseInput(
                workflow_id=offered,
                step=QrMailSteps.send_notification.__name__,
                actor="system",
                given_up=True,
            )
            await self._steps.execute(HoldSteps.release, given_up)

    async def _wait_for_notification(self, at_most: timedelta) -> None:
        """Wait until a notification is sent, at most so long after the import. After the signal `look` the
        database's clock says how long that is: it may have been set ahead.
        """
        left, self._look_wanted = at_most, False
        while left > timedelta():
            self._requester_notified_at = due = workflow.now() + left
            self._show()
            await wait_until(
                lambda: self._notified or self._look_wanted,
                left,
                "Notify the requester if no notification was sent",
            )
            if self._notified or not self._look_wanted:
                return
            self._look_wanted, left = False, due - workflow.now()
            with contextlib.suppress(Superseded):
                seen = await self._steps.execute(
                    QrSteps.look_at_request,
                    RequestStep(request_id=self._id),
                    superseded=lambda: self._notified or self._look_wanted,
                    later=True,
                )
                left = at_most - seen.status_for

    # --- what operators read --------------------------------------------------------------------------

    def _moved_to(self, state: RequestState) -> None:
        """Store a step's result, but never reopen an ended request nor lower the round: the result of a read
        may arrive after that of a later step.
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
        steps, wait = self._steps, (self._rounds.schedule, self._requester_notified_at)
        page = request_details(self._status, self._timeline, steps.holds, *wait, going_out=steps.going_out)
        workflow.set_current_details(page)
