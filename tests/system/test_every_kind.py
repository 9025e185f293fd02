"""An order of every kind that there is goes from placing to processed, on real parts."""

from collections.abc import Awaitable, Callable

import pytest

from models.fleet.inventory import SimState
from models.licences.kinds import AssignLicence, ReplaceLicenceEsim
from models.licences.numbers import ReplaceReason
from models.orders.kinds import KINDS
from models.orders.lifecycle import OrderKind, OrderStatus
from models.orders.ordered import Ordered
from models.people.callers import Caller
from models.travel.kinds import AddLine, AddPlan, ReplaceLineEsim
from models.travel.profiles import EsimReason
from tests.builders import ANA, OPERATOR, iccid, line, world
from tests.licences_world import ADAM, add_agent, add_licence, add_number, licences_world
from tests.system.scene import Scene
from tests.system.travel.mail_scene import in_stock
from tests.travel_world import SUE, add_subscriber, add_travel_plan, travel_world

ESIM = iccid(701)


async def swap(scene: Scene, kind: str, sim_type: str) -> str:
    """The line gets a new eSIM; the SIM that was in place is discarded."""
    await world(scene.database, line(1, sim_type=sim_type))
    order_id = await scene.acknowledged(1, kind=OrderKind(kind))
    await scene.desk.processed(OPERATOR, order_id, iccid=ESIM)
    await scene.ended(order_id)
    shown = await scene.line(1)
    assert shown.sim is not None
    assert (shown.sim.iccid, shown.sim.state, shown.temporary) == (ESIM, SimState.ACTIVE, None)
    assert {"sim.discarded", "esim.activated"} <= set(await scene.events(order_id))
    assert scene.mailbox.recipients().count(ANA) == 1
    return order_id


async def licence(scene: Scene, kind: str) -> str:
    """The number has an eSIM of its own; where it is replaced, the one before is discarded."""
    await licences_world(scene.database)
    number = await add_number(scene.database, 1, await add_agent(scene.database))
    adam = await scene.ana(ADAM)
    what: Ordered = AssignLicence(number_id=number, licence_id=await add_licence(scene.database))
    order_id = await processed(scene, adam, what, iccid(700))
    if kind == OrderKind.REPLACE_LICENCE_ESIM:
        order_id = await processed(
            scene, adam, ReplaceLicenceEsim(number_id=number, reason=ReplaceReason.NEW_PHONE), ESIM
        )
    sims = await scene.sql("SELECT state FROM sims WHERE order_id IS NOT NULL ORDER BY id")
    active = [SimState.ACTIVE]
    before = [SimState.DISCARDED] if kind == OrderKind.REPLACE_LICENCE_ESIM else []
    assert [SimState(sim.state) for sim in sims] == before + active
    return order_id


async def processed(scene: Scene, caller: Caller, what: Ordered, number: str) -> str:
    placed = await scene.desk.place_order(caller, what)
    await scene.desk.acknowledge(OPERATOR, placed.order_id)
    await scene.desk.processed(OPERATOR, placed.order_id, iccid=number)
    return placed.order_id


async def travel(scene: Scene, kind: str) -> str:
    """The subscriber has an eSIM line from stock, which answers by itself, with as many plans as ordered."""
    await travel_world(scene.database)
    subscriber, plan = await add_subscriber(scene.database), await add_travel_plan(scene.database)
    first, second = [await in_stock(scene, number) for number in (1, 2)]
    order_id = await from_stock(scene, AddLine(subscriber_id=subscriber, plan_id=plan))
    ((line_id,),) = await scene.sql("SELECT id FROM esim_lines")
    if kind == OrderKind.ADD_PLAN:
        order_id = await from_stock(scene, AddPlan(esim_line_id=line_id, plan_id=plan))
    if kind == OrderKind.REPLACE_LINE_ESIM:
        order_id = await from_stock(scene, ReplaceLineEsim(esim_line_id=line_id, reason=EsimReason.NEW_PHONE))
    in_place = second if kind == OrderKind.REPLACE_LINE_ESIM else first
    sims = await scene.sql("SELECT id FROM sims WHERE holder = :line", line=f"esim_line:{line_id}")
    assert [sim.id for sim in sims] == [in_place]
    plans = await scene.sql("SELECT 1 FROM plan_assignments WHERE esim_line_id = :line", line=line_id)
    assert len(plans) == (2 if kind == OrderKind.ADD_PLAN else 1)
    return order_id


async def from_stock(scene: Scene, what: Ordered) -> str:
    placed = await scene.desk.place_order(await scene.ana(SUE), what)
    await scene.ended(placed.order_id)
    return placed.order_id


WAYS: dict[str, Callable[[Scene], Awaitable[str]]] = {
    "switch_to_esim": lambda scene: swap(scene, "switch_to_esim", "physical"),
    "replace_esim": lambda scene: swap(scene, "replace_esim", "esim"),
    "assign_licence": lambda scene: licence(scene, "assign_licence"),
    "replace_licence_esim": lambda scene: licence(scene, "replace_licence_esim"),
    "add_line": lambda scene: travel(scene, "add_line"),
    "add_plan": lambda scene: travel(scene, "add_plan"),
    "replace_line_esim": lambda scene: travel(scene, "replace_line_esim"),
}
"""What callers of each kind do. A new kind is added here."""


@pytest.mark.quick
@pytest.mark.covers("F12", "F18", "F19", "F24")
@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_an_order_goes_from_placing_to_processed(scene: Scene, kind: str) -> None:
    order_id = await WAYS[kind](scene)
    order = await scene.desk.order(OPERATOR, order_id)
    assert order.status is OrderStatus.PROCESSED
    assert order.details is not None
    assert (await scene.desk.placed(OPERATOR, order_id, kind)).details == order.details
