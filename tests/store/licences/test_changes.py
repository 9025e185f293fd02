"""Changes of a number in the database: what ends with them, what is refused, and what a repeat answers."""

from datetime import timedelta
from typing import Any

import pytest

from models.licences.numbers import Change, Notice
from models.licences.rules import shown_agent
from models.orders.lifecycle import OrderStatus
from models.orders.placement import mark_of
from store.session import Database
from tests.builders import ANA, run
from tests.licences_world import (
    ADAM,
    accepted,
    add_agent,
    add_licence,
    assignment,
    replacement,
)
from tests.store.licences.number_ways import KEPT, apply, asked, change, history, seen, user
from tests.store.licences.order_ways import OLD, assigned, sim_states, sims, step, used_by

ENDING = [Change.CHANGE_USER, Change.DELETE, Change.STOP_ESIM]


async def codes(database: Database, number_id: int, what: Change, key: str = "key", **more: Any) -> list[str]:
    """The codes of the reasons why this change is refused."""
    return [reason.code for reason in (await change(database, number_id, what, key, **more)).refusals]


@pytest.mark.covers("L13", "L15", "L16", "L24")
@pytest.mark.parametrize("what", ENDING)
async def test_the_esim_stops_and_the_licence_is_free_at_once(
    database: Database, number: int, what: Change
) -> None:
    licence = await assigned(database, number)
    result = await change(database, number, what, actor=await user(database, ADAM))
    assert (result.changed, result.esim_stopped, result.notice) == (True, True, Notice.STOP)
    assert await sims(database) == [("discarded", OLD, None)]
    assert await used_by(database, licence) is None
    orders = await run(database, "SELECT id FROM orders")
    assert len(orders) == 1, "nothing new is assigned"
    assert "sim.discarded" in await history(database, number)


@pytest.mark.covers("L15", "L26", "L38")
async def test_only_another_user_ends_the_esim(database: Database, number: int) -> None:
    gina, theo = (
        (await seen(database, number))["agent_id"],
        await add_agent(database, "Theo", "theo@a.example"),
    )
    licence = await assigned(database, number)
    same = await change(database, number, Change.CHANGE_USER, agent_id=gina)
    assert (same.changed, same.notice) == (False, None)
    assert (await sim_states(database), await used_by(database, licence)) == (["active"], number)
    assert await history(database, number) == []
    other = await change(database, number, Change.CHANGE_USER, "other", agent_id=theo)
    assert (other.changed, other.esim_stopped) == (True, True)
    assert (await seen(database, number))["agent_id"] == theo
    unused = await change(database, number, Change.CHANGE_USER, "none")
    assert (unused.changed, unused.notice) == (True, None)
    assert (await seen(database, number))["agent_id"] is None


@pytest.mark.covers("L23", "L24")
@pytest.mark.parametrize("what", ENDING)
@pytest.mark.parametrize("acknowledged", [False, True])
async def test_the_open_order_is_cancelled_with_its_temporary_esim(
    database: Database, number: int, what: Change, *, acknowledged: bool
) -> None:
    licence = await add_licence(database)
    order = await accepted(database, await assignment(database, number, licence))
    if acknowledged:
        await step(database, "acknowledge", order)
    result = await change(database, number, what, actor=await user(database, ADAM))
    assert (result.changed, result.cancelled_order, result.notice) == (True, order.order_id, None)
    late = await step(database, "complete", order, OLD, "late")
    assert late.state.status is OrderStatus.CANCELLED
    assert (await sims(database), await used_by(database, licence)) == ([], None)


@pytest.mark.covers("L23", "L25", "L30")
async def test_a_replacement_and_the_esim_that_it_replaces_both_end(database: Database, number: int) -> None:
    licence = await assigned(database, number)
    order = await accepted(database, await replacement(database, number))
    await step(database, "acknowledge", order)
    result = await change(database, number, Change.DELETE)
    assert (result.cancelled_order, result.esim_stopped) == (order.order_id, True)
    assert await sim_states(database) == ["discarded"]
    assert await used_by(database, licence) is None


@pytest.mark.covers("L13", "L14")
async def test_a_recovered_number_has_neither_agent_nor_esim(database: Database, number: int) -> None:
    licence = await assigned(database, number)
    assert (await change(database, number, Change.DELETE)).changed
    assert not (await change(database, number, Change.DELETE, "again")).changed
    assert await codes(database, number, Change.RESUME) == ["number_deleted"]
    assert (await change(database, number, Change.RECOVER)).changed
    assert not (await change(database, number, Change.RECOVER, "again")).changed
    now = await seen(database, number)
    assert (now["deleted"], now["agent_id"]) == (False, None)
    assert (await sim_states(database), await used_by(database, licence)) == (["discarded"], None)
    gina = (await run(database, "SELECT id FROM agents"))[0].id
    await change(database, number, Change.CHANGE_USER, agent_id=gina)
    again = await accepted(database, await assignment(database, number, licence))
    assert again.accepted, again.refusals


@pytest.mark.covers("L13")
async def test_a_number_that_was_deleted_too_long_ago_stays_so(database: Database, number: int) -> None:
    await change(database, number, Change.DELETE)
    await run(
        database,
        "UPDATE numbers SET deleted_at = esim_now() - CAST(:kept AS interval)",
        kept=KEPT + timedelta(seconds=1),
    )
    assert await codes(database, number, Change.RECOVER) == ["number_gone"]


