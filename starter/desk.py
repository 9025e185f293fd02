"""Placing and steering orders from Python.

    async with OrderDesk.open(Settings()) as desk:
        placed = await desk.place(OrderDraft(
            kind="switch_to_esim", line="+33612345678", user="ana@acme.example",
            disposal_confirmed=True, key="cart-4711",
        ))
        await desk.acknowledge(placed.order_id)
        await desk.processed(placed.order_id, iccid="8933012345678901234")

Every call may be repeated: the same key is the same order, and what was done is not done again. Raises
`Refused` with every reason, or `PartAway` where somebody does not answer (see `models.errors`).
"""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from models import identifiers
from models.errors import PartAway, Refused
from models.lifecycle import OPEN
from models.orders import Acceptance, OrderState, StepResult
from models.rules import refusals
from settings import Settings
from starter.calls import Calls, NoSuchWorkflow, checked_actor, checked_key
from starter.drafts import OrderDraft, Placed, again, read_draft
from starter.order_book import OrderBook
from starter.temporal import connect
from store import order_steps, orders
from store.facts import line_facts
from store.session import Database
from workflows.messages import (
    OPERATOR,
    Acknowledge,
    CancelOrder,
    EnterIccid,
    PlaceOrder,
    ReportProcessed,
    RetryOrder,
    Waits,
)
from workflows.order import EsimOrder
from workflows.search_attributes import labels

__all__ = ["OrderDesk", "OrderDraft", "Placed"]

Late = Callable[[AsyncConnection], Awaitable[StepResult]]


