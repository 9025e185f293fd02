"""One order from the caller's side, real and bare: three calls, and then its workflow's end."""

import time
import uuid
from dataclasses import dataclass
from typing import Protocol

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)

from bench.bare import BareOrder
from bench.bare_worker import TASK_QUEUE
from bench.fleet import new_iccid
from models.orders.lifecycle import OrderKind
from models.people.callers import Caller
from starter import callers
from starter.orders.desk import OrderDesk
from starter.orders.drafts import OrderDraft
from workflows import search_attributes


@dataclass(frozen=True)
class Taken:
    """How long one order took, in seconds."""

    answered: float
    """The three calls: from placing to the answer that it is processed."""
    closed: float
    """Until the workflow was closed, which it is after its last mail."""


class Orders(Protocol):
    """A kind of order that can be made again and again."""

    name: str

    async def one(self) -> Taken:
        """Make one order, from placing to the end of its workflow."""


class RealOrders:
    """Switch orders through the `OrderDesk`, each for a line of its own."""

    name = "ours"

    def __init__(self, desk: OrderDesk, client: Client, user: Caller) -> None:
        self._desk = desk
        self._user = user
        self.client = client
        self.order_ids: list[str] = []
        self._line = 0

    async def one(self) -> Taken:
        """Placed by a user, acknowledged, processed with the ICCID, all mails sent."""
        self._line += 1
        line = self._line
        draft = OrderDraft(
            kind=OrderKind.SWITCH_TO_ESIM,
            line=f"+336{line:08d}",
            discard_confirmed=True,
            key=f"bench-{line}",
        )
        start = time.perf_counter()
        placed = await self._desk.place(self._user, draft)
        await self._desk.acknowledge(callers.operator(), placed.order_id)
        await self._desk.processed(callers.operator(), placed.order_id, iccid=new_iccid(line))
        answered = time.perf_counter() - start
        await self.client.get_workflow_handle(placed.order_id).result()
        self.order_ids.append(placed.order_id)
        return Taken(answered, time.perf_counter() - start)


class BareOrders:
    """Bare orders straight through the Temporal client."""

    name = "bare"

    def __init__(self, client: Client) -> None:
        self._client = client
        self._labels = _labels()

    async def one(self) -> Taken:
        """The same three calls."""
        order_id = f"bare-{uuid.uuid4().hex[:16]}"
        start = time.perf_counter()
        operation = WithStartWorkflowOperation(
            BareOrder.run,
            order_id,
            id=order_id,
            task_queue=TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            static_summary="Switch line L-1, slot 1, to eSIM (Orange)",
            search_attributes=self._labels,
        )
        await self._client.execute_update_with_start_workflow(
            "place", start_workflow_operation=operation, id="place", result_type=str
        )
        handle = self._client.get_workflow_handle(order_id)
        await handle.execute_update("acknowledge", "", result_type=str)
        await handle.execute_update("processed", "8933999900000000001", result_type=str)
        answered = time.perf_counter() - start
        await handle.result()
        return Taken(answered, time.perf_counter() - start)


def _labels() -> TypedSearchAttributes:
    values = {
        search_attributes.ORDER_STATUS: "submitted",
        search_attributes.ORDER_KIND: "switch_to_esim",
        search_attributes.PROVIDER: "Orange",
        search_attributes.DISTRIBUTOR: "Dist",
        search_attributes.ACCOUNT_ID: "1",
    }
    return TypedSearchAttributes([SearchAttributePair(key, value) for key, value in values.items()])