@pytest.mark.covers("L39")
async def test_a_suspended_number_keeps_its_licence_and_can_be_resumed(
    database: Database, number: int
) -> None:
    licence = await assigned(database, number)
    suspend = await asked(database, number, Change.SUSPEND)
    note = await run(
        database,
        "INSERT INTO order_notes (account_id, order_id, text) VALUES (:account, :id, 'Lost at sea')"
        " RETURNING id",
        account=suspend.account_id,
        id=suspend.change_id,
    )
    suspend = suspend.model_copy(update={"note_id": note[0].id})
    suspended = await apply(database, suspend)
    assert (suspended.changed, suspended.notice) == (True, Notice.SUSPEND)
    now = await seen(database, number)
    assert (now["suspended"], now["suspended_for"]) == (True, "Lost at sea")
    assert (await sim_states(database), await used_by(database, licence)) == (["suspended"], number)
    assert not (await change(database, number, Change.SUSPEND, "again")).changed
    resumed = await change(database, number, Change.RESUME)
    assert (resumed.changed, resumed.notice) == (True, Notice.RESUME)
    assert (await seen(database, number))["suspended_for"] is None
    assert await sim_states(database) == ["active"]
    assert not (await change(database, number, Change.RESUME, "again")).changed


@pytest.mark.covers("L39")
async def test_a_number_with_an_open_order_is_not_suspended(database: Database, number: int) -> None:
    await accepted(database, await assignment(database, number, await add_licence(database)))
    assert await codes(database, number, Change.SUSPEND) == ["number_open_order", "reason_needed"]


@pytest.mark.covers("L22")
async def test_a_number_with_an_esim_stays_direct(database: Database, number: int) -> None:
    await assigned(database, number)
    assert await codes(database, number, Change.MAKE_SHARED) == ["number_has_esim"]
    assert (await seen(database, number))["line_type"] == "direct"
    await change(database, number, Change.STOP_ESIM)
    assert (await change(database, number, Change.MAKE_SHARED, "later")).changed
    assert not (await change(database, number, Change.MAKE_SHARED, "again")).changed
    assert (await change(database, number, Change.MAKE_DIRECT)).changed


@pytest.mark.covers("L15", "L21")
async def test_who_may_not_change_a_number_changes_nothing(database: Database, number: int) -> None:
    ana = await user(database, ANA)
    assert await codes(database, number, Change.DELETE, actor=ana) == ["not_permitted"]
    assert await codes(database, number, Change.DELETE, actor="user:999") == ["unknown_actor"]
    assert await codes(database, number + 1, Change.DELETE) == ["unknown_number"]
    assert await codes(database, number, Change.CHANGE_USER, agent_id=999) == ["unknown_agent"]
    gone = await add_agent(database, "Theo", "theo@acme.example")
    await run(database, "UPDATE agents SET deactivated_at = esim_now() WHERE id = :id", id=gone)
    assert await codes(database, number, Change.CHANGE_USER, agent_id=gone) == ["agent_deactivated"]
    assert await codes(database, number, Change.SUSPEND, note_id=999) == ["unknown_note"]
    assert await history(database, number) == []
    assert await run(database, "SELECT 1 FROM number_changes") == []


@pytest.mark.covers("L15", "L26")
@pytest.mark.parametrize("what", list(Change))
async def test_a_repeat_answers_the_same_and_changes_nothing(
    database: Database, number: int, what: Change
) -> None:
    await assigned(database, number)
    await accepted(database, await replacement(database, number))
    asking = await asked(database, number, what)
    first = await apply(database, asking)
    before = (await history(database, number), await seen(database, number))
    assert await apply(database, asking) == first
    assert (await history(database, number), await seen(database, number)) == before
    if not first.refusals:
        other = await asked(database, number, what, agent_id=await add_agent(database, "Z", "z@acme.example"))
        assert [reason.code for reason in (await apply(database, other)).refusals] == ["key_used_for_change"]


@pytest.mark.covers("L15")
async def test_a_refused_change_leaves_its_key_free(database: Database, number: int) -> None:
    gina = (await seen(database, number))["agent_id"]
    await change(database, number, Change.DELETE)
    asking = await asked(database, number, Change.CHANGE_USER, agent_id=gina)
    assert [reason.code for reason in (await apply(database, asking)).refusals] == ["number_deleted"]
    await change(database, number, Change.RECOVER)
    assert (await apply(database, asking)).changed


USED_BY = "UPDATE numbers SET agent_id = :agent WHERE id = :number"


@pytest.mark.covers("L12", "L15", "L30")
@pytest.mark.parametrize("what", ENDING)
async def test_a_change_that_was_meant_for_another_agent_changes_nothing(
    database: Database, number: int, what: Change
) -> None:
    gina, hugo = (await seen(database, number))["agent_id"], await add_agent(database, "Hugo", "h@a.example")
    await assigned(database, number)
    meant = await asked(database, number, what, shown=mark_of(shown_agent(gina)))
    await run(database, USED_BY, agent=hugo, number=number)
    assert [reason.code for reason in (await apply(database, meant)).refusals] == ["agent_changed"]
    assert (await sim_states(database), await history(database, number)) == (["active"], [])
    await run(database, USED_BY, agent=gina, number=number)
    assert (await apply(database, meant)).changed, "as it was shown, under the same key"
    if what is not Change.DELETE:
        await run(database, USED_BY, agent=hugo, number=number)
    assert (await apply(database, meant)).changed, "it was made before"


@pytest.mark.covers("L15", "L26")
async def test_what_is_so_already_is_not_refused_for_its_agent(database: Database, number: int) -> None:
    before = mark_of(shown_agent((await seen(database, number))["agent_id"]))
    theo = await add_agent(database, "Theo", "theo@a.example")
    first = await change(database, number, Change.CHANGE_USER, agent_id=theo, shown=before)
    again = await change(database, number, Change.CHANGE_USER, "again", agent_id=theo, shown=before)
    assert (first.changed, again.changed, again.refusals) == (True, False, ())
