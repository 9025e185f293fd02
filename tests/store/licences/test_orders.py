"""Orders about a number through all their statuses, in the database: eSIM, licence, follow-ups."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from models.licences.numbers import ReplaceReason
from models.licences.rules import shown_agent
from models.orders.placement import Acceptance, StepResult, mark_of
from models.people.callers import AllAccounts, By
from store.codes import codes
from store.orders import steps, views
from store.session import Database
from tests.builders import ANA, iccid, run
from tests.licences_world import (
    accepted,
    add_agent,
    add_licence,
    add_number,
    assignment,
    licences_world,
    replacement,
)

PROVIDER = By("operator")
OLD, NEW = iccid(501), iccid(502)


@pytest.fixture
async def number(database: Database) -> int:
    """Gina's number in a world without a licence."""
    await licences_world(database)
    return await add_number(database, 1, await add_agent(database))


async def sims(database: Database) -> list[tuple[str, str | None, str | None]]:
    """State, ICCID and holder of the eSIMs that orders of numbers brought, oldest first."""
    rows = await run(
        database,
        "SELECT sims.state, sims.iccid, sims.holder FROM sims JOIN licence_orders USING (order_id)"
        " ORDER BY sims.id",
    )
    return [tuple(row) for row in rows]


async def used_by(database: Database, licence_id: int) -> int | None:
    (row,) = await run(database, "SELECT number_id FROM licences WHERE id = :id", id=licence_id)
    return row.number_id  # type: ignore[no-any-return]


async def due(database: Database, order_id: str) -> list[str]:
    rows = await run(database, "SELECT kind FROM follow_ups WHERE order_id = :id ORDER BY id", id=order_id)
    return [row.kind for row in rows if row.kind not in ("send_email", "withdraw_from_provider")]


async def step(database: Database, name: str, order: Acceptance, *more: Any) -> StepResult:
    async with database.transaction() as connection:
        return await getattr(steps, name)(connection, order.order_id, PROVIDER, *more)  # type: ignore[no-any-return]


async def assigned(database: Database, number_id: int, esim: str = OLD) -> int:
    """Assign a new licence to the number, up to processed; the licence's id."""
    licence = await add_licence(database)
    order = await accepted(database, await assignment(database, number_id, licence))
    assert order.accepted, order.refusals
    await step(database, "acknowledge", order)
    assert (await step(database, "complete", order, esim, "test")).refusal is None
    return licence


def codes_of(order: Acceptance) -> Sequence[str]:
    return [refusal.code for refusal in order.refusals]


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


@pytest.mark.covers("L29")
async def test_for_a_new_phone_the_old_esim_stops_when_the_new_one_is_processed(
    database: Database, number: int
) -> None:
    licence = await assigned(database, number)
    order = await accepted(database, await replacement(database, number))
    assert order.accepted
    await step(database, "acknowledge", order, NEW)
    assert [state for state, *_ in await sims(database)] == ["active", "temporary"]
    assert (await step(database, "complete", order, None, "test")).refusal is None
    assert await sims(database) == [("discarded", OLD, None), ("active", NEW, f"number:{number}")]
    assert await used_by(database, licence) == number
    left = await due(database, order.order_id)
    assert left == ["request_code", "continue_waiting"], "the provider need not be asked"


@pytest.mark.covers("L29")
async def test_a_cancelled_replacement_for_a_new_phone_keeps_esim_and_licence(
    database: Database, number: int
) -> None:
    licence = await assigned(database, number)
    order = await accepted(database, await replacement(database, number))
    await step(database, "acknowledge", order, NEW)
    await step(database, "cancel", order)
    assert await sims(database) == [("active", OLD, f"number:{number}")]
    assert await used_by(database, licence) == number


@pytest.mark.covers("L30")
@pytest.mark.parametrize("reason", [ReplaceReason.LOST, ReplaceReason.STOLEN])
async def test_the_esim_of_a_lost_phone_stops_with_the_order_and_its_provider_is_to_be_notified(
    database: Database, number: int, reason: ReplaceReason
) -> None:
    licence = await assigned(database, number)
    asked = await replacement(database, number, reason)
    for _ in range(2):
        assert (await accepted(database, asked)).accepted
    assert await sims(database) == [("discarded", OLD, None)]
    (change,) = await run(database, "SELECT * FROM number_changes")
    assert (change.change, change.notice, change.changed) == ("stop_esim", "stop", True)
    assert change.applied_at is not None
    assert change.notified_at is None
    rows = await run(database, "SELECT kind, target FROM follow_ups WHERE kind = 'start_number_change'")
    assert [tuple(row) for row in rows] == [("start_number_change", change.id)]
    await step(database, "acknowledge", await accepted(database, asked), NEW)
    assert (await step(database, "complete", await accepted(database, asked), None, "x")).refusal is None
    assert await sims(database) == [("discarded", OLD, None), ("active", NEW, f"number:{number}")]
    assert await used_by(database, licence) == number


@pytest.mark.covers("L30", "L24")
async def test_a_cancelled_replacement_of_a_lost_phone_leaves_no_esim_and_the_licence_free(
    database: Database, number: int
) -> None:
    licence = await assigned(database, number)
    order = await accepted(database, await replacement(database, number, ReplaceReason.LOST))
    await step(database, "acknowledge", order, NEW)
    await step(database, "cancel", order)
    assert await sims(database) == [("discarded", OLD, None)]
    assert await used_by(database, licence) is None


@pytest.mark.covers("L30")
async def test_a_refused_replacement_says_that_the_esim_still_works(database: Database, number: int) -> None:
    await assigned(database, number)
    assert (await accepted(database, await replacement(database, number))).accepted
    refused = await accepted(database, await replacement(database, number, ReplaceReason.LOST))
    assert codes_of(refused) == ["number_open_order", "esim_not_stopped"]
    assert await sims(database) == [("active", OLD, f"number:{number}")]
    assert await run(database, "SELECT * FROM number_changes") == []


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


@pytest.mark.covers("L25")
async def test_a_replaced_esim_ends_its_request_and_shows_nothing_any_more(
    database: Database, number: int
) -> None:
    await assigned(database, number)
    (sim,) = await run(database, "SELECT id, account_id FROM sims WHERE iccid = :iccid", iccid=OLD)
    await run(
        database,
        "INSERT INTO qr_requests (id, account_id, sim_id, requested_by, status)"
        " SELECT 'qr-request-aaaaaaaaaaaaaaaa', account_id, :sim, min(id), 'requested' FROM users GROUP BY 2",
        sim=sim.id,
    )
    order = await accepted(database, await replacement(database, number))
    await step(database, "acknowledge", order, NEW)
    await step(database, "complete", order, None, "test")
    assert await due(database, order.order_id) == ["request_code", "continue_waiting", "look_at_request"]
    async with database.reading() as connection:
        history = await codes.history(connection, AllAccounts(), sim.id)
    assert [request.status for request in history.requests] == ["sim_discarded"]


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
