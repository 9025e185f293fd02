"""Orders about a number through all their statuses, in the database: eSIM, licence, follow-ups."""

from datetime import date

import pytest

from models.licences.numbers import ReplaceReason
from models.licences.rules import shown_agent
from models.orders.placement import mark_of
from models.people.callers import AllAccounts
from store.orders import views
from store.session import Database
from tests.builders import ANA, iccid, run
from tests.licences_world import (
    accepted,
    add_agent,
    add_licence,
    add_number,
    assignment,
    replacement,
)
from tests.store.licences.order_ways import NEW, OLD, assigned, codes_of, due, sims, step, used_by


@pytest.mark.covers("L4", "L7", "L8", "L9")
async def test_a_licence_is_in_use_when_ordered_and_its_esim_active_when_processed(
    database: Database, number: int
) -> None:
    licence = await add_licence(database)
    order = await accepted(database, await assignment(database, number, licence))
    assert order.accepted
    assert (await used_by(database, licence), await sims(database)) == (number, [])
    await step(database, "acknowledge", order)
    assert await sims(database) == [("temporary", None, f"number:{number}")]
    await step(database, "enter_iccid", order, OLD)
    assert await sims(database) == [("temporary", OLD, f"number:{number}")]
    await step(database, "enter_iccid", order, NEW)
    done = [await step(database, "complete", order, None, "test") for _ in range(2)]
    assert [one.refusal for one in done] == [None, None]
    assert await sims(database) == [("active", NEW, f"number:{number}")]
    assert await used_by(database, licence) == number
    assert await due(database, order.order_id) == ["request_code"]


@pytest.mark.covers("L4", "L7")
async def test_an_order_names_its_number_licence_and_distributor(database: Database, number: int) -> None:
    order = await accepted(database, await assignment(database, number, await add_licence(database)))
    async with database.reading() as connection:
        seen = await views.order(connection, AllAccounts(), order.order_id)
    assert (seen.title, seen.provider, seen.distributor) == ("+33612000001", "Orange", "Telvia")
    assert seen.details is not None
    facts = {name: value for name, value in seen.details.facts() if value}
    assert facts == {"number": "N-1 +33612000001", "licence": "LI-1 Voice+SMS+Data", "agent": "AG-1"}
    assert "Gina" not in seen.model_dump_json()


@pytest.mark.covers("L4", "L24")
@pytest.mark.parametrize("acknowledged", [False, True])
async def test_a_cancelled_assignment_leaves_no_esim_and_the_licence_free(
    database: Database, number: int, *, acknowledged: bool
) -> None:
    licence = await add_licence(database)
    order = await accepted(database, await assignment(database, number, licence))
    if acknowledged:
        await step(database, "acknowledge", order, OLD)
    for _ in range(2):
        assert (await step(database, "cancel", order)).refusal is None
    assert (await used_by(database, licence), await sims(database)) == (None, [])
    again = await accepted(database, await assignment(database, number, licence))
    assert again.accepted, "nothing of the cancelled order is in the way"


@pytest.mark.covers("L19", "L28")
async def test_a_licence_in_use_is_refused_and_the_number_named_by_reference(
    database: Database, number: int
) -> None:
    licence = await add_licence(database)
    other = await add_number(database, 2, await add_agent(database, "Theo", "theo@acme.example"))
    assert (await accepted(database, await assignment(database, number, licence))).accepted
    refused = await accepted(database, await assignment(database, other, licence))
    assert [reason.model_dump() for reason in refused.refusals] == [
        {"code": "licence_in_use", "parameters": {"number": f"N-{number}"}}
    ]


@pytest.mark.covers("L20", "L12")
async def test_a_number_with_an_esim_or_an_open_order_gets_no_other(database: Database, number: int) -> None:
    first = await accepted(database, await assignment(database, number, await add_licence(database)))
    refused = await accepted(database, await assignment(database, number, await add_licence(database)))
    assert [reason.parameters for reason in refused.refusals] == [{"order": first.order_id}]
    await step(database, "acknowledge", first, OLD)
    await step(database, "complete", first, None, "test")
    refused = await accepted(database, await assignment(database, number, await add_licence(database)))
    assert codes_of(refused) == ["number_has_esim"]
    unconfirmed = await add_agent(database, "Theo", "theo@acme.example", phone_confirmed=False)
    theirs = await add_number(database, 2, unconfirmed)
    refused = await accepted(database, await assignment(database, theirs, await add_licence(database)))
    assert codes_of(refused) == ["phone_unconfirmed"]


