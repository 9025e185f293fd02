"""Kinds of order that the product does not know go the whole way; what is repeated is recognised."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from activities.orders import InventorySteps
from models.orders.lifecycle import OrderStatus
from models.orders.ordered import Ordered
from models.orders.placement import Acceptance, StepResult
from models.people.callers import AllAccounts
from store.orders import acceptance, views
from tests.builders import ANA, OPERATOR, iccid
from tests.kinds.gadget import KEEPER, OWNER, START_LIFE, Gadget, iccid_for, life_of
from tests.kinds.gadget_rows import keeper
from tests.kinds.instant import RECEIPT, Instant
from tests.kinds.ways import a_gadget, comes_to, due, lives, order, placed, placement, placing
from tests.system.scene import Scene, refused
from tests.temporal_server import eventually
from workflows.orders.messages import AcknowledgeInput, CancelInput, EnterIccidInput, ProcessedInput

ENTERED = iccid(4711)


@pytest.mark.quick
@pytest.mark.covers("W1", "W2")
async def test_a_provider_that_answers_at_once_leaves_nothing_to_wait_for(open_scene: Scene) -> None:
    scene = open_scene
    order_id = await placed(scene, Instant())
    await scene.ended(order_id)
    seen = await order(scene, order_id)
    assert seen.status is OrderStatus.PROCESSED
    assert (seen.subject, seen.iccid, seen.esim_id) == (None, None, None)
    assert [(event.type, event.actor) for event in seen.events] == [
        ("order.submitted", f"user:{seen.placed_by}"),
        ("order.provider_processing", "provider"),
        ("order.processed", "provider"),
        ("mail.sent", "system"),
    ]
    await scene.mailbox.got(ANA)
    assert await due(scene, order_id) == []


@pytest.mark.quick
@pytest.mark.covers("W1", "W2")
async def test_an_esim_of_a_gadget_goes_all_the_way(open_scene: Scene) -> None:
    scene = open_scene
    what = await a_gadget(scene)
    order_id = await placed(scene, what)
    begun = await comes_to(scene, order_id, "provider_processing")
    assert begun.iccid == iccid_for(order_id)
    (sim,) = await scene.sql("SELECT * FROM sims WHERE order_id = :order", order=order_id)
    assert (sim.holder, sim.state, sim.iccid) == (what.subject, "temporary", iccid_for(order_id))
    assert (await scene.desk.enter_iccid(OPERATOR, order_id, ENTERED)).iccid == ENTERED
    await scene.desk.processed(OPERATOR, order_id)
    await scene.ended(order_id)
    seen = await order(scene, order_id)
    assert [event.type for event in seen.events if event.type != "mail.sent"] == [
        "order.submitted",
        "order.provider_processing",
        "esim.temporary_created",
        "esim.iccid_entered",
        "order.processed",
        "esim.activated",
    ]
    await scene.mailbox.got(ANA, keeper("Meter"))
    life = scene.temporal.client.get_workflow_handle(life_of(order_id))
    assert await life.result() == order_id
    assert await due(scene, order_id) == []

    again = await placed(scene, what)  # the eSIM of the first order is discarded for the one of the second
    await scene.desk.processed(OPERATOR, (await comes_to(scene, again, "provider_processing")).id)
    sims = await scene.sql("SELECT order_id, state FROM sims WHERE order_id IS NOT NULL ORDER BY id")
    assert [(row.order_id, row.state) for row in sims] == [(order_id, "discarded"), (again, "active")]


@pytest.mark.covers("W2")
async def test_a_cancel_takes_back_what_was_begun(open_scene: Scene) -> None:
    scene = open_scene
    begun = await placed(scene, await a_gadget(scene))
    await comes_to(scene, begun, "provider_processing")
    waiting = await placed(scene, await a_gadget(scene, "Lock", answered=False))
    instant = await placed(scene, Instant(answered=False))
    for order_id in (begun, waiting, instant):
        await scene.desk.cancel(OPERATOR, order_id, reason="Not wanted.")
        await scene.ended(order_id)
        seen = await order(scene, order_id)
        assert (seen.status, seen.cancel_reason) == (OrderStatus.CANCELLED, "Not wanted.")
        assert await due(scene, order_id) == []
    assert await scene.sql("SELECT 1 FROM sims WHERE order_id IS NOT NULL") == []
    assert "esim.temporary_deleted" in await scene.events(begun)
    assert scene.mailbox.mails == [], "these kinds write to nobody about a cancel"


async def test_an_iccid_is_entered_only_where_the_kind_has_one(open_scene: Scene) -> None:
    scene = open_scene
    instant = await placed(scene, Instant(answered=False))
    await scene.desk.acknowledge(OPERATOR, instant)
    entering = scene.desk.enter_iccid(OPERATOR, instant, ENTERED)
    assert await refused(entering) == ["iccid_not_entered"]
    gadget = await placed(scene, await a_gadget(scene))
    await comes_to(scene, gadget, "provider_processing")
    assert (await scene.desk.enter_iccid(OPERATOR, gadget, ENTERED)).iccid == ENTERED


async def test_a_key_stands_for_one_order_of_one_kind(open_scene: Scene) -> None:
    scene = open_scene
    what = await a_gadget(scene, answered=False)
    first = await placing(scene, what, "cart")
    again = await placing(scene, what, "cart")
    assert again == first.model_copy(update={"replayed": True})
    for other in (Instant(), Gadget(gadget_id=what.gadget_id + 1)):
        assert await refused(placing(scene, other, "cart")) == ["key_used"]
    await scene.desk.cancel(OPERATOR, first.order_id)
    await scene.ended(first.order_id)
    assert (await placing(scene, what, "cart")).status is OrderStatus.CANCELLED
    assert await refused(placing(scene, Instant(), "cart")) == ["key_used"]


@pytest.mark.parametrize("kind", ["test_instant", "test_gadget"])
async def test_a_refused_order_leaves_its_key_free(open_scene: Scene, kind: str) -> None:
    scene = open_scene
    what: Ordered
    if kind == "test_instant":
        what, code = Instant(), "sold_out"
        await scene.sql("INSERT INTO sold_out VALUES ('red')")
    else:
        what, code = await a_gadget(scene), "gadget_broken"
        await scene.sql("UPDATE gadgets SET broken = true")
    for _ in range(2):
        assert await refused(placing(scene, what, "cart")) == [code]
    kept = await scene.sql("SELECT data FROM events WHERE type = 'order.refused'")
    assert [(row.data["codes"], row.data["kind"]) for row in kept] == [([code], kind)] * 2
    await scene.sql("DELETE FROM sold_out")
    await scene.sql("UPDATE gadgets SET broken = false")
    accepted = await placing(scene, what, "cart")
    assert (await order(scene, accepted.order_id)).kind == kind
    assert accepted.order_id in await _refused_and_accepted(scene)


async def _refused_and_accepted(scene: Scene) -> set[str]:
    rows = await scene.sql("SELECT DISTINCT about[1] AS id FROM events WHERE type = 'order.refused'")
    return {row.id for row in rows}


Step = Callable[[InventorySteps, str, str], Awaitable[StepResult]]


def _call(order_id: str, kind: str) -> dict[str, Any]:
    return {"order_id": order_id, "kind": kind, "actor": "operator"}


STEPS: dict[str, Step] = {
    "acknowledge": lambda steps, id_, kind: steps.acknowledge_order(AcknowledgeInput(**_call(id_, kind))),
    "enter_iccid": lambda steps, id_, kind: steps.enter_iccid(
        EnterIccidInput(**_call(id_, kind), iccid=ENTERED)
    ),
    "processed": lambda steps, id_, kind: steps.complete_order(
        ProcessedInput(**_call(id_, kind), request="one")
    ),
    "cancel": lambda steps, id_, kind: steps.cancel_order(CancelInput(**_call(id_, kind))),
}


@pytest.mark.parametrize("kind", ["test_instant", "test_gadget"])
@pytest.mark.parametrize("end", ["processed", "cancel"])
async def test_every_step_taken_twice_answers_alike_and_does_nothing_more(
    quiet: Scene, kind: str, end: str
) -> None:
    scene = quiet
    steps = InventorySteps(scene.database)
    what: Ordered = Instant() if kind == "test_instant" else await a_gadget(scene)
    wish = await placement(scene, what, "order-aaaaaaaaaaaaaaaa")
    assert await steps.accept_order(wish) == Acceptance(
        order_id=wish.order_id,
        status=OrderStatus.SUBMITTED,
        what=what,
        shown=(await steps.accept_order(wish)).shown,
    )
    for name in ("acknowledge", "enter_iccid", end):
        first = await STEPS[name](steps, wish.order_id, kind)
        told = await _happened(scene, wish.order_id)
        again = await STEPS[name](steps, wish.order_id, kind)
        assert again == first
        assert await _happened(scene, wish.order_id) == told
        entered = name == "enter_iccid" and kind == "test_instant"
        assert (first.refusal.code if first.refusal else None) == ("iccid_not_entered" if entered else None)
    emails = {"test_instant": (RECEIPT,), "test_gadget": (OWNER, KEEPER)}[kind] if end == "processed" else ()
    assert first.emails == emails
    left = [follow_up.kind for follow_up in first.follow_ups]
    assert left == ([START_LIFE] if (kind, end) == ("test_gadget", "processed") else [])


async def _happened(scene: Scene, order_id: str) -> Counter[str]:
    async with scene.database.reading() as connection:
        seen = await views.order(connection, AllAccounts(), order_id)
    return Counter(event.type for event in seen.events)


@pytest.mark.covers("F46")
async def test_a_gadget_has_one_open_order(open_scene: Scene) -> None:
    scene = open_scene
    what = await a_gadget(scene)
    told = await asyncio.gather(
        *(placing(scene, what, f"cart {number}") for number in range(6)), return_exceptions=True
    )
    assert len([one for one in told if not isinstance(one, Exception)]) == 1
    assert await refused(placing(scene, what)) == ["open_order"]


@pytest.mark.parametrize("many", [8, pytest.param(100, marks=pytest.mark.night)])
async def test_many_orders_without_a_subject_are_open_at_once(open_scene: Scene, many: int) -> None:
    scene = open_scene
    ids = await asyncio.gather(*(placed(scene, Instant(answered=False)) for _ in range(many)))
    rows = await scene.sql("SELECT count(*) FROM orders WHERE status = 'submitted' AND subject IS NULL")
    assert rows[0][0] == len(set(ids)) == many
    more = await asyncio.gather(*(placed(scene, Instant()) for _ in range(many)))
    for order_id in more:
        await scene.ended(order_id)
        assert (await order(scene, order_id)).status is OrderStatus.PROCESSED
    assert len(scene.mailbox.mails) == many


@pytest.mark.covers("F51")
async def test_of_a_cancel_and_a_processed_exactly_one_wins(open_scene: Scene) -> None:
    scene = open_scene
    for number in range(6):
        order_id = await placed(scene, await a_gadget(scene, f"Meter {number}"))
        await comes_to(scene, order_id, "provider_processing")
        calls = [scene.desk.cancel(OPERATOR, order_id), scene.desk.processed(OPERATOR, order_id)]
        told = await asyncio.gather(*calls[:: 1 if number % 2 else -1], return_exceptions=True)
        assert len([one for one in told if isinstance(one, Exception)]) == 1
        await scene.ended(order_id)
        seen = await order(scene, order_id)
        sims = await scene.sql("SELECT state FROM sims WHERE order_id = :order", order=order_id)
        processed = seen.status is OrderStatus.PROCESSED
        assert [row.state for row in sims] == (["active"] if processed else [])
        expected = 1 if processed else 0
        assert await eventually(partial(lives, scene, life_of(order_id)), expected.__eq__) == expected


@pytest.mark.covers("W1")
async def test_an_acceptance_that_is_repeated_while_the_first_is_not_committed_is_answered_alike(
    quiet: Scene,
) -> None:
    """An order without a subject: nothing else makes the second attempt wait for the first."""
    scene = quiet
    asked = await placement(scene, Instant(), "order-dddddddddddddddd")

    async def accepted() -> Acceptance:
        async with scene.database.transaction() as connection:
            return await acceptance.accept(connection, asked)

    async def waiting() -> int:
        blocked = "datname = current_database() AND wait_event_type = 'Lock'"
        return len(await scene.sql(f"SELECT 1 FROM pg_stat_activity WHERE {blocked}"))

    async with scene.database.transaction() as connection:
        first = await acceptance.accept(connection, asked)
        again = asyncio.create_task(accepted())
        await eventually(waiting, bool)
    assert first.accepted
    assert await again == first
    assert await scene.events(first.order_id) == ["order.submitted"]
