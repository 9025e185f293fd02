"""Orders that replace the eSIM of a number, in the database: what stops, and what a cancellation leaves."""

import pytest

from models.licences.numbers import ReplaceReason
from models.people.callers import AllAccounts
from store.codes import codes
from store.session import Database
from tests.builders import run
from tests.licences_world import (
    accepted,
    replacement,
)
from tests.store.licences.order_ways import NEW, OLD, assigned, codes_of, due, sims, step, used_by


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