@pytest.mark.covers("L21")
async def test_who_may_not_assign_is_refused(database: Database, number: int) -> None:
    order = await assignment(database, number, await add_licence(database), user=ANA)
    assert codes_of(await accepted(database, order)) == ["not_permitted"]


@pytest.mark.covers("L17")
@pytest.mark.parametrize(
    "changed", ["agent_id = NULL", "suspended_at = esim_now()", "agent_id = NULL, deleted_at = esim_now()"]
)
async def test_an_order_is_not_finished_for_another_agent_than_it_was_placed_for(
    database: Database, number: int, changed: str
) -> None:
    order = await accepted(database, await assignment(database, number, await add_licence(database)))
    await step(database, "acknowledge", order, OLD)
    await run(database, f"UPDATE numbers SET {changed}")  # as no desk of ours can
    refusal = (await step(database, "complete", order, None, "test")).refusal
    assert refusal is not None
    assert refusal.code == "number_changed"
    assert (await step(database, "cancel", order)).refusal is None


async def test_an_iccid_of_another_sim_is_refused_at_every_step(database: Database, number: int) -> None:
    order = await accepted(database, await assignment(database, number, await add_licence(database)))
    taken = [await step(database, "acknowledge", order, iccid(1))]
    await step(database, "acknowledge", order)
    unknown = await step(database, "complete", order, None, "test")
    taken += [await step(database, "enter_iccid", order, iccid(1))]
    taken += [await step(database, "complete", order, iccid(1), "test")]
    assert [one.refusal and one.refusal.code for one in taken] == ["iccid_in_use"] * 3
    assert unknown.refusal is not None
    assert unknown.refusal.code == "iccid_unknown"


@pytest.mark.covers("L32")
async def test_the_esim_of_a_licence_that_was_given_back_is_to_stop_after_its_last_day(
    database: Database, number: int
) -> None:
    licence = await add_licence(database)
    await run(database, "UPDATE licences SET usable_until = '2100-01-31'")
    order = await accepted(database, await assignment(database, number, licence))
    await step(database, "acknowledge", order, OLD)
    await step(database, "complete", order, None, "test")
    (change,) = await run(database, "SELECT * FROM number_changes")
    assert (change.change, change.due_on, change.applied_at) == ("stop_esim", date(2100, 2, 1), None)
    assert await due(database, order.order_id) == ["start_number_change", "request_code"]


@pytest.mark.covers("L12", "L30")
@pytest.mark.parametrize("reason", [None, ReplaceReason.NEW_PHONE, ReplaceReason.STOLEN])
async def test_an_order_that_was_meant_for_another_agent_is_refused(
    database: Database, number: int, reason: ReplaceReason | None
) -> None:
    (gina,) = await run(database, "SELECT id FROM agents")
    hugo = await add_agent(database, "Hugo", "hugo@acme.example")
    if reason is None:
        placement = await assignment(database, number, await add_licence(database))
    else:
        await assigned(database, number)
        placement = await replacement(database, number, reason)
    meant = placement.model_copy(update={"shown": mark_of(shown_agent(gina.id))})
    used_by = "UPDATE numbers SET agent_id = :agent"
    await run(database, used_by, agent=hugo)
    before = await sims(database)
    assert [reason.code for reason in (await accepted(database, meant)).refusals] == ["agent_changed"]
    assert await sims(database) == before, "nor is an eSIM stopped"
    await run(database, used_by, agent=gina.id)
    assert (await accepted(database, meant)).accepted, "as it was shown, under the same key"
    await run(database, used_by, agent=hugo)
    assert (await accepted(database, meant)).accepted, "it was accepted before"
