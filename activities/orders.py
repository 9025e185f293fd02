"""The database steps of an order: one transaction each."""

from models.orders.placement import Acceptance, Placement, StepResult
from models.people.callers import By
from outbox.orders import EMAILS
from store.orders import acceptance, follow_ups, steps
from store.orders.follow_ups import Emails
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
    """Changes orders and the inventory together in PostgreSQL; returns which e-mails the new status sends."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def accept_order(self, placement: Placement) -> Acceptance:
        """Accept the order or refuse it with every reason."""
        async with self._database.transaction() as connection:
            return await acceptance.accept(connection, placement, _emails(placement))

    async def acknowledge_order(self, call: AcknowledgeInput) -> StepResult:
        """Acknowledge the order."""
        async with self._database.transaction() as connection:
            return await steps.acknowledge(
                connection, call.order_id, _by(call), call.iccid, emails=_emails(call)
            )

    async def enter_iccid(self, call: EnterIccidInput) -> StepResult:
        """Write the ICCID of the temporary eSIM."""
        async with self._database.transaction() as connection:
            return await steps.enter_iccid(connection, call.order_id, _by(call), call.iccid)

    async def complete_order(self, call: ProcessedInput) -> StepResult:
        """Complete the order: the provider has processed it."""
        async with self._database.transaction() as connection:
            return await steps.complete(
                connection, call.order_id, _by(call), call.iccid, call.request, emails=_emails(call)
            )

    async def cancel_order(self, call: CancelInput) -> StepResult:
        """Cancel the order and undo what it has changed."""
        async with self._database.transaction() as connection:
            return await steps.cancel(
                connection,
                call.order_id,
                _by(call),
                call.note_id,
                emails=_emails(call),
                leaves=[(follow_ups.WITHDRAWAL, "")],
            )


def _by(call: OrderCall) -> By:
    return By(call.actor, call.origin_id)


def _emails(order: OrderStep | Placement) -> Emails:
    """The e-mails that this kind of order sends to people at each status. They are recorded as pending in the
    transaction of the step that moves the order to that status.
    """
    return EMAILS[order.kind].to_people
