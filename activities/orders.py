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
    """Moves orders and the inventory together, in PostgreSQL; says which e-mails the new status sends."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def accept_order(self, placement: Placement) -> Acceptance:
        """Accept the order or refuse it with every reason."""
        async with self._database.transaction() as connection:
            return await acceptance.accept(connection, placement, _emails(placement))

    async def acknowledge_order(self, call: AcknowledgeInput) -> StepResult:
        """The order begins."""
        async with self._database.transaction() as connection:
            return await steps.acknowledge(
                connection, call.order_id, _by(call), call.iccid, emails=_emails(call)
            )

    async def enter_iccid(self, call: EnterIccidInput) -> StepResult:
        """Write the ICCID of the temporary eSIM."""
        async with self._database.transaction() as connection:
            return await steps.enter_iccid(connection, call.order_id, _by(call), call.iccid)

    async def complete_order(self, call: ProcessedInput) -> StepResult:
        """The order is finished."""
        async with self._database.transaction() as connection:
            return await steps.complete(
                connection, call.order_id, _by(call), call.iccid, call.request, emails=_emails(call)
            )

    async def cancel_order(self, call: CancelInput) -> StepResult:
        """What was begun is taken back."""
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
    """Those that an order of this kind sends to people when it comes to a status. They are recorded with the
    step that made it so.
    """
    return EMAILS[order.kind].to_people
