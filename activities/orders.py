"""The database steps of an order: one transaction each."""

from sqlalchemy.ext.asyncio import AsyncConnection

from models.orders.lifecycle import OrderStatus
from models.orders.placement import Acceptance, Placement, StepResult
from models.people.callers import By
from providers.order_emails import EMAILS
from store.orders import follow_ups, steps
from store.session import Database
from workflows.orders.messages import (
    AcknowledgeInput,
    CancelInput,
    EnterIccidInput,
    OrderCall,
    OrderStep,
    ProcessedInput,
)
from workflows.orders.steps import OrderSteps


class InventorySteps(OrderSteps):
    """Moves orders and the inventory together, in PostgreSQL; says which e-mails the new status sends."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def accept_order(self, placement: Placement) -> Acceptance:
        """Accept the order or refuse it with every reason."""
        async with self._database.transaction() as connection:
            acceptance = await steps.accept(connection, placement)
            if not acceptance.accepted:
                return acceptance
            new = acceptance.status is OrderStatus.SUBMITTED
            emails = await _emails(connection, placement, acceptance.status, new=new)
        return acceptance.model_copy(update={"emails": emails})

    async def acknowledge_order(self, call: AcknowledgeInput) -> StepResult:
        """The order begins."""
        async with self._database.transaction() as connection:
            result = await steps.acknowledge(connection, call.order_id, _by(call), call.iccid)
            return await _with_emails(connection, call, result)

    async def enter_iccid(self, call: EnterIccidInput) -> StepResult:
        """Write the ICCID of the temporary eSIM."""
        async with self._database.transaction() as connection:
            return await steps.enter_iccid(connection, call.order_id, _by(call), call.iccid)

    async def complete_order(self, call: ProcessedInput) -> StepResult:
        """The order is finished."""
        async with self._database.transaction() as connection:
            result = await steps.complete(connection, call.order_id, _by(call), call.iccid, call.request)
            return await _with_emails(connection, call, result)

    async def cancel_order(self, call: CancelInput) -> StepResult:
        """What was begun is taken back."""
        async with self._database.transaction() as connection:
            result = await steps.cancel(connection, call.order_id, _by(call), call.note_id)
            if result.refusal is None:
                await follow_ups.leave(connection, call.order_id, [(follow_ups.WITHDRAWAL, "")])
            return await _with_emails(connection, call, result)


def _by(call: OrderCall) -> By:
    return By(call.actor, call.origin_id)


async def _with_emails(connection: AsyncConnection, call: OrderStep, result: StepResult) -> StepResult:
    new = result.refusal is None
    return result.model_copy(update={"emails": await _emails(connection, call, result.state.status, new=new)})


async def _emails(
    connection: AsyncConnection, order: OrderStep | Placement, status: OrderStatus, *, new: bool
) -> tuple[str, ...]:
    """The e-mails that are due, also of earlier statuses. Where the status is `new` its own are recorded with
    the step that made it so; recorded again, what was sent stays so.
    """
    if new:
        names = EMAILS[order.kind].to_people(status)
        await follow_ups.leave(connection, order.order_id, [(follow_ups.EMAIL, name) for name in names])
    return await follow_ups.emails_due(connection, order.order_id)
