"""A worker with fake steps on a real Temporal server, and orders placed the way the desk places them."""

import asyncio
import contextlib
import itertools
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import (
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowUpdateFailedError,
)
from temporalio.common import SearchAttributeKey, WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from activities.heartbeats import Heartbeats
from models.fleet.inventory import SimKind, SimState
from models.identifiers import order_id
from models.orders.kinds import Swap
from models.orders.lifecycle import HoldReason, OrderKind
from models.orders.placement import Acceptance, OrderState, Placement
from temporal.workflow_sandbox import workflow_runner
from tests.temporal_server import Temporal, a_task_queue, eventually, running
from tests.workflows.fake_holds import FakeHolds
from tests.workflows.fake_inventory import PACK, FakeInventory, FakeOrder, swap
from tests.workflows.fake_outside import FakeOutside
from tests.workflows.troubles import Troubles
from workflows.messages import Retry
from workflows.orders.messages import PlaceOrder, Timeouts
from workflows.orders.order import EsimOrder
from workflows.search_attributes import HOLD_REASON
from workflows.step import activities_of

ICCID = "8933010000000000002"
OTHER_ICCID = "8933010000000000010"
WAITS = Timeouts(
    acknowledgement_reminder_after=timedelta(days=2),
    processing_reminder_after=timedelta(days=3),
    reminders=2,
    notification_given_up_after=timedelta(days=7),
)
Handle = WorkflowHandle[EsimOrder, OrderState]
State = TypeVar("State")


class Refusal(Exception):
    """A call was answered with an error: its stable code, and the sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code


class House:
    def __init__(self, temporal: Temporal, task_queue: str) -> None:
        self.temporal = temporal
        self.client = temporal.client
        self.task_queue = task_queue
        self.troubles = Troubles()
        self.inventory = FakeInventory(self.troubles)
        self.inventory.signal = self._look
        self.holds = FakeHolds(self.troubles)
        self.outside = FakeOutside(self.troubles)
        self._lines = itertools.count(1)

    async def _look(self, request_id: str) -> None:
        with contextlib.suppress(RPCError):  # where it has ended, nothing needs the signal
            await self.client.get_workflow_handle(request_id).signal("look")

    def wish(self, key: str = "key", line_id: int | None = None, **more: Any) -> PlaceOrder:
        """An order for a line of its own (or that line), of a kind that fits the SIM there."""
        kind, timeouts = more.pop("kind", OrderKind.SWITCH_TO_ESIM), more.pop("timeouts", WAITS)
        if line_id is None:
            line_id = next(self._lines)
            physical = kind is OrderKind.SWITCH_TO_ESIM
            self.inventory.add_line(line_id, SimKind.PHYSICAL if physical else SimKind.ESIM)
        asked = {"pack_id": PACK, "discard_confirmed": True} | more
        return PlaceOrder(
            order=Placement(
                order_id=order_id(1, f"{self.task_queue}{line_id}{key}"),
                account_id=1,
                user_id=3,
                what=Swap(kind=kind.value, line_id=line_id, **asked),
            ),
            slot=1,
            provider="Orange",
            distributor="Distribution SA",
            timeouts=timeouts,
        )

    async def ask_for(self, wish: PlaceOrder) -> tuple[Handle, Acceptance]:
        operation = WithStartWorkflowOperation(
            EsimOrder.run,
            wish,
            id=wish.order.order_id,
            task_queue=self.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=wish.summary,
        )
        acceptance: Acceptance = await self.client.execute_update_with_start_workflow(
            "place", start_workflow_operation=operation, id="place", result_type=Acceptance
        )
        return await operation.workflow_handle(), acceptance

    async def placed(self, wish: PlaceOrder | None = None) -> Handle:
        handle, acceptance = await self.ask_for(wish or self.wish())
        assert acceptance.accepted, acceptance
        return handle

    async def acknowledged(self, **wish: Any) -> Handle:
        handle = await self.placed(self.wish(**wish))
        await self.call(handle, "acknowledge")
        return handle

    async def call(
        self, handle: WorkflowHandle[Any, Any], update: str, *, call_id: str | None = None, **message: Any
    ) -> OrderState:
        return await answered(handle, update, message, call_id, OrderState)

    async def retry(self, handle: WorkflowHandle[Any, Any], actor: str = "operator") -> None:
        await handle.signal("retry", Retry(actor=actor))

    # --- what can be seen -------------------------------------------------------------------------------

    def order(self, handle: WorkflowHandle[Any, Any]) -> FakeOrder:
        return self.inventory.orders[handle.id]

    def sims_of(self, handle: WorkflowHandle[Any, Any]) -> dict[SimState, list[SimKind]]:
        """The kinds of SIM on the order's line by their state."""
        line_id = swap(self.order(handle).placement).line_id
        found = {state: self.inventory.on_line(line_id, state) for state in SimState}
        return {state: [sim.kind for sim in sims] for state, sims in found.items() if sims}

    async def attribute(self, handle: WorkflowHandle[Any, Any], key: SearchAttributeKey[str]) -> str | None:
        return (await handle.describe()).typed_search_attributes.get(key)

    async def held_for(self, handle: WorkflowHandle[Any, Any], reason: HoldReason | None) -> None:
        """Wait until operators see the order held for this reason (or for nothing any more)."""
        await eventually(lambda: self.attribute(handle, HOLD_REASON), lambda seen: seen == reason)

    async def details(self, handle: WorkflowHandle[Any, Any]) -> str:
        """The current details, as the Web UI asks for them."""
        metadata: WorkflowMetadata = await handle.query(
            "__temporal_workflow_metadata", result_type=WorkflowMetadata
        )
        return metadata.current_details

    async def ended(self, handle: WorkflowHandle[Any, Any]) -> None:
        async def status() -> WorkflowExecutionStatus | None:
            return (await handle.describe()).status

        seen = await eventually(status, until=lambda it: it is not WorkflowExecutionStatus.RUNNING)
        assert seen is WorkflowExecutionStatus.COMPLETED

    async def forward(self, handle: WorkflowHandle[Any, Any], **time: float) -> None:
        await self.temporal.forward(handle, timedelta(**time))


