"""Orders of all four kinds played at random on real steps, several at once. What must hold, holds."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models.errors import Refused, Unavailable
from models.orders.kinds import Swap
from models.orders.lifecycle import OPEN, OrderStatus
from models.orders.ordered import Ordered
from tests.builders import OPERATOR, as_csv, iccid, line
from tests.kinds.gadget import Gadget, life_of
from tests.kinds.gadget_rows import add_gadgets
from tests.kinds.instant import Instant
from tests.kinds.ways import order, placing
from tests.system.scene import Scene

KINDS = ("switch_to_esim", "replace_esim", "test_instant", "test_gadget")
CODES = {
    *("already_provider_processing", "already_processed", "already_cancelled", "not_acknowledged"),
    *("iccid_unknown", "iccid_in_use", "iccid_not_entered", "open_order", "not_held", "order_over"),
    "done",
}
ICCIDS = [iccid(9_000_001), iccid(9_000_002)]

calls = st.one_of(
    st.just(("acknowledge", {})),
    st.builds(lambda number: ("acknowledge", {"iccid": number}), st.sampled_from(ICCIDS)),
    st.builds(lambda number: ("enter_iccid", {"iccid": number}), st.sampled_from(ICCIDS)),
    st.just(("processed", {})),
    st.builds(lambda number: ("processed", {"iccid": number}), st.sampled_from(ICCIDS)),
    st.builds(lambda reason: ("cancel", {"reason": reason}), st.sampled_from(["", "Sold."])),
    st.just(("place", {})),
    st.just(("retry", {})),
)
turns = st.tuples(st.sampled_from(KINDS), calls)
bursts = st.lists(st.lists(turns, min_size=2, max_size=6), min_size=1, max_size=4)
Turn = tuple[str, tuple[str, dict[str, Any]]]

STORIES = [
    ["submitted", "cancelled"],
    ["submitted", "provider_processing", "cancelled"],
    ["submitted", "provider_processing", "processed"],
]


@pytest.mark.parametrize(
    "count", [5, pytest.param(150, marks=[pytest.mark.night, pytest.mark.timeout(1800)])]
)
@pytest.mark.covers("W1", "F16", "F19", "F22", "F43", "F50", "F51")
async def test_whatever_is_called_on_orders_of_all_kinds(open_scene: Scene, count: int) -> None:
    loop = asyncio.get_running_loop()
    plays = 0

    @settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],  # a play takes too long to be made smaller
        suppress_health_check=list(HealthCheck),
    )
    @given(bursts=bursts, answered=st.booleans())
    def played(bursts: list[list[Turn]], answered: bool) -> None:
        nonlocal plays
        plays += 1
        asyncio.run_coroutine_threadsafe(play(open_scene, plays, bursts, answered), loop).result()

    await asyncio.to_thread(played)
    assert await open_scene.sql("SELECT kind, target FROM follow_ups WHERE done_at IS NULL") == []


async def wishes(scene: Scene, number: int, answered: bool) -> dict[str, Ordered]:
    """Something to order of each kind, for nothing that was ordered before."""
    first, second = 2 * number + 100, 2 * number + 101
    rows = (line(first), line(second, sim_type="esim"))
    await scene.desks.fleet.import_fleet(OPERATOR, as_csv(*rows))
    found = [await scene.line(one) for one in (first, second)]
    (pack,) = await scene.desks.catalogue.catalogue(OPERATOR, "Acme")
    swaps = {
        kind: Swap(kind=kind, line_id=its.id, pack_id=pack.id, discard_confirmed=True)
        for kind, its in zip(KINDS[:2], found, strict=True)
    }
    (gadget_id,) = await add_gadgets(scene.database, f"Meter {number}")
    others = {
        "test_instant": Instant(answered=answered),
        "test_gadget": Gadget(gadget_id=gadget_id, answered=answered),
    }
    return {**swaps, **others}


async def play(scene: Scene, number: int, bursts: list[list[Turn]], answered: bool) -> None:
    wanted = await wishes(scene, number, answered)
    keys = {kind: f"play {number} {kind}" for kind in KINDS}
    accepted = await asyncio.gather(*(placing(scene, wanted[kind], keys[kind]) for kind in KINDS))
    ids = {kind: one.order_id for kind, one in zip(KINDS, accepted, strict=True)}
    for burst in bursts:
        answers = await asyncio.gather(
            *(answer(scene, call, ids[kind], wanted[kind], keys[kind]) for kind, call in burst)
        )
        assert set(answers) <= CODES, (burst, answers)
    await asyncio.gather(*(ends(scene, ids[kind], wanted[kind]) for kind in KINDS))


async def ends(scene: Scene, order_id: str, what: Ordered) -> None:
    """Whatever is still open is cancelled."""
    last = await code_of(lambda: scene.desk.cancel(OPERATOR, order_id))
    assert last in {"done", "already_processed"}
    await scene.ended(order_id)
    await check(scene, order_id, what)


async def answer(
    scene: Scene, call: tuple[str, dict[str, Any]], order_id: str, what: Ordered, key: str
) -> str:
    name, more = call
    if name == "place":
        return await code_of(lambda: placing(scene, what, key))
    return await code_of(lambda: getattr(scene.desk, name)(OPERATOR, order_id, **more))


async def code_of(call: Callable[[], Awaitable[Any]]) -> str:
    """The answer; a call that nobody answers in time is made again, as callers do."""
    for _ in range(3):
        try:
            await call()
        except Refused as refused:
            return refused.refusals[0].code
        except Unavailable:
            continue
        return "done"
    return "nobody answers"


async def check(scene: Scene, order_id: str, what: Ordered) -> None:
    """One story, told once, and an inventory that fits it."""
    seen = await order(scene, order_id)
    statuses = [event.type.removeprefix("order.") for event in seen.events if event.type.startswith("order.")]
    assert [status for status in statuses if status in set(OrderStatus)] in STORIES
    assert seen.status not in OPEN
    assert seen.holds == ()
    processed = seen.status is OrderStatus.PROCESSED
    sims = await scene.sql("SELECT state, holder FROM sims WHERE order_id = :order", order=order_id)
    brings = processed and what.subject is not None
    assert [(row.state, row.holder) for row in sims] == ([("active", what.subject)] if brings else [])
    if isinstance(what, Swap):
        in_place = await scene.sql("SELECT state FROM sims WHERE holder = :holder", holder=what.subject)
        assert [row.state for row in in_place] == ["active"]
    people = {"test_instant": 1 if processed else 0, "test_gadget": 2 if processed else 0}
    if what.kind in people:
        sent = [event for event in seen.events if event.type == "mail.sent"]
        assert len(sent) == people[what.kind]
    if what.kind == "test_gadget" and processed:
        life = scene.temporal.client.get_workflow_handle(life_of(order_id))
        assert await asyncio.wait_for(life.result(), 30) == order_id
