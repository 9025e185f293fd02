"""Workflows whose author swapped two steps, which breaks the replay of histories."""

from pydantic import ValidationError
from temporalio import workflow

from models.codes.requests import RequestState
from models.orders.lifecycle import HoldReason
from models.orders.placement import OrderState
from workflows.codes.messages import RequestQrCode
from workflows.codes.request import EsimQrRequest
from workflows.codes.rounds import Rounds
from workflows.codes.steps import QrMailSteps
from workflows.orders.messages import PlaceOrder
from workflows.orders.order import EsimOrder
from workflows.orders.steps import ProviderSteps
from workflows.step_runner import Condition


@workflow.defn(name="EsimOrder", failure_exception_types=[ValidationError])
class SwappedOrder(EsimOrder):
    """A cancelled order notifies the provider first, and people only afterwards."""

    @workflow.init
    def __init__(self, start: PlaceOrder | None = None) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, _: PlaceOrder | None = None) -> OrderState:
        return await super().run(_)

    async def _send(self, email: str) -> None:
        if self._status == "cancelled":
            await super()._withdraw()
        await super()._send(email)

    async def _withdraw(self) -> None:
        """Done before."""


@workflow.defn(name="EsimOrder", failure_exception_types=[ValidationError])
class HastyOrder(EsimOrder):
    """An order goes to the provider first, and is accepted only afterwards."""

    @workflow.init
    def __init__(self, start: PlaceOrder | None = None) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, _: PlaceOrder | None = None) -> OrderState:
        return await super().run(_)

    async def _accept(self, start: PlaceOrder) -> bool:
        await self._steps.execute(ProviderSteps.submit_to_provider, self._handover.order)
        return await super()._accept(start)


class SwappedRounds(Rounds):
    """Where no code comes, a person is asked first, and the requester is notified only after a retry."""

    async def _remind(self, left: Condition) -> None:
        if self.schedule.exhausted:
            await self._steps.hold("waiting", HoldReason.NO_QR_CODE, superseded=left)
            await self._mail(QrMailSteps.report_no_code, self.schedule.reminded, left)
            self.schedule.renew(workflow.now())
        else:
            await super()._remind(left)


@workflow.defn(name="EsimQrRequest", failure_exception_types=[ValidationError])
class SwappedRequest(EsimQrRequest):
    """A request with these rounds."""

    @workflow.init
    def __init__(self, start: RequestQrCode | None = None) -> None:
        super().__init__(start)
        self._rounds = SwappedRounds(
            self._start, self._steps, state=lambda: self._state, note=self._note, show=self._show
        )

    @workflow.run
    async def run(self, _: RequestQrCode | None = None) -> RequestState:
        return await super().run(_)
