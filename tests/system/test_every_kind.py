"""An order of every kind that there is goes from placing to processed, on real parts."""

from collections.abc import Awaitable, Callable

import pytest

from models.fleet.inventory import SimState
from models.orders.kinds import KINDS
from models.orders.lifecycle import OrderKind, OrderStatus
from tests.builders import ANA, OPERATOR, iccid, line, world
from tests.system.scene import Scene

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


WAYS: dict[str, Callable[[Scene], Awaitable[str]]] = {
    "switch_to_esim": lambda scene: swap(scene, "switch_to_esim", "physical"),
    "replace_esim": lambda scene: swap(scene, "replace_esim", "esim"),
}
"""What callers of each kind do. A new kind is added here."""


@pytest.mark.quick
@pytest.mark.covers("F12", "F18", "F19", "F24")
@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_an_order_goes_from_placing_to_processed(scene: Scene, kind: str) -> None:
    order_id = await WAYS[kind](scene)
    assert (await scene.desk.order(OPERATOR, order_id)).status is OrderStatus.PROCESSED
