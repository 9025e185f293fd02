"""Orders about travel eSIMs over real parts: the stock answers at once, or once an eSIM has arrived."""

from pathlib import Path

import pytest

from models.orders.lifecycle import OrderStatus
from models.orders.ordered import Ordered
from models.orders.placement import ProviderAnswer
from models.orders.views import OrderView
from models.travel.kinds import AddLine, AddPlan, ReplaceLineEsim
from models.travel.profiles import EsimReason
from providers.from_stock import FromStock
from providers.port import NoStock
from starter.travel.stock import StockDesk
from tests.builders import OPERATOR, iccid
from tests.starter.travel.files import esim, stock_file
from tests.system.scene import Scene
from tests.system.travel.mail_scene import in_stock
from tests.temporal_server import eventually
from tests.travel_world import ADAM, SUE, add_subscriber, add_travel_plan, travel_world


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
        await in_stock(scene, number)
    first = await placed(scene, AddLine(subscriber_id=1, plan_id=plan, destinations=("FR",)))
    await scene.ended(first)
    seen = await order(scene, first)
    assert (seen.status, seen.iccid, seen.title) == (OrderStatus.PROCESSED, iccid(80_001), "France (SB-1)")
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
    assert (await order(scene, third)).iccid == iccid(80_002)
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
    await in_stock(scene, 1)
    await scene.desk.retry(OPERATOR, third)
    (reserved,) = await eventually(
        lambda: scene.sql("SELECT order_id FROM travel_stock"), lambda rows: rows[0].order_id is not None
    )
    assert reserved.order_id == first, "none passes an earlier one"
    await scene.desk.cancel(OPERATOR, first)
    await scene.ended(second)
    seen = await order(scene, second)
    assert seen.iccid == iccid(80_001)
    assert {event.actor for event in seen.events if event.type == "order.released"} <= {"system"}
    await waits(scene, third)
    assert (await order(scene, first)).iccid is None


@pytest.mark.covers("T17", "T34", "T37")
async def test_an_import_has_the_orders_continue_that_wait_oldest_first(scene: Scene, tmp_path: Path) -> None:
    plan = await euro(scene)
    orders = []
    for _ in range(3):
        orders.append(await placed(scene, AddLine(subscriber_id=1, plan_id=plan)))
        await waits(scene, orders[-1])
    file = tmp_path / "esims.csv"
    file.write_bytes(stock_file(esim(1), esim(2), esim(3, profile=2)))
    said = await scene.typed("travel", "stock", "import", str(file))
    assert said.out.startswith("3 rows read; new: 1 provider, 3 eSIMs.")
    for one, number in zip(orders, (1, 2), strict=False):
        await scene.ended(one)
        seen = await order(scene, one)
        assert seen.iccid == iccid(80_000 + number)
        assert [event.actor for event in seen.events if event.type == "order.released"] == ["system"]
    await waits(scene, orders[2])
    listed = (await scene.typed("travel", "stock", "list")).out
    assert iccid(80_003) in listed
    assert "EL-2, SB-1" in listed
    again = await scene.typed("travel", "stock", "import", str(file), code=2)
    assert "an eSIM with this ICCID is in stock already" in again.err
    assert (await scene.typed("travel", "stock", "list", "--state", "free", "--csv")).out.count("\n") == 2
    shown = (await scene.typed("travel", "stock", "threshold", "2", "5")).out
    assert "5" in shown


@pytest.mark.covers("T34")
async def test_the_code_of_a_replaced_esim_is_dead_on_every_way(scene: Scene, tmp_path: Path) -> None:
    plan = await euro(scene)
    file = tmp_path / "esims.csv"
    file.write_bytes(stock_file(esim(1), esim(2)))
    await scene.typed("travel", "stock", "import", str(file))
    await scene.ended(await placed(scene, AddLine(subscriber_id=1, plan_id=plan)))
    sims = await scene.sql("SELECT id FROM sims WHERE holder = 'esim_line:1'")
    old = f"S-{sims[0].id}"
    await scene.typed("qr", "show", old, "-o", str(tmp_path / "old.png"))
    notifications = await scene.sql("SELECT created_by, address, revoked_at FROM qr_notifications")
    assert [tuple(row) for row in notifications] == [("system", "rosa@home.example", None)]
    await scene.typed("qr", "notify", old, "--to", ADAM)
    await eventually(lambda: scene.sql("SELECT id FROM links"), lambda rows: len(rows) == 2)
    await scene.ended(await placed(scene, ReplaceLineEsim(esim_line_id=1, reason=EsimReason.NEW_PHONE)))
    assert "discarded" in (await scene.typed("qr", "show", old, "-o", str(tmp_path / "dead.png"), code=2)).err
    revoked = await scene.sql(
        "SELECT sim_id = :old AS old, revoked_at IS NOT NULL AS dead FROM qr_notifications", old=sims[0].id
    )
    assert sorted(tuple(row) for row in revoked) == [(False, False), (True, True), (True, True)]
    links = await scene.sql(
        "SELECT sim_id = :old AS old, revoked_at IS NOT NULL AS dead FROM links", old=sims[0].id
    )
    assert sorted(tuple(row) for row in links) == [(False, False), (True, True), (True, True)]
    plans = await scene.sql("SELECT esim_line_id FROM plan_assignments WHERE revoked_at IS NULL")
    assert [row.esim_line_id for row in plans] == [1]


@pytest.mark.covers("T17")
async def test_stock_that_arrives_before_the_order_is_held_is_not_missed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = await euro(scene)
    desk = StockDesk(scene.temporal.client, scene.database, scene.settings)
    adam = await scene.ana(ADAM)
    submit, arrivals = FromStock.submit, [stock_file(esim(1))]

    async def late(provider: FromStock, order_id: str, kind: str, retries: int) -> ProviderAnswer:
        try:
            return await submit(provider, order_id, kind, retries)
        except NoStock:
            await desk.import_stock(adam, None, arrivals.pop())
            raise

    monkeypatch.setattr(FromStock, "submit", late)
    waiting = await placed(scene, AddLine(subscriber_id=1, plan_id=plan))
    await scene.ended(waiting)
    assert (await order(scene, waiting)).iccid == iccid(80_001)