async def answered(
    handle: WorkflowHandle[Any, Any], update: str, message: object, call_id: str | None, state: type[State]
) -> State:
    """Send an update as any SDK may, by its name and with JSON. Raises `Refusal`.

    Temporal forgets calls that a workflow was about to answer while it ended and something else came in
    between; they are made again under their id, as the desk does.
    """
    call_id = call_id or uuid.uuid4().hex
    while True:
        try:
            answer: State = await handle.execute_update(update, message, id=call_id, result_type=state)
        except WorkflowUpdateFailedError as failed:
            cause = failed.cause
            assert isinstance(cause, ApplicationError)
            raise Refusal(cause.type or "", cause.message) from None
        except RPCError as failure:
            if failure.status is not RPCStatusCode.FAILED_PRECONDITION:
                raise
        else:
            return answer


async def keep_retrying(house: House, handle: WorkflowHandle[Any, Any]) -> None:
    """A person who sees to everything that is held."""
    while True:
        if await house.attribute(handle, HOLD_REASON):
            with contextlib.suppress(RPCError):  # it may just have ended
                await house.retry(handle)
        await asyncio.sleep(0.05)


async def exists(handle: WorkflowHandle[Any, Any]) -> bool:
    try:
        await handle.describe()
    except RPCError:
        return False
    return True


def order_steps(house: House) -> list[Callable[..., Any]]:
    """What a worker of orders takes."""
    return activities_of(house.inventory, house.holds, house.outside)


@asynccontextmanager
async def a_house(temporal: Temporal, task_queue: str | None = None) -> AsyncIterator[House]:
    """A house whose worker runs."""
    house = House(temporal, task_queue or a_task_queue())
    worker = Worker(
        temporal.client,
        task_queue=house.task_queue,
        workflows=[EsimOrder],
        activities=order_steps(house),
        interceptors=[Heartbeats()],
        workflow_runner=workflow_runner(),
        disable_eager_activity_execution=True,
        build_id="tests",
    )
    async with running(worker):
        yield house
