"""The swap of `SwappedOrder`, by an author who thought of the orders that are running."""

from pydantic import ValidationError
from temporalio import workflow

from models.lifecycle import OrderStatus
from models.orders import OrderState
from workflows.messages import PlaceOrder
from workflows.order import EsimOrder
from workflows.steps import ProviderSteps

PATCH = "provider-told-first"


@workflow.defn(name="EsimOrder", failure_exception_types=[ValidationError])
class PatchedOrder(EsimOrder):
    """A cancelled order tells the provider first, and people only afterwards; one that has begun to tell them
    ends as it began.
    """

    @workflow.init
    def __init__(self, start: PlaceOrder | None = None) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, _: PlaceOrder | None = None) -> OrderState:
        return await super().run(_)

    async def _tell_the_end(self) -> None:
        if self._status is OrderStatus.CANCELLED and workflow.patched(PATCH):
            await self._steps.take(ProviderSteps.withdraw_from_provider, self._mails)
            await self._tell_people()
        else:
            await super()._tell_the_end()
