"""Place and steer orders from Python.

    async with OrderDesk.open(Settings()) as desk:
        ana = await callers.user(desk.database, "ana@acme.example")
        placed = await desk.place(ana, OrderDraft(
            kind="switch_to_esim", line="+33612345678", discard_confirmed=True, key="cart-4711",
        ))
        operator = callers.operator()
        await desk.acknowledge(operator, placed.order_id)
        await desk.processed(operator, placed.order_id, iccid="8933012345678901234")

Every call is idempotent: the same key is the same order, and a step that was done is not done again. Raises
`Refused` with every reason, or `Unavailable` if a component does not answer (see `models.errors`).
"""

import uuid
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy

from models import identifiers
from models.cells import iccid_cell
from models.errors import Refused, Unavailable
from models.orders.kinds import permission_of
from models.orders.lifecycle import OPEN
from models.orders.notes import note_of
from models.orders.ordered import Ordered
from models.orders.placement import Acceptance, OrderState, Placement, StepResult
from models.people.callers import AllAccounts, Caller, Permission, may_cancel
from settings import Settings
from starter.connected import ConnectedDesk
from starter.keys import checked_key
from starter.operations.restart_kinds import order_timeouts
from starter.operations.retry import RetryDesk
from starter.orders.book import OrderBook
from starter.orders.drafts import OrderDraft, Placed, read_draft
from store.orders import acceptance as order_acceptance
from store.orders import notes, steps, views
from store.orders.access import find_open_order, find_order
from store.people import reminder_schedules
from store.session import Database
from temporal.calls import NoSuchWorkflow
from workflows.orders.messages import Acknowledge, Cancel, EnterIccid, PlaceOrder, Processed
from workflows.orders.order import EsimOrder
from workflows.search_attributes import labels

Late = Callable[[AsyncConnection], Awaitable[StepResult]]


