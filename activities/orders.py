"""The database steps of an order: one transaction each."""

from models.lifecycle import OrderStatus
from models.orders import Acceptance, Placement, StepResult
from providers.order_emails import EMAILS
from store import order_steps
from store.order_steps import By
from store.session import Database
from workflows.messages import (
    AcknowledgeInput,
    CancelInput,
    EnterIccidInput,
    OrderCall,
    OrderStep,
    ProcessedInput,
)
from workflows.steps import OrderSteps


class InventorySteps(OrderSteps):
    """Moves orders and the inventory together, in PostgreSQL; says which e-mails the new status sends."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def accept_order(self, placement: Placement) -> Acceptance:
        """Accept the order or refuse it with every reason."""
        async with self._database.transaction() as connection:
            acceptance = await order_steps.accept(connection, placement)
        if not acceptance.accepted:
            return acceptance
        return acceptance.model_copy(update={"emails": _emails(placement.kind, acceptance.status)})

    async def acknowledge_order(self, call: AcknowledgeInput) -> StepResult:
        """The order begins."""
        async with self._database.transaction() as connection:
            result = await order_steps.acknowledge(connection, call.order_id, _by(call), call.iccid)
        return _with_emails(call, result)

    async def enter_iccid(self, call: EnterIccidInput) -> StepResult:
        """Write the ICCID of the temporary eSIM."""
        async with self._database.transaction() as connection:
            return await order_steps.enter_iccid(connection, call.order_id, _by(call), call.iccid)

    async def complete_order(self, call: ProcessedInput) -> StepResult:
        """The order is finished."""
        async with self._database.transaction() as connection:
            result = await order_steps.complete(
                connection, call.order_id, _by(call), call.iccid, call.request
            )
        return _with_emails(call, result)

    async def cancel_order(self, call: CancelInput) -> StepResult:
        """What was begun is taken back."""
        async with self._database.transaction() as connection:
            result = await order_steps.cancel(connection, call.order_id, _by(call), call.note_id)
        return _with_emails(call, result)


def _by(call: OrderCall) -> By:
    return By(call.actor, call.origin_id)


def _with_emails(call: OrderStep, result: StepResult) -> StepResult:
    return result.model_copy(update={"emails": _emails(call.kind, result.state.status)})


def _emails(kind: str, status: OrderStatus) -> tuple[str, ...]:
    return tuple(EMAILS[kind].to_people(status))
