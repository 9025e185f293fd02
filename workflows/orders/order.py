"""The order workflow: every kind of order, from placing to the end.

`run` reads like the order table. Updates only queue a call and wait for the outcome; `run` takes the calls
one after another, so of a cancel and a processed that race exactly one wins, and the other's caller is told
(F51). What a kind of order does to the inventory, and whom it tells, is not decided here.

An order waits for weeks, so it continues with whatever version of this code is current: what changes the
sequence of its steps is guarded by `workflow.patched` (docs/versions.md).
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from models.errors import Refusal
from models.identifiers import parse_iccid
from models.orders.kinds import Shown
from models.orders.lifecycle import OPEN, OrderStatus
from models.orders.placement import Acceptance, OrderState, StepResult
from workflows.calls import Call, Calls, to_the_end
from workflows.details import order_details
from workflows.failures import refused
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


def _checked_iccid(text: str | None) -> str | None:
    try:
        return None if text is None else parse_iccid(text)
    except ValueError:
        raise refused(Refusal.of("iccid_invalid")) from None


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
            self._order_id, changed=self._show, missing_labels=lambda: self._label.missing(self._status)
        )
        self._beside: list[asyncio.Task[None]] = []
        self._pending: dict[str, asyncio.Task[None]] = {}
        self._timeline: list[tuple[datetime, str]] = []
        self._handover = Handover(
            start, self._steps, self._calls, status=lambda: self._status, note=self._note, show=self._show
        )

    @workflow.run
    async def run(self, sent: PlaceOrder | None = None, *_: Any) -> OrderState:
        """The order's whole way. To cancel the workflow is to cancel the order.

        Because of `_`, which takes what else may be sent, Temporal gives the JSON as it is.
        """
        if self._wrong:
            raise await all_answered(self._wrong)
        return await to_the_end(self._proceed(), self._cancel_by_operator)

    async def _proceed(self) -> OrderState:
        """Accepted, handed over, acknowledged, processed or cancelled, people told."""
        if await self._accept(self._start):
            if self._status in OPEN:
                self._beside.append(asyncio.create_task(self._handover.see_through()))
            await self._answer_while(lambda: self._status is OrderStatus.SUBMITTED)
            await self._answer_while(lambda: self._status is OrderStatus.PROVIDER_PROCESSING)
            if self._status is OrderStatus.CANCELLED:
                self._begin("withdraw_from_provider", self._withdraw)
            await self._answer_while(lambda: self._is_pending or bool(self._steps.holds))
        await self._answer_while(lambda: not (workflow.all_handlers_finished() and self._steps.settled))
        self._label.show(self._status)
        return self._state

    # --- what callers ask -----------------------------------------------------------------------------
    # Any SDK may send anything, also nothing, null or too much. What fails in an update's handler or in a
    # signal's blocks the whole order; what fails in a validator is only refused. So every update has one.

    @workflow.update(description="Wait until the order is accepted or refused, and learn which and why.")
    async def place(self, *_: Any) -> Acceptance:
        """The answer to whoever placed the order; sent together with the start."""
        await workflow.wait_condition(lambda: self._acceptance is not None)
        assert self._acceptance is not None  # noqa: S101  just waited for
        return self._acceptance

    @workflow.update(description="The provider acknowledges the order; a swap creates the temporary eSIM.")
    async def acknowledge(self, call: Acknowledge | None = None, *_: Any) -> OrderState:
        """To "Provider processing in progress" (F12)."""
        call = received(Acknowledge, call)
        return await self._calls.ask(
            OrderSteps.acknowledge_order,
            self._input(AcknowledgeInput, call, iccid=_checked_iccid(call.iccid)),
        )

    @workflow.update(description="Enter or correct the ICCID of the temporary eSIM.")
    async def enter_iccid(self, call: EnterIccid | None = None, *_: Any) -> OrderState:
        """Possible from the acknowledgement until the end (F15)."""
        call = received(EnterIccid, call)
        iccid = _checked_iccid(call.iccid)
        assert iccid is not None  # noqa: S101  required in the message
        return await self._calls.ask(OrderSteps.enter_iccid, self._input(EnterIccidInput, call, iccid=iccid))

    @workflow.update(description="The provider has processed the order; a swap discards the SIM in place.")
    async def processed(self, call: Processed | None = None, *_: Any) -> OrderState:
        """To "Processed by the provider"; the SIM that a swap replaces is discarded for ever (F18, F19)."""
        call = received(Processed, call)
        iccid = _checked_iccid(call.iccid)
        info = workflow.current_update_info()
        request = info.id if info else ""
        return await self._calls.ask(
            OrderSteps.complete_order, self._input(ProcessedInput, call, iccid=iccid, request=request)
        )

    @workflow.update(description="Cancel the order; the SIM in place stays as it is.")
    async def cancel(self, call: Cancel | None = None, *_: Any) -> OrderState:
        """To "Cancelled"; the temporary eSIM is deleted (F22)."""
        call = received(Cancel, call)
        return await self._calls.ask(
            OrderSteps.cancel_order, self._input(CancelInput, call, note_id=call.note_id)
        )

    @place.validator
    def _validate_place(self, *sent: Any) -> None:
        no_more(*sent)

    @acknowledge.validator
    def _validate_acknowledge(self, call: Acknowledge | None = None, *more: Any) -> None:
        _checked_iccid(received(Acknowledge, call, *more).iccid)

    @enter_iccid.validator
    def _validate_iccid(self, call: EnterIccid | None = None, *more: Any) -> None:
        _checked_iccid(received(EnterIccid, call, *more).iccid)

    @processed.validator
    def _validate_processed(self, call: Processed | None = None, *more: Any) -> None:
        _checked_iccid(received(Processed, call, *more).iccid)

    @cancel.validator
    def _validate_cancel(self, call: Cancel | None = None, *more: Any) -> None:
        received(Cancel, call, *more)

    @workflow.signal(description="Go on with what the order is held for.")
    def retry(self, call: Retry | None = None, *_: Any) -> None:
        """A signal, so that many held orders are sent it without waiting for each (W5); JSON as for `run`."""
        self._steps.retry(call)

    @workflow.query(description="The order's status and ICCID as the workflow knows them.")
    def state(self) -> OrderState:
        """Where the order is."""
        return self._state

    def _cancel_by_operator(self) -> None:
        self._calls.add(OrderSteps.cancel_order, self._input(CancelInput, Cancel(actor=OPERATOR)))

    # --- what run does --------------------------------------------------------------------------------

    @property
    def _status(self) -> OrderStatus:
        return self._state.status

    @property
    def _is_pending(self) -> bool:
        """Whether something is still to be done for this order beside its calls."""
        return any(not task.done() for task in self._pending.values())

    def _input(self, step_input: type[Any], call: Any, **more: Any) -> Any:
        which = {"order_id": self._order_id, "kind": self._start.order.kind}
        return step_input(**which, actor=call.actor, origin_id=call.origin_id, **more)

    def _begin(self, place: str, action: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Begin what is owed, beside the others. Each is begun once: a later status lists again what an
        earlier one left.
        """
        if place not in self._pending:
            self._pending[place] = asyncio.create_task(action())
            self._beside.append(self._pending[place])

    async def _answer_while(self, condition: Callable[[], bool]) -> None:
        await self._calls.answer_while(condition, self._beside)

    async def _accept(self, start: PlaceOrder) -> bool:
        """Whether there is an order to see through. One that ended long ago, under the same key, is only
        answered, unless a person started it again for what it owes: the database does not forget it.
        """
        label_once(labels(start.order, start.shown))
        acceptance = await self._steps.take(OrderSteps.accept_order, start.order)
        self._acceptance = acceptance
        if not start.provider:
            self._shown = acceptance.shown
            label_once(labels(start.order, acceptance.shown))
        self._moved_to(OrderState(order_id=self._order_id, status=acceptance.status))
        lives = acceptance.status in OPEN or (start.retries > 0 and acceptance.accepted)
        if lives:
            self._begin_pending(acceptance)
        return lives

    async def _answer(self, call: Call[OrderState]) -> None:
        if self._status is OrderStatus.REFUSED:  # the database does not know it: no step to take
            return call.refuse(REFUSED)
        before = self._status
        try:
            result: StepResult = await self._steps.take(
                call.step, call.message, superseded=lambda: self._calls.superseded(call)
            )
        except Superseded:
            return self._calls.postpone(call)
        self._moved_to(result.state)
        if self._status is not before:
            self._begin_pending(result)
        return call.refuse(result.refusal) if result.refusal else call.done(result.state)

    def _begin_pending(self, left: Acceptance | StepResult) -> None:
        """What a new status leaves to be done."""
        for follow_up in left.follow_ups:
            self._begin(f"follow_up:{follow_up.id}", partial(self._follow_up, follow_up.id))
        for email in left.emails:
            self._begin(f"send_email:{email}", partial(self._send, email))

    async def _follow_up(self, follow_up_id: int) -> None:
        due = FollowUpInput(follow_up_id=follow_up_id)
        await self._steps.take(FollowUpSteps.follow_up, due, place=f"follow_up:{follow_up_id}")

    async def _withdraw(self) -> None:
        """That a provider does not know of a cancel is never given up."""
        await self._handover.withdraw()

    async def _send(self, email: str) -> None:
        """People are not told before it is so. An e-mail to them is given up after a while."""
        start = self._start
        message = EmailInput(
            order_id=self._order_id, kind=start.order.kind, email=email, retries=start.retries
        )
        try:
            await self._steps.take(
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
            if state.status is not OrderStatus.PROCESSED or self._is_pending or self._steps.holds:
                self._label.show(state.status)  # else with the close, usually one e-mail later
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
        if self._shown is not None:  # the start did not say it
            page = f"{self._start.order.what.summary(self._shown)}\n\n{page}"
        workflow.set_current_details(page)
