"""What is left of an eSIM that has stopped: its order, licence and notices, and what waited because of it."""

import pytest

from models.licences.numbers import Change, Notice, ReplaceReason
from models.orders.lifecycle import HoldReason, OrderStatus
from store.licences import change_rows, waiting
from store.operations import holds
from store.session import Database
from tests.builders import run
from tests.licences_world import (
    ADAM,
    accepted,
    add_agent,
    add_licence,
    add_number,
    assignment,
    replacement,
)
from tests.store.licences.number_ways import apply, asked, change, ends, history, seen, user
from tests.store.licences.order_ways import NEW, OLD, assigned, codes_of, sims, step, used_by


async def stopped_for_replacement(database: Database, number: int, key: str = "lost") -> str | None:
    """Adam reports the phone as lost; the order that this cancelled."""
    adam = await user(database, ADAM)
    result = await change(database, number, Change.STOP_ESIM, key, keeps_licence=True, actor=adam)
    assert result.refusals == ()
    return result.cancelled_order


@pytest.mark.covers("L30")
async def test_of_a_lost_phone_the_esim_stops_and_its_replacement_for_a_new_one_is_cancelled(
    database: Database, number: int
) -> None:
    licence = await assigned(database, number)
    order = await accepted(database, await replacement(database, number))
    await step(database, "acknowledge", order, NEW)
    assert await stopped_for_replacement(database, number) == order.order_id
    assert await sims(database) == [("discarded", OLD, None)]
    assert await used_by(database, licence) == number, "the licence is kept for the replacement"
    again = await accepted(database, await replacement(database, number, ReplaceReason.LOST))
    assert again.accepted, again.refusals
    (row,) = await run(
        database,
        "SELECT sims.iccid FROM licence_orders JOIN sims ON sims.id = replaced_sim_id"
        " WHERE licence_orders.order_id = :id",
        id=again.order_id,
    )
    assert row.iccid == OLD, "the order says which eSIM it replaces"
    await step(database, "acknowledge", again, NEW)
    assert (await step(database, "complete", again, None, "test")).refusal is None
    assert await used_by(database, licence) == number


@pytest.mark.covers("L30", "L39")
async def test_the_esim_of_a_suspended_number_can_be_stopped_and_its_licence_stays(
    database: Database, number: int
) -> None:
    licence = await assigned(database, number)
    await run(database, "UPDATE numbers SET suspended_at = esim_now()")
    await run(database, "UPDATE sims SET state = 'suspended' WHERE iccid = :iccid", iccid=OLD)
    refused = await accepted(database, await replacement(database, number, ReplaceReason.STOLEN))
    assert codes_of(refused) == ["number_suspended", "esim_not_stopped"]
    await stopped_for_replacement(database, number)
    assert ([state for state, *_ in await sims(database)], await used_by(database, licence)) == (
        ["discarded"],
        number,
    )
    refused = await accepted(database, await replacement(database, number, ReplaceReason.STOLEN))
    assert codes_of(refused) == ["number_suspended"]


@pytest.mark.covers("L30")
async def test_without_an_esim_in_place_an_open_order_is_not_cancelled_for_a_replacement(
    database: Database, number: int
) -> None:
    order = await accepted(database, await assignment(database, number, await add_licence(database)))
    assert await stopped_for_replacement(database, number) is None
    assert await run(database, "SELECT status FROM orders") == [(OrderStatus.SUBMITTED,)]
    stopped = await change(database, number, Change.STOP_ESIM)
    assert stopped.cancelled_order == order.order_id, "but it is where nothing is to follow"


@pytest.mark.covers("L30", "L19")
async def test_a_licence_that_a_number_has_kept_can_be_assigned_to_it_or_given_up(
    database: Database, number: int
) -> None:
    licence = await assigned(database, number)
    await stopped_for_replacement(database, number)
    other = await add_number(database, 2, await add_agent(database, "Theo", "theo@acme.example"))
    refused = await accepted(database, await assignment(database, other, licence))
    assert codes_of(refused) == ["licence_in_use"]
    order = await accepted(database, await assignment(database, number, licence))
    assert order.accepted, order.refusals
    await step(database, "acknowledge", order, NEW)
    await step(database, "complete", order, None, "test")
    await stopped_for_replacement(database, number, "again")
    assert await used_by(database, licence) == number
    await change(database, number, Change.STOP_ESIM)
    assert await used_by(database, licence) is None


