"""Orders of the kinds of these tests, as callers place and follow them."""

from temporalio.api.sdk.v1 import WorkflowMetadata

from models.operations.views import HoldView
from models.orders.ordered import Ordered
from models.orders.placement import Placement
from models.orders.views import OrderView
from starter.orders.drafts import Placed
from tests.builders import OPERATOR
from tests.kinds.gadget import Gadget
from tests.kinds.gadget_rows import add_gadgets
from tests.system.scene import Scene
from tests.temporal_server import eventually


async def a_gadget(scene: Scene, name: str = "Meter", *, answered: bool = True) -> Gadget:
    (gadget_id,) = await add_gadgets(scene.database, name)
    return Gadget(gadget_id=gadget_id, answered=answered)


async def placing(scene: Scene, what: Ordered, key: str | None = None) -> Placed:
    """Ana places it; keys get the test's name, as all tests' orders are on one Temporal server."""
    return await scene.desk.place_order(
        await scene.ana(), what, key and f"{key} of {scene.settings.task_queue}"
    )


async def placed(scene: Scene, what: Ordered, key: str | None = None) -> str:
    return (await placing(scene, what, key)).order_id


async def order(scene: Scene, order_id: str) -> OrderView:
    return await scene.desk.order(OPERATOR, order_id)


async def comes_to(scene: Scene, order_id: str, status: str) -> OrderView:
    return await eventually(lambda: order(scene, order_id), lambda seen: seen.status == status)


async def held_for(scene: Scene, order_id: str, reasons: dict[str, str]) -> tuple[HoldView, ...]:
    """Wait until the order is held at these steps for these reasons, as the database has it."""

    def so(seen: OrderView) -> bool:
        return {hold.step: hold.reason for hold in seen.holds} == reasons

    return (await eventually(lambda: order(scene, order_id), so)).holds


async def placement(scene: Scene, what: Ordered, order_id: str) -> Placement:
    ana = await scene.ana()
    return Placement(order_id=order_id, account_id=ana.account, user_id=ana.user, what=what)


async def due(scene: Scene, order_id: str) -> list[tuple[str, str]]:
    """What the order still owes outside the database."""
    rows = await scene.sql(
        "SELECT kind, target FROM follow_ups WHERE order_id = :order AND done_at IS NULL ORDER BY id",
        order=order_id,
    )
    return [(row.kind, row.target) for row in rows]


async def lives(scene: Scene, life: str) -> int:
    """How often the workflow of this id was started."""
    counted = await scene.temporal.client.count_workflows(f"WorkflowId = '{life}'")
    return counted.count


async def current_details(scene: Scene, order_id: str) -> str:
    """What the Web UI shows of the order's workflow."""
    handle = scene.temporal.client.get_workflow_handle(order_id)
    metadata: WorkflowMetadata = await handle.query(
        "__temporal_workflow_metadata", result_type=WorkflowMetadata
    )
    return metadata.current_details