class OrderDesk(OrderBook):
    """Starts orders and steers them. One for a whole process; safe for concurrent use."""

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        super().__init__(database)
        self._calls = Calls(client, settings)
        self._settings = settings
        self._waits = Waits(
            acknowledgement_reminder_after=settings.acknowledgement_reminder_after,
            processing_reminder_after=settings.processing_reminder_after,
            reminders=settings.reminders,
            notification_given_up_after=settings.notification_given_up_after,
        )

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator["OrderDesk"]:
        """Connect to the configured Temporal service and database."""
        database = Database(settings.database_url, settings.database_pool_size)
        try:
            yield cls(await connect(settings), database, settings)
        finally:
            await database.close()

    # --- placing --------------------------------------------------------------------------------------

    async def place(self, draft: OrderDraft) -> Placed:
        """Place an order for a line and learn in one round trip whether it is accepted (F5 to F11, F46, F52).

        Where nobody answers in time the order may exist all the same: the same key asks again.
        """
        key = checked_key(draft.key)
        start = await self._read(draft, key)
        try:
            acceptance = await self._start(start)
        except PartAway as away:
            raise PartAway(away.part, f"{away} Ask again with the key {key}.") from None
        if not acceptance.same_as(start.order):
            raise Refused.because("key_used", order=acceptance.order_id)
        if not acceptance.accepted:
            raise Refused(*acceptance.refusals)
        if draft.quantity != 1:  # this key was accepted before, with the only quantity there is
            raise Refused.because("quantity_locked")
        status = acceptance.status
        if draft.key:  # asked for before, perhaps: it may have gone on
            async with self._database.reading() as connection:
                known = await orders.acceptance(connection, acceptance.order_id)
            status = known.status if known else status
        return Placed(order_id=acceptance.order_id, key=key, status=status)

    async def check(self, draft: OrderDraft) -> None:
        """Raise `Refused` where placing this draft would be refused now. Nothing is started or kept."""
        start = await self._read(draft, draft.key or "")
        async with self._database.transaction() as connection:
            if draft.key and await orders.acceptance(connection, start.order.order_id):
                return
            facts, _ = await line_facts(connection, start.order.line_id, start.order.user_id)
        reasons = refusals(start.order.action, facts, start.order.choice)
        if reasons:
            raise Refused(*reasons)

    async def _read(self, draft: OrderDraft, key: str) -> PlaceOrder:
        async with self._database.reading() as connection:
            return await read_draft(connection, draft, key, self._waits)

    async def _start(
        self,
        start: PlaceOrder,
        reuse: WorkflowIDReusePolicy = WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
    ) -> Acceptance:
        try:
            answer = await self._calls.start_and_ask(
                EsimOrder.run, EsimOrder.place, start, start.order.order_id, labels(start), reuse
            )
            return cast("Acceptance", answer)
        except WorkflowAlreadyStartedError:
            async with self._database.transaction() as connection:
                known = await orders.acceptance(connection, start.order.order_id)
            if known is None:
                raise orders.unknown(start.order.order_id) from None
            return known

    # --- steering -------------------------------------------------------------------------------------

    async def acknowledge(
        self, order_id: str, *, iccid: str | None = None, actor: str = OPERATOR
    ) -> OrderState:
        """The provider has acknowledged the order: the temporary eSIM is created (F12 to F15)."""
        iccid = _iccid(iccid)
        return await self._steer(
            order_id,
            EsimOrder.acknowledge,
            Acknowledge(actor=checked_actor(actor), iccid=iccid),
            lambda connection: order_steps.open_processing(connection, order_id, actor, iccid),
        )

    async def enter_iccid(self, order_id: str, iccid: str, *, actor: str = OPERATOR) -> OrderState:
        """Enter or correct the ICCID of the temporary eSIM; warns of a wrong check digit (F15, F49)."""
        iccid = _iccid(iccid) or ""
        return await self._steer(
            order_id,
            EsimOrder.enter_iccid,
            EnterIccid(actor=checked_actor(actor), iccid=iccid),
            lambda connection: order_steps.enter_iccid(connection, order_id, actor, iccid),
        )

    async def processed(
        self, order_id: str, *, iccid: str | None = None, actor: str = OPERATOR
    ) -> OrderState:
        """The provider has processed the order: the eSIM takes the line, the SIM in place is discarded for
        ever (F18 to F21). Said again, it is done once; said after a cancel, it is kept as an incident.
        """
        request = uuid.uuid4().hex
        iccid = _iccid(iccid)
        return await self._steer(
            order_id,
            EsimOrder.processed,
            ReportProcessed(actor=checked_actor(actor), iccid=iccid),
            lambda connection: order_steps.complete(connection, order_id, actor, iccid, request),
        )

    async def cancel(self, order_id: str, *, reason: str = "", actor: str = OPERATOR) -> OrderState:
        """Cancel the order: the temporary eSIM is deleted, the SIM in place stays (F22, F23, F43, F44)."""
        note_id = None
        if reason.strip():
            async with self._database.transaction() as connection:
                note_id = await orders.add_note(connection, order_id, reason.strip())
        return await self._steer(
            order_id,
            EsimOrder.cancel,
            CancelOrder(actor=checked_actor(actor), note_id=note_id),
            lambda connection: order_steps.cancel(connection, order_id, actor, note_id),
        )

    async def retry(self, order_id: str, *, actor: str = OPERATOR) -> None:
        """Let a held order go on with what it is held for (W5).

        An open order whose workflow was terminated gets a new one, which finds all that was done already.
        """
        message = RetryOrder(actor=checked_actor(actor))
        order = await self.order(order_id)
        try:
            await self._calls.signal(order_id, EsimOrder.retry, message)
        except NoSuchWorkflow:
            if order.status not in OPEN:
                raise Refused.because("nothing_to_retry") from None
            async with self._database.transaction() as connection:  # whoever held it is gone
                await order_steps.release(connection, order_id, actor)
            await self._start(again(order, self._waits), WorkflowIDReusePolicy.ALLOW_DUPLICATE)

    async def _steer(self, order_id: str, update: Any, message: Any, late: Late) -> OrderState:
        try:
            return cast("OrderState", await self._calls.update(order_id, update, message))
        except NoSuchWorkflow:
            return await self._after_the_end(order_id, late)

    async def _after_the_end(self, order_id: str, late: Late) -> OrderState:
        """Answer a call whose workflow has ended: the step finds the end, and changes nothing but to keep
        an incident.
        """
        async with self._database.transaction() as connection:
            if await orders.is_open(connection, order_id):
                raise PartAway(
                    "workflow",
                    f"The order {order_id} is open, but its workflow was terminated; retry starts it again.",
                )
            result = await late(connection)
        if result.refusal:
            raise Refused(result.refusal)
        return result.state


def _iccid(text: str | None) -> str | None:
    try:
        return None if text is None else identifiers.parse_iccid(text)
    except ValueError:
        raise Refused.because("iccid_invalid") from None
