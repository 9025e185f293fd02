"""The swap of `SwappedOrder`, by an author who thought of the orders that are running."""

from pydantic import ValidationError
from temporalio import workflow

from models.orders.lifecycle import OrderStatus
from models.orders.placement import OrderState
from workflows.orders.messages import PlaceOrder
from workflows.orders.order import EsimOrder

PATCH = "provider-notified-first"


@workflow.defn(name="EsimOrder", failure_exception_types=[ValidationError])
class PatchedOrder(EsimOrder):
    """A cancelled order tells the provider first, and people only afterwards; one that has begun to tell them
    ends as it began.
    """

    @workflow.init
    def __init__(self, start: PlaceOrder | None = None) -> None:
        super().__init__(start)
        self._told = False

    @workflow.run
    async def run(self, _: PlaceOrder | None = None) -> OrderState:
        return await super().run(_)

    async def _send(self, email: str) -> None:
        if self._status is OrderStatus.CANCELLED and workflow.patched(PATCH):
            self._told = True  # at once: `_withdraw` begins beside this
            await super()._withdraw()
        await super()._send(email)

    async def _withdraw(self) -> None:
        if not self._told:
            await super()._withdraw()
