"""The database steps of an order: one transaction each."""

from temporalio import activity

from models.orders import Acceptance, Placement, StepResult
from store import acceptance, order_steps
from store.session import Database
from workflows.messages import (
    CompleteSwap,
    DropOrder,
    OpenProcessing,
    WriteIccid,
)
from workflows.steps import OrderSteps


class InventorySteps(OrderSteps):
    """Moves orders and the inventory together, in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn
    async def accept_order(self, wish: Placement) -> Acceptance:
        """Accept the order or refuse it with every reason."""
        async with self._database.transaction() as connection:
            return await acceptance.accept(connection, wish)

    @activity.defn
    async def open_processing(self, step: OpenProcessing) -> StepResult:
        """Create the temporary eSIM."""
        async with self._database.transaction() as connection:
            return await order_steps.open_processing(connection, step.order_id, step.actor, step.iccid)

    @activity.defn
    async def enter_iccid(self, step: WriteIccid) -> StepResult:
        """Write the ICCID of the temporary eSIM."""
        async with self._database.transaction() as connection:
            return await order_steps.enter_iccid(connection, step.order_id, step.actor, step.iccid)

    @activity.defn
    async def complete_swap(self, step: CompleteSwap) -> StepResult:
        """Put the eSIM on the line and discard the SIM in place."""
        async with self._database.transaction() as connection:
            return await order_steps.complete(connection, step.order_id, step.actor, step.iccid, step.request)

    @activity.defn
    async def cancel_order(self, step: DropOrder) -> StepResult:
        """Delete the temporary eSIM."""
        async with self._database.transaction() as connection:
            return await order_steps.cancel(connection, step.order_id, step.actor, step.note_id)
