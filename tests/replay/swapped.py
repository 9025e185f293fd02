"""A workflow whose author swapped two steps, thinking that nobody would notice."""

from typing import Any

from pydantic import ValidationError
from temporalio import workflow

from models.orders import OrderState
from workflows.messages import PlaceOrder, SendMails
from workflows.order import EsimOrder
from workflows.steps import PeopleSteps, ProviderSteps


@workflow.defn(name="EsimOrder", failure_exception_types=[ValidationError])
class SwappedOrder(EsimOrder):
    """A cancelled order tells the provider first, and people only afterwards."""

    @workflow.init
    def __init__(self, start: PlaceOrder | None = None) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, _: PlaceOrder | None = None) -> OrderState:
        return await super().run(_)

    async def _tell_the_end(self) -> None:
        message = SendMails(order_id=self._order_id)
        steps: list[Any] = [PeopleSteps.tell_people]
        if self._status == "cancelled":
            steps.insert(0, ProviderSteps.withdraw_from_provider)
        for step in steps:
            await self._steps.take(step, message)
