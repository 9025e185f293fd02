"""Orders about travel eSIMs over real parts: the stock answers at once, or once an eSIM has arrived."""

import pytest

from models.orders.lifecycle import OrderStatus
from models.orders.ordered import Ordered
from models.orders.views import OrderView
from models.travel.kinds import AddLine, AddPlan, ReplaceLineEsim
from models.travel.profiles import EsimReason
from tests.builders import OPERATOR, iccid
from tests.system.scene import Scene
from tests.temporal_server import eventually
from tests.travel_world import SUE, add_stock, add_subscriber, add_travel_plan, travel_world


async def placed(scene: Scene, what: Ordered) -> str:
    return (await scene.desk.place_order(await scene.ana(SUE), what)).order_id


async def order(scene: Scene, order_id: str) -> OrderView:
    return await scene.desk.order(OPERATOR, order_id)


async def waits(scene: Scene, order_id: str) -> None:
    """Wait until the order is held for stock, as the database has it."""
    await eventually(
        lambda: order(scene, order_id), lambda seen: [hold.reason for hold in seen.holds] == ["no_stock"]
    )


async def euro(scene: Scene) -> int:
    """The plan Euro 1 on profile 7, in a world with a subscriber."""
    await travel_world(scene.database)
    await add_subscriber(scene.database)
    return await add_travel_plan(scene.database)


@pytest.mark.covers("T9", "T10", "T14", "T34")
async def test_orders_of_all_three_kinds_are_processed_at_once(scene: Scene) -> None:
    plan = await euro(scene)
    for number in (1, 2):
        await add_stock(scene.database, number)
    first = await placed(scene, AddLine(subscriber_id=1, plan_id=plan, destinations=("FR",)))
    await scene.ended(first)
    seen = await order(scene, first)
    assert (seen.status, seen.iccid, seen.title) == (OrderStatus.PROCESSED, iccid(70_001), "France (SB-1)")
    assert [(event.type, event.actor) for event in seen.events][:4] == [
        ("order.submitted", f"user:{seen.placed_by}"),
        ("order.provider_processing", "provider"),
        ("esim.temporary_created", "provider"),
        ("order.processed", "provider"),
    ]
    second = await placed(scene, AddPlan(esim_line_id=1, plan_id=plan))
    await scene.ended(second)
    assert (await order(scene, second)).status is OrderStatus.PROCESSED
    third = await placed(scene, ReplaceLineEsim(esim_line_id=1, reason=EsimReason.DELETED))
    await scene.ended(third)
    assert (await order(scene, third)).iccid == iccid(70_002)
    rows = await scene.sql("SELECT esim_line_id FROM plan_assignments")
    assert [row.esim_line_id for row in rows] == [1, 1]


@pytest.mark.covers("T17")
async def test_an_order_is_held_for_stock_and_continues_when_another_is_cancelled(scene: Scene) -> None:
    plan = await euro(scene)
    orders = []
    for _ in range(3):
        orders.append(await placed(scene, AddLine(subscriber_id=1, plan_id=plan)))
        await waits(scene, orders[-1])
    first, second, third = orders
    await add_stock(scene.database, 1)
    await scene.desk.retry(OPERATOR, third)
    (reserved,) = await eventually(
        lambda: scene.sql("SELECT order_id FROM travel_stock"), lambda rows: rows[0].order_id is not None
    )
    assert reserved.order_id == first, "none passes an earlier one"
    await scene.desk.cancel(OPERATOR, first)
    await scene.ended(second)
    assert (await order(scene, second)).iccid == iccid(70_001)
    await waits(scene, third)
    assert (await order(scene, first)).iccid is None
