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
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client

from models.cells import iccid_cell
from models.errors import Refused, Unavailable
from models.orders.cancelling import may_cancel
from models.orders.kinds import permission_of
from models.orders.lifecycle import OPEN
from models.orders.placement import OrderState, StepResult
from models.people.callers import AllAccounts, Caller, Permission
from settings import Settings
from starter.operations.retry import RetryDesk
from starter.orders.book import OrderBook
from starter.orders.placing import PlacingDesk
from store.orders import notes, steps
from store.orders.access import find_open_order, find_order
from store.session import Database
from temporal.calls import NoSuchWorkflow
from workflows.orders.messages import Acknowledge, Cancel, EnterIccid, Processed
from workflows.orders.order import EsimOrder

Late = Callable[[AsyncConnection], Awaitable[StepResult]]


class OrderDesk(PlacingDesk, OrderBook):
    """Places and steers orders. One for a whole process; safe for concurrent use."""

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        super().__init__(client, database, settings)
        self._retry = RetryDesk(client, database, settings)

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


def _iccid(text: str | None) -> str | None:
    return None if text is None else iccid_cell(text)