@pytest.mark.covers("L15", "L30")
async def test_the_distributor_of_the_esim_is_asked_to_stop_it_whoever_serves_the_number_now(
    database: Database, number: int
) -> None:
    await assigned(database, number)
    stop = await asked(database, number, Change.CHANGE_USER)
    assert (await apply(database, stop)).notice is Notice.STOP
    await run(
        database,
        "WITH other AS (INSERT INTO distributors (account_id, name)"
        " SELECT account_id, 'Other' FROM numbers RETURNING id),"
        " vendor AS (INSERT INTO providers (name) VALUES ('Bouygues') RETURNING id)"
        " UPDATE numbers SET distributor_id = other.id, provider_id = vendor.id FROM other, vendor",
    )
    async with database.reading() as connection:
        notice = await change_rows.notice(connection, stop.change_id)
        found = await change_rows.find(connection, stop.change_id)
    assert notice is not None
    assert ([who.email for who in notice.contacts], notice.provider) == (["orders@telvia.example"], "Orange")
    assert found is not None
    assert (found.provider, found.distributor) == ("Orange", "Telvia")


@pytest.mark.covers("L15", "L27")
@pytest.mark.parametrize("what", [Change.CHANGE_USER, Change.DELETE, None])
async def test_what_waited_for_the_agent_does_not_wait_any_more_once_the_esim_has_ended(
    database: Database, number: int, what: Change | None
) -> None:
    await assigned(database, number)
    (due,) = await run(
        database, "SELECT id, order_id FROM follow_ups WHERE kind = 'request_code' AND done_at IS NULL"
    )
    other = "follow_up:0"
    async with database.transaction() as connection:
        for name in (f"follow_up:{due.id}", other):
            await holds.hold(connection, due.order_id, name, HoldReason.NO_AGENT_ADDRESS)
    if what is not None:
        await change(database, number, what)
    else:
        order = await accepted(database, await replacement(database, number))
        await step(database, "acknowledge", order, NEW)
        assert (await step(database, "complete", order, None, "test")).refusal is None
    assert await run(database, "SELECT step FROM holds") == [(other,)], "which is held for something else"
    released = await run(database, "SELECT actor FROM events WHERE type = 'order.released'")
    assert [event.actor for event in released] == ["system"]
    (sim,) = await run(database, "SELECT id FROM sims WHERE iccid = :iccid", iccid=OLD)
    async with database.reading() as connection:
        assert due.order_id in await waiting.workflows_of(connection, sim.id, but="")


@pytest.mark.covers("L32")
async def test_the_end_of_a_given_back_licence_ends_an_order_that_is_still_open_then(
    database: Database, number: int
) -> None:
    licence = await add_licence(database)
    await ends(database, licence, 1)
    order = await accepted(database, await assignment(database, number, licence))
    await step(database, "acknowledge", order, OLD)
    (end,) = await run(database, "SELECT id FROM number_changes")
    ending = (await asked(database, number, Change.STOP_ESIM)).model_copy(update={"change_id": end.id})
    assert (await apply(database, ending)).due_in is not None
    await ends(database, licence, -1)
    await run(database, "UPDATE number_changes SET due_on = due_on - 2")
    result = await apply(database, ending)
    assert (result.changed, result.cancelled_order) == (True, order.order_id)
    assert (await sims(database), await used_by(database, licence)) == ([], None)


@pytest.mark.covers("L39")
async def test_a_suspension_needs_a_reason(database: Database, number: int) -> None:
    refused = await change(database, number, Change.SUSPEND)
    assert [reason.code for reason in refused.refusals] == ["reason_needed"]
    assert not (await seen(database, number))["suspended"]
    assert await history(database, number) == []
