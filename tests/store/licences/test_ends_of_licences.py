"""A licence that was given back ends: its eSIM stops on the day after, with what is open about it."""

from datetime import timedelta
from typing import Any

import pytest

from models.licences.numbers import Change
from store.session import Database
from tests.builders import run
from tests.licences_world import (
    accepted,
    replacement,
)
from tests.store.licences.number_ways import account, apply, asked, ends
from tests.store.licences.order_ways import assigned, sim_states, used_by


async def due_change(database: Database, number_id: int, days: int) -> Any:
    """The row of a change that an order has recorded: the eSIM stops so many days after today."""
    asking = await asked(database, number_id, Change.STOP_ESIM)
    await run(
        database,
        "INSERT INTO number_changes (id, account_id, number_id, change, due_on, actor) VALUES (:id, :account,"
        " :number, 'stop_esim', (timezone('Europe/Paris', esim_now()))::date + CAST(:days AS integer),"
        " 'system')",
        id=asking.change_id,
        account=await account(database),
        number=number_id,
        days=days,
    )
    return asking


@pytest.mark.covers("L32", "L33")
@pytest.mark.parametrize("bought_again", [False, True])
async def test_the_esim_of_a_licence_that_was_given_back_stops_on_the_day_after_its_end(
    database: Database, number: int, *, bought_again: bool
) -> None:
    licence = await assigned(database, number)
    await ends(database, licence, 1)
    asking = await due_change(database, number, 2)
    waits = await apply(database, asking)
    assert waits.due_in is not None
    assert timedelta(days=1) < waits.due_in <= timedelta(days=2)
    assert await sim_states(database) == ["active"]
    await run(database, "UPDATE number_changes SET due_on = due_on - 2")
    await ends(database, licence, -1)
    if bought_again:
        await run(database, "UPDATE licences SET usable_until = NULL")
    result = await apply(database, asking)
    assert (result.changed, result.esim_stopped, result.due_in) == (not bought_again, not bought_again, None)
    assert await sim_states(database) == ["active" if bought_again else "discarded"]
    assert await used_by(database, licence) == (number if bought_again else None)
    assert await apply(database, asking) == result


@pytest.mark.covers("L32")
async def test_the_end_of_a_licence_cancels_the_replacement_of_its_esim(
    database: Database, number: int
) -> None:
    licence = await assigned(database, number)
    order = await accepted(database, await replacement(database, number))
    await ends(database, licence, -1)
    result = await apply(database, await due_change(database, number, 0))
    assert (result.changed, result.cancelled_order) == (True, order.order_id)
    assert (await sim_states(database), await used_by(database, licence)) == (["discarded"], None)
