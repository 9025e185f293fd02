"""The order workflow: every kind of order, from placing to processed or cancelled.

`run` reads like the order table. Updates only queue a call and wait for its outcome; only `run` executes
steps, one call after another. So of a cancel and a processed that race exactly one succeeds, and the other
one's caller gets a refusal (F51). What a kind of order does to the inventory, and whom it notifies, is
decided in `store.orders.kinds` and `outbox.orders`.

An order waits for weeks, so it continues with the current version of this code: a change of the sequence of
its steps is guarded by `workflow.patched` (docs/versions.md).
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from models.errors import Refusal
from models.orders.lifecycle import OPEN, OrderStatus
from models.orders.ordered import Shown
from models.orders.placement import Acceptance, OrderState, StepResult
from workflows.background import BackgroundTasks
from workflows.calls import Call, Calls, run_to_the_end
from workflows.details import order_details
from workflows.failures import checked_iccid
from workflows.messages import OPERATOR, Retry
from workflows.orders.handover import Handover
from workflows.orders.messages import (
    Acknowledge,
    AcknowledgeInput,
    Cancel,
    CancelInput,
    EmailInput,
    EnterIccid,
    EnterIccidInput,
    FollowUpInput,
    PlaceOrder,
    Processed,
    ProcessedInput,
)
from workflows.orders.steps import FollowUpSteps, OrderSteps, PeopleSteps
from workflows.search_attributes import StatusLabel, label_once, labels
from workflows.starts import all_answered, answer_all, no_more, read_start, received
from workflows.step_runner import StepRunner, Superseded

REFUSED = Refusal.of("already_refused")
HANDOVER = "handover"
"""The background task that hands the order to the provider and reminds it; it ends with the open order."""


@workflow.defn(name="EsimOrder", failure_exception_types=[ValidationError])
class EsimOrder:
    """One order of any kind."""

    @workflow.init
    def __init__(self, sent: PlaceOrder | None = None, *_: Any) -> None:
        self._wrong: ApplicationError | None = None
        try:
            self._start = start = read_start(PlaceOrder, sent, "order", "order.order_id")
        except ApplicationError as wrong:
            self._wrong = answer_all(EsimOrder, wrong)
            return
        self._order_id = start.order.order_id
        self._acceptance: Acceptance | None = None
        self._shown: Shown | None = None
        self._state = OrderState(order_id=self._order_id, status=OrderStatus.SUBMITTED)
        self._calls: Calls[OrderState] = Calls(self._answer, cancels=OrderSteps.cancel_order)
        self._label = StatusLabel(self._state.status)
        self._steps = StepRunner(
            self._order_id, changed=self._show, missing_labels=lambda: self._label.take_missing(self._status)
        )
        self._background = BackgroundTasks()
        self._timeline: list[tuple[datetime, str]] = []
        self._handover = Handover(
            start, self._steps, self._calls, status=lambda: self._status, note=self._note, show=self._show
        )

    @workflow.run
    async def run(self, sent: PlaceOrder | None = None, *_: Any) -> OrderState:
        """Process the order until it has ended. To cancel the workflow cancels the order.

        Because of `_`, which takes any further inputs, Temporal hands over the JSON as it is.
        """
        if self._wrong:
            raise await all_answered(self._wrong)
        return await run_to_the_end(self._proceed(), self._cancel_by_operator)

    async def _proceed(self) -> OrderState:
        """Accept, hand over, wait for acknowledged, then processed or cancelled, notify people."""
        if await self._accept(self._start):
            if self._status in OPEN:
                self._background.start(HANDOVER, self._handover.run)
            await self._answer_while(lambda: self._status is OrderStatus.SUBMITTED)
            await self._answer_while(lambda: self._status is OrderStatus.PROVIDER_PROCESSING)
            if self._status is OrderStatus.CANCELLED:
                self._background.start("withdraw_from_provider", self._withdraw)
            await self._answer_while(lambda: self._is_pending or bool(self._steps.holds))
        await self._answer_while(lambda: not (workflow.all_handlers_finished() and self._steps.settled))
        self._label.show(self._status)
        return self._state

    # --- what callers ask -----------------------------------------------------------------------------
    # Any SDK may send anything, also no input, null or too many inputs. An exception in the handler of an
    # update or signal blocks the whole order, one in a validator only refuses the update: so each has one.

    @workflow.update(description="Wait until the order is accepted or refused, and learn which and why.")
    async def place(self, *_: Any) -> Acceptance:
        """Answer the caller who placed the order; sent together with the start."""
        await workflow.wait_condition(lambda: self._acceptance is not None)
        assert self._acceptance is not None  # noqa: S101  just waited for
        return self._acceptance

    @workflow.update(description="The provider acknowledges the order; a swap creates the temporary eSIM.")
    async def acknowledge(self, call: Acknowledge | None = None, *_: Any) -> OrderState:
        """Move the order to "Provider processing in progress" (F12)."""
        call = received(Acknowledge, call)
        return await self._calls.ask(
            OrderSteps.acknowledge_order,
            self._input(AcknowledgeInput, call, iccid=checked_iccid(call.iccid)),
        )

    @workflow.update(description="Enter or correct the ICCID of the temporary eSIM.")
    async def enter_iccid(self, call: EnterIccid | None = None, *_: Any) -> OrderState:
        """Record the ICCID: possible from the acknowledgement until the end (F15)."""
        call = received(EnterIccid, call)
        iccid = checked_iccid(call.iccid)
        assert iccid is not None  # noqa: S101  required in the message
        return await self._calls.ask(OrderSteps.enter_iccid, self._input(EnterIccidInput, call, iccid=iccid))

    @workflow.update(description="The provider has processed the order; a swap discards the SIM in place.")
    async def processed(self, call: Processed | None = None, *_: Any) -> OrderState:
        """Move the order to "Processed by the provider"; a swap discards the replaced SIM (F18, F19)."""
        call = received(Processed, call)
        iccid = checked_iccid(call.iccid)
        info = workflow.current_update_info()
        request = info.id if info else ""
        return await self._calls.ask(
            OrderSteps.complete_order, self._input(ProcessedInput, call, iccid=iccid, request=request)
        )

    @workflow.update(description="Cancel the order; the SIM in place stays as it is.")
    async def cancel(self, call: Cancel | None = None, *_: Any) -> OrderState:
        """Move the order to "Cancelled"; a swap deletes the temporary eSIM (F22)."""
        call = received(Cancel, call)
        return await self._calls.ask(
            OrderSteps.cancel_order, self._input(CancelInput, call, note_id=call.note_id)
        )

    @place.validator
    def _validate_place(self, *sent: Any) -> None:
        no_more(*sent)

    @acknowledge.validator
    def _validate_acknowledge(self, call: Acknowledge | None = None, *more: Any) -> None:
        checked_iccid(received(Acknowledge, call, *more).iccid)

    @enter_iccid.validator
    def _validate_iccid(self, call: EnterIccid | None = None, *more: Any) -> None:
        checked_iccid(received(EnterIccid, call, *more).iccid)

    @processed.validator
    def _validate_processed(self, call: Processed | None = None, *more: Any) -> None:
        checked_iccid(received(Processed, call, *more).iccid)

    @cancel.validator
    def _validate_cancel(self, call: Cancel | None = None, *more: Any) -> None:
        received(Cancel, call, *more)

    @workflow.signal(description="Continue with what the order is held for.")
    def retry(self, call: Retry | None = None, *_: Any) -> None:
        """Retry what is held. A signal, so that a caller can send it to many orders without waiting (W5)."""
        self._steps.retry(call)

    @workflow.signal(description="Ask the database again whether a reminder is due.")
    def look(self, *_: Any) -> None:
        """Sent after the database's clock was set ahead, as in a sandbox with a clock."""
        self._handover.look()

    @workflow.query(description="The order's status and ICCID as the workflow knows them.")
    def state(self) -> OrderState:
        """Answer with the order's status and ICCID."""
        return self._state

    def _cancel_by_operator(self) -> None:
        self._calls.add(OrderSteps.cancel_order, self._input(CancelInput, Cancel(actor=OPERATOR)))

    # --- what run does --------------------------------------------------------------------------------

    @property
    def _status(self) -> OrderStatus:
        return self._state.status

    @property
    def _is_pending(self) -> bool:
        """Whether a follow-up, an e-mail or the withdrawal from the provider is not done yet."""
        return self._background.running(besides=HANDOVER)

    def _input(self, step_input: type[Any], call: Any, **more: Any) -> Any:
        which = {"order_id": self._order_id, "kind": self._start.order.kind}
        return step_input(**which, actor=call.actor, origin_id=call.origin_id, **more)

    async def _answer_while(self, condition: Callable[[], bool]) -> None:
        await self._calls.answer_while(condition, self._background.tasks)

    async def _accept(self, start: PlaceOrder) -> bool:
        """Accept or refuse the order; whether there is anything to do after the answer. An order that ended
        before under the same key is only answered, unless an operator started it again for its pending
        follow-ups and e-mails, which the database keeps.
        """
        label_once(labels(start.order, start.shown))
        acceptance = await self._steps.execute(OrderSteps.accept_order, start.order)
        self._acceptance = acceptance
        if not start.provider:
            self._shown = acceptance.shown
            label_once(labels(start.order, acceptance.shown))
        self._moved_to(OrderState(order_id=self._order_id, status=acceptance.status))
        lives = acceptance.status in OPEN or (start.retries > 0 and acceptance.accepted)
        if lives:
            self._start_pending(acceptance)
        return lives

    async def _answer(self, call: Call[OrderState]) -> None:
        if self._status is OrderStatus.REFUSED:  # it has no row in the database: no step to execute
            return call.refuse(REFUSED)
        before = self._status
        try:
            result: StepResult = await self._steps.execute(
                call.step, call.message, superseded=lambda: self._calls.superseded(call)
            )
        except Superseded:
            return self._calls.postpone(call)
        self._moved_to(result.state)
        if self._status is not before:
            self._start_pending(result)
        return call.refuse(result.refusal) if result.refusal else call.done(result.state)

    def _start_pending(self, left: Acceptance | StepResult) -> None:
        """Start the follow-ups and e-mails of a new status. A later status lists those of an earlier one
        again while they are pending.
        """
        for follow_up in left.follow_ups:
            self._background.start(f"follow_up:{follow_up.id}", partial(self._follow_up, follow_up.id))
        for email in left.emails:
            self._background.start(f"send_email:{email}", partial(self._send, email))

    async def _follow_up(self, follow_up_id: int) -> None:
        due = FollowUpInput(follow_up_id=follow_up_id)
        await self._steps.execute(FollowUpSteps.follow_up, due, place=f"follow_up:{follow_up_id}")

    async def _withdraw(self) -> None:
        """Notify the provider of the cancel; unlike e-mails to people, this is never given up."""
        await self._handover.withdraw()

    async def _send(self, email: str) -> None:
        """Send an e-mail to people after the step that it reports; give it up after the longest hold."""
        start = self._start
        message = EmailInput(
            order_id=self._order_id, kind=start.order.kind, email=email, retries=start.retries
        )
        try:
            await self._steps.execute(
                PeopleSteps.send_email,
                message,
                hold_at_most=start.timeouts.notification_given_up_after,
                place=f"send_email:{email}",
            )
        except Superseded:
            self._note(f"E-mail `{email}` given up: it could not be sent")

    # --- what operators read --------------------------------------------------------------------------

    def _moved_to(self, state: OrderState) -> None:
        before, self._state = self._state, state.model_copy(update={"warnings": ()})
        if state.status is not before.status:
            closes = (before.status, state.status) == (OrderStatus.PROVIDER_PROCESSING, OrderStatus.PROCESSED)
            if not closes or self._is_pending or self._steps.holds:
                self._label.show(state.status)  # else upserted when the workflow closes, see StatusLabel
            self._handover.moved(state.status)
        if state.status is not before.status or not self._timeline:
            self._note(state.status.label)
        if state.iccid and state.iccid != before.iccid:
            self._note(f"ICCID {state.iccid}")

    def _note(self, what: str) -> None:
        self._timeline.append((workflow.now(), what))
        self._show()

    def _show(self) -> None:
        steps, schedule = self._steps, self._handover.schedule
        page = order_details(self._status, self._timeline, steps.holds, schedule, going_out=steps.going_out)
        if self._shown is not None:  # the start did not name provider, distributor and slot
            page = f"{self._start.order.what.summary(self._shown)}\n\n{page}"
        workflow.set_current_details(page)