class OrderDesk(ConnectedDesk, OrderBook):
    """Places and steers orders. One for a whole process; safe for concurrent use."""

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        super().__init__(client, database, settings)
        self._timeouts = partial(order_timeouts, settings)
        self._retry = RetryDesk(client, database, settings)

    # --- placing --------------------------------------------------------------------------------------

    async def place(self, caller: Caller, draft: OrderDraft) -> Placed:
        """Place an order for a line and learn in one round trip whether it is accepted (F5 to F11, F46, F52).

        After `Unavailable` the order may exist all the same: call again with the same key.
        """
        key = checked_key(draft.key)
        start = await self._read(caller, draft, key)
        note = note_of(draft.purchase_reference, draft.comment)
        placed = await self._place(start, key, repeated=draft.key is not None, note=(note, caller.actor))
        # the key's order was accepted before: with the only valid quantity, and confirmed
        if draft.quantity != 1:
            raise Refused.because("quantity_locked")
        if not draft.discard_confirmed:
            raise Refused.because("discard_not_confirmed")
        return placed

    async def place_order(self, caller: Caller, what: Ordered, key: str | None = None) -> Placed:
        """Place an order of any kind, given by ids; otherwise as `place`."""
        checked = checked_key(key)
        order = _placement(caller, what, checked)
        async with self._database.reading() as connection:
            chosen = await reminder_schedules.read(connection, order.account_id)
        start = PlaceOrder(order=order, timeouts=self._timeouts(chosen))
        return await self._place(start, checked, repeated=key is not None)

    async def check(self, caller: Caller, draft: OrderDraft) -> None:
        """Raise `Refused` if placing this draft would be refused now. Nothing is started or stored."""
        start = await self._read(caller, draft, checked_key(draft.key))
        await self._check(start.order)
        if draft.quantity != 1:
            raise Refused.because("quantity_locked")

    async def check_order(self, caller: Caller, what: Ordered, key: str | None = None) -> None:
        """As `check`, for an order of any kind, given by ids."""
        await self._check(_placement(caller, what, checked_key(key)))

    async def _check(self, order: Placement) -> None:
        async with self._database.dry_run() as connection:
            acceptance = await order_acceptance.accept(connection, order)
        _answer(acceptance, order.what)

    async def _read(self, caller: Caller, draft: OrderDraft, key: str) -> PlaceOrder:
        async with self._database.reading() as connection:
            return await read_draft(connection, caller, draft, key, self._timeouts)

    async def _place(
        self, start: PlaceOrder, key: str, *, repeated: bool, note: tuple[str, str] = ("", "")
    ) -> Placed:
        """Start the order's workflow, or return the answer that its key had before.

        `repeated`: the key may have been used before, and its order may have ended since. No workflow is
        started if the key belongs to a different order. `note`: its text, and who wrote it.
        """
        known = await self._known(start.order, note[0]) if repeated else None
        if known is not None:
            _answer(known, start.order.what)
        if known is None or known.status in OPEN:
            if known is None and note[0]:
                start = await self._noted(start, *note)
            try:
                acceptance = await self._start(start)
            except Unavailable as unavailable:
                raise Unavailable(
                    unavailable.component, f"{unavailable} Ask again with the key {key}."
                ) from None
        else:
            acceptance = known
        _answer(acceptance, start.order.what)
        at_once = known is None and acceptance.origin_id not in {None, start.order.origin_id}
        if at_once:  # another call with this key has made the order
            await self._known(start.order, note[0])
        status = known.status if known else acceptance.status
        return Placed(order_id=acceptance.order_id, key=key, status=status, replayed=bool(known) or at_once)

    async def _noted(self, start: PlaceOrder, text: str, written_by: str) -> PlaceOrder:
        """Write the note before the order: the order refers to it, and no text crosses Temporal (W6)."""
        order = start.order
        async with self._database.transaction() as connection:
            note = await notes.write_note(connection, order.account_id, order.order_id, text, written_by)
        return start.model_copy(update={"order": order.model_copy(update={"note_id": note})})

    async def _known(self, order: Placement, note: str) -> Acceptance | None:
        async with self._database.reading() as connection:
            known = await views.acceptance(connection, order.account_id, order.order_id)
            if known is not None and known.same_as(order.what):
                await notes.check_of_order(connection, order.order_id, note)
            return known

    async def _start(self, start: PlaceOrder) -> Acceptance:
        """Start the order's workflow, or use the running one.

        A workflow that has ended under this id was refused, which leaves the key free, or was terminated:
        then the new one finds the recorded results of its steps.
        """
        answer = await self._calls.start_and_ask(
            EsimOrder.run,
            EsimOrder.place,
            start,
            start.order.order_id,
            labels(start.order, start.shown),
            WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        )
        return cast("Acceptance", answer)

    # --- steering -------------------------------------------------------------------------------------

    async def acknowledge(self, caller: Caller, order_id: str, *, iccid: str | None = None) -> OrderState:
        """The provider has acknowledged the order: the temporary eSIM is created (F12 to F15)."""
        await self._allowed(caller, order_id, Permission.ACKNOWLEDGE_ORDERS)
        iccid = _iccid(iccid)
        return await self._steer(
            order_id,
            EsimOrder.acknowledge,
            Acknowledge(actor=caller.actor, origin_id=caller.origin_id, iccid=iccid),
            lambda connection: steps.acknowledge(connection, order_id, caller.by, iccid),
        )

    async def enter_iccid(self, caller: Caller, order_id: str, iccid: str) -> OrderState:
        """Enter or correct the ICCID of the temporary eSIM; warns of a wrong check digit (F15, F49, F64)."""
        await self._allowed(caller, order_id, Permission.ENTER_ICCID)
        iccid = _iccid(iccid) or ""
        return await self._steer(
            order_id,
            EsimOrder.enter_iccid,
            EnterIccid(actor=caller.actor, origin_id=caller.origin_id, iccid=iccid),
            lambda connection: steps.enter_iccid(connection, order_id, caller.by, iccid),
        )

    async def enter_iccid_of_line(self, caller: Caller, line: str, iccid: str) -> OrderState:
        """Enter or correct the ICCID of the temporary eSIM of this line (F64), else as `enter_iccid`.

        Raises `NotFound` (`unknown_line`), also for a provider desk that serves no open order of the line,
        and `Refused` (`no_open_order`).
        """
        async with self._database.reading() as connection:
            order_id = await find_open_order(connection, caller.scope, line)
        caller.require(Permission.ENTER_ICCID)
        if order_id is None:
            raise Refused.because("no_open_order")
        return await self.enter_iccid(caller, order_id, iccid)

    async def processed(self, caller: Caller, order_id: str, *, iccid: str | None = None) -> OrderState:
        """The provider has processed the order: the eSIM takes the line, the SIM in place is discarded for
        ever (F18 to F21). Idempotent; after a cancel it is recorded as an incident.
        """
        await self._allowed(caller, order_id, Permission.REPORT_PROCESSED)
        request = uuid.uuid4().hex
        iccid = _iccid(iccid)
        return await self._steer(
            order_id,
            EsimOrder.processed,
            Processed(actor=caller.actor, origin_id=caller.origin_id, iccid=iccid),
            lambda connection: steps.complete(connection, order_id, caller.by, iccid, request),
        )

    async def cancel(self, caller: Caller, order_id: str, *, reason: str = "") -> OrderState:
        """Cancel the order: the temporary eSIM is deleted, the SIM in place stays (F22, F23, F43, F44).

        Until the acknowledgement users who may place such an order may cancel it; then the provider desk.
        """
        await self._allowed(caller, order_id, Permission.CANCEL_ORDERS)
        note_id = None
        if reason.strip():
            async with self._database.transaction() as connection:
                await find_order(connection, caller.scope, order_id)
                note_id = await notes.add_note(connection, order_id, reason.strip(), caller.actor)
        return await self._steer(
            order_id,
            EsimOrder.cancel,
            Cancel(actor=caller.actor, origin_id=caller.origin_id, note_id=note_id),
            lambda connection: steps.cancel(connection, order_id, caller.by, note_id),
        )

    async def retry(self, caller: Caller, order_id: str) -> None:
        """Resume a held order at the step that it is held for (W5). Raises `Refused` (`not_held`).

        An open order whose workflow was terminated gets a new one, which repeats no step that was done.
        """
        await self._retry.resume(caller, order_id)

    async def _allowed(self, caller: Caller, order_id: str, permission: Permission) -> None:
        """Find the order in the caller's scope, then ask for the permission (`NotFound`, `already_refused`,
        `not_permitted`).

        A caller of all accounts needs no search: the step itself raises `NotFound` for an unknown order.
        """
        if isinstance(caller.scope, AllAccounts):
            caller.require(permission)
            return
        async with self._database.reading() as connection:
            order = await find_order(connection, caller.scope, order_id)
        if permission is Permission.CANCEL_ORDERS and may_cancel(
            caller.permissions, order.status, permission_of(order.kind)
        ):
            return
        caller.require(permission)

    async def _steer(self, order_id: str, update: Any, message: Any, late: Late) -> OrderState:
        try:
            return cast("OrderState", await self._calls.update(order_id, update, message))
        except NoSuchWorkflow:
            return await self._after_the_end(order_id, late)

    async def _after_the_end(self, order_id: str, late: Late) -> OrderState:
        """Answer a call after the workflow's end: the step sees that the order has ended, and changes nothing
        but to record an incident.
        """
        async with self._database.transaction() as connection:
            if (await find_order(connection, AllAccounts(), order_id)).status in OPEN:
                raise Unavailable(
                    "workflow",
                    f"The order {order_id} is open, but its workflow was terminated; retry starts it again.",
                )
            result = await late(connection)
        if result.refusal:
            raise Refused(result.refusal)
        return result.state


def _placement(caller: Caller, what: Ordered, key: str) -> Placement:
    caller.require(permission_of(what.kind))
    return Placement(
        order_id=identifiers.order_id(caller.account, key),
        account_id=caller.account,
        user_id=caller.user,
        origin_id=caller.origin_id,
        what=what,
    )


def _answer(acceptance: Acceptance, what: Ordered) -> None:
    """Raise `Refused` if the order was not accepted, or its key belongs to another one (`key_used`)."""
    if not acceptance.same_as(what):
        raise Refused.because("key_used", order=acceptance.order_id)
    if not acceptance.accepted:
        raise Refused(*acceptance.refusals)


def _iccid(text: str | None) -> str | None:
    return None if text is None else iccid_cell(text)
