"""The order workflow: Switch to eSIM and Replace the eSIM, from placing to the end.

`run` reads like the order table. Updates only record that somebody called and wait for the outcome;
`run` takes the calls one after another, so of a cancel and a processed that race exactly one wins, and
the other's caller is told (F51).

An order waits for weeks, so it goes on with whatever version of this code is current: what changes the
sequence of its steps is guarded by `workflow.patched` (docs/versions.md).
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import FailureError

from models.errors import Refusal
from models.identifiers import parse_iccid
from models.lifecycle import OPEN, OrderStatus
from models.orders import Acceptance, OrderState, StepResult
from workflows.calls import Call, Calls, to_the_end, wrong_start
from workflows.details import order_details
from workflows.failures import refused
from workflows.marks import OrderMarks
from workflows.messages import (
    OPERATOR,
    Acknowledge,
    CancelOrder,
    CompleteSwap,
    DropOrder,
    EnterIccid,
    OpenProcessing,
    PlaceOrder,
    RemindProvider,
    ReportProcessed,
    RetryOrder,
    SendMails,
    WriteIccid,
)
from workflows.patience import OrderPatience
from workflows.search_attributes import ORDER_STATUS, label_once, labels
from workflows.step_runner import Overtaken, StepRunner
from workflows.steps import OrderSteps, PeopleSteps, ProviderSteps

REFUSED = Refusal.of("already_refused")


def _checked_iccid(text: str | None) -> str | None:
    try:
        return None if text is None else parse_iccid(text)
    except ValueError:
        raise refused(Refusal.of("iccid_invalid")) from None


@workflow.defn(name="EsimOrder", failure_exception_types=[ValidationError])
class EsimOrder:
    """One order that puts an eSIM on a line in place of the SIM there."""

    @workflow.init
    def __init__(self, start: PlaceOrder | None = None) -> None:
        if start is None or start.order.order_id != workflow.info().workflow_id:
            raise wrong_start("order", "order.order_id", start.order.order_id if start else None)
        self._start = start
        self._order_id = start.order.order_id
        self._mails = SendMails(order_id=self._order_id, retries=start.retries)
        self._acceptance: Acceptance | None = None
        self._state = OrderState(order_id=self._order_id, status=OrderStatus.SUBMITTED)
        self._calls: Calls[OrderState] = Calls(self._answer, cancels=OrderSteps.cancel_order)
        self._steps = StepRunner(OrderMarks(self._order_id), changed=self._show)
        self._timeline: list[tuple[datetime, str]] = []
        self._patience = OrderPatience(start.waits, workflow.now())

    @workflow.run
    async def run(self, _: PlaceOrder | None = None) -> OrderState:
        """The order's whole way. To cancel the workflow is to cancel the order."""
        return await to_the_end(self._proceed(), self._cancel_by_operator)

    async def _proceed(self) -> OrderState:
        """Accepted, handed over, acknowledged, processed or cancelled, told."""
        if await self._accept(self._start):
            handed_over = asyncio.create_task(self._hand_over_and_remind())
            answer_while = self._calls.answer_while
            await answer_while(lambda: self._status is OrderStatus.SUBMITTED, handed_over)
            await answer_while(lambda: self._status is OrderStatus.PROVIDER_PROCESSING, handed_over)
            told = asyncio.create_task(self._tell_the_end())
            await answer_while(lambda: not told.done() or bool(self._steps.holds), told)
        await self._calls.answer_while(lambda: not (workflow.all_handlers_finished() and self._steps.settled))
        return self._state

    # --- what callers ask -----------------------------------------------------------------------------
    # Any SDK may send anything, also nothing, null or too much. What fails in an update's handler or in a
    # signal's blocks the whole order; what fails in a validator is only refused. So every update has one.

    @workflow.update(description="Wait until the order is accepted or refused, and learn which and why.")
    async def place(self) -> Acceptance:
        """The answer to whoever placed the order; sent together with the start."""
        await workflow.wait_condition(lambda: self._acceptance is not None)
        assert self._acceptance is not None  # noqa: S101  just waited for
        return self._acceptance

    @workflow.update(description="The provider acknowledges the order: a temporary eSIM is created.")
    async def acknowledge(self, call: Acknowledge | None = None) -> OrderState:
        """To "Provider processing in progress" (F12)."""
        call = call or Acknowledge()
        return await self._calls.ask(
            OrderSteps.open_processing,
            OpenProcessing(order_id=self._order_id, actor=call.actor, iccid=_checked_iccid(call.iccid)),
        )

    @workflow.update(description="Enter or correct the ICCID of the temporary eSIM.")
    async def enter_iccid(self, call: EnterIccid) -> OrderState:
        """Possible from the acknowledgement until the end (F15)."""
        iccid = _checked_iccid(call.iccid)
        assert iccid is not None  # noqa: S101  required in the message
        return await self._calls.ask(
            OrderSteps.enter_iccid, WriteIccid(order_id=self._order_id, actor=call.actor, iccid=iccid)
        )

    @workflow.update(description="The provider has processed the order: the eSIM replaces the SIM in place.")
    async def processed(self, call: ReportProcessed | None = None) -> OrderState:
        """To "Processed by the provider"; the SIM in place is discarded for ever (F18, F19)."""
        call = call or ReportProcessed()
        iccid = _checked_iccid(call.iccid)
        info = workflow.current_update_info()
        request = info.id if info else ""
        return await self._calls.ask(
            OrderSteps.complete_swap,
            CompleteSwap(order_id=self._order_id, actor=call.actor, iccid=iccid, request=request),
        )

    @workflow.update(description="Cancel the order: the SIM in place stays as it is.")
    async def cancel(self, call: CancelOrder | None = None) -> OrderState:
        """To "Cancelled"; the temporary eSIM is deleted (F22)."""
        call = call or CancelOrder()
        return await self._calls.ask(
            OrderSteps.cancel_order,
            DropOrder(order_id=self._order_id, actor=call.actor, note_id=call.note_id),
        )

    @place.validator
    def _validate_place(self) -> None:
        pass

    @acknowledge.validator
    def _validate_acknowledge(self, call: Acknowledge | None = None) -> None:
        _checked_iccid(call.iccid if call else None)

    @enter_iccid.validator
    def _validate_iccid(self, call: EnterIccid) -> None:
        _checked_iccid(call.iccid)

    @processed.validator
    def _validate_processed(self, call: ReportProcessed | None = None) -> None:
        _checked_iccid(call.iccid if call else None)

    @cancel.validator
    def _validate_cancel(self, call: CancelOrder | None = None) -> None:
        pass

    @workflow.signal(description="Go on with what the order is held for.")
    def retry(self, call: RetryOrder | None = None, *_: Any) -> None:
        """A signal, so that the Web UI can send it to many held orders at once (W5).

        Because of `_`, which takes what else may be sent, Temporal gives the JSON as it is.
        """
        self._steps.retry(call)

    @workflow.query(description="The order's status and ICCID as the workflow knows them.")
    def state(self) -> OrderState:
        """Where the order is."""
        return self._state

    def _cancel_by_operator(self) -> None:
        self._calls.add(OrderSteps.cancel_order, DropOrder(order_id=self._order_id, actor=OPERATOR))

    # --- what run does --------------------------------------------------------------------------------

    @property
    def _status(self) -> OrderStatus:
        return self._state.status

    async def _accept(self, start: PlaceOrder) -> bool:
        """Whether there is an order to see through. One that ended long ago, under the same key, is only
        answered: Temporal forgets ended orders, the database does not.
        """
        label_once(labels(start))
        acceptance = await self._steps.take(OrderSteps.accept_order, start.order)
        self._acceptance = acceptance
        self._moved_to(OrderState(order_id=self._order_id, status=acceptance.status))
        return acceptance.status in OPEN

    async def _answer(self, call: Call[OrderState]) -> None:
        if self._status is OrderStatus.REFUSED:  # the database may not even know it: no step to take
            call.refuse(REFUSED)
            return
        try:
            result: StepResult = await self._steps.take(
                call.step, call.message, overtaken=lambda: self._calls.overtaken(call)
            )
        except Overtaken:
            self._calls.postpone(call)
            return
        self._moved_to(result.state)
        if result.refusal:
            call.refuse(result.refusal)
        else:
            call.done(result.state)
        if result.ended_qr_request:
            await self._wake(result.ended_qr_request)

    async def _wake(self, qr_request: str) -> None:
        """The request for the discarded SIM's QR code ended with it. Where nobody hears, nobody waits."""
        with contextlib.suppress(FailureError):
            await workflow.get_external_workflow_handle(qr_request).signal("look")

    async def _hand_over_and_remind(self) -> None:
        """What the provider is owed while the order is open: the order itself, then reminders."""
        left = self._left(self._status)
        with contextlib.suppress(Overtaken):
            await self._steps.take(ProviderSteps.submit_to_provider, self._mails, overtaken=left)
            self._note("Handed to the provider")
        self._patience.handed_over(workflow.now())
        while self._status in OPEN:
            self._show()
            if workflow.now() < self._patience.due:
                await workflow.sleep(
                    self._patience.sleep_from(workflow.now()),
                    summary="Remind the provider if nothing happened",
                )
            else:
                await self._break_the_silence()

    async def _break_the_silence(self) -> None:
        left = self._left(self._status)
        with contextlib.suppress(Overtaken):
            if self._patience.exhausted:
                await self._steps.hold("waiting", self._patience.reason, overtaken=left)
                self._patience.renew(workflow.now())
            else:
                number = self._patience.remind(workflow.now())
                message = RemindProvider(**dict(self._mails), waiting_in=self._status, number=number)
                await self._steps.take(ProviderSteps.remind_provider, message, overtaken=left)
                self._note(f"Reminder {number} sent to the provider")

    def _left(self, status: OrderStatus) -> Callable[[], bool]:
        return lambda: self._status is not status

    async def _tell_the_end(self) -> None:
        """Nobody is told before it is so. News for people are given up after a while; that a provider does
        not know of a cancel is never.
        """
        if self._status is OrderStatus.CANCELLED:
            withdrawn = self._steps.take(ProviderSteps.withdraw_from_provider, self._mails)
            await asyncio.gather(self._tell_people(), withdrawn)
        else:
            await self._tell_people()

    async def _tell_people(self) -> None:
        try:
            await self._steps.take(
                PeopleSteps.tell_people,
                self._mails,
                hold_at_most=self._start.waits.notification_given_up_after,
            )
        except Overtaken:
            self._note("News for people given up: the mail could not be sent")

    # --- what operators read --------------------------------------------------------------------------

    def _moved_to(self, state: OrderState) -> None:
        before, self._state = self._state, state.model_copy(update={"warnings": ()})
        if state.status is not before.status:
            workflow.upsert_search_attributes([ORDER_STATUS.value_set(state.status.value)])
            self._patience.begin(state.status, workflow.now())
        if state.status is not before.status or not self._timeline:
            self._note(state.status.label)
        if state.iccid and state.iccid != before.iccid:
            self._note(f"ICCID {state.iccid}")

    def _note(self, what: str) -> None:
        self._timeline.append((workflow.now(), what))
        self._show()

    def _show(self) -> None:
        workflow.set_current_details(
            order_details(self._status, self._timeline, self._steps.holds, self._patience)
        )
