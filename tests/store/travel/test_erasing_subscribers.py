"""A subscriber is erased as every person is, unless a plan, an order or a notice needs them."""

import pytest

from models.errors import NotFound, Refused
from starter.people.erasure import erase
from store.session import Database
from tests.builders import OPERATOR, run
from tests.travel_world import ADAM, add_esim_line, add_subscriber, add_travel_plan, assign_plan, travel_world

ROSA = "rosa@home.example"
LEFT = "SELECT name, msisdn, email, language, plan FROM subscribers"


@pytest.mark.covers("W6", "T41")
@pytest.mark.parametrize("who", [ROSA, "Rosa 1", "subscriber:1"])
async def test_a_subscriber_whose_plans_have_ended_is_erased(database: Database, who: str) -> None:
    await travel_world(database)
    subscriber = await add_subscriber(database)
    line = await add_esim_line(database, subscriber)
    await assign_plan(database, line, await add_travel_plan(database))
    await run(database, "UPDATE plan_assignments SET revoked_at = esim_now()")
    who = f"subscriber:{subscriber}" if who.startswith("subscriber") else who
    assert (await erase(OPERATOR, database, who, only_look=True))["subscribers"] == 1
    assert (await erase(OPERATOR, database, who))["subscribers"] == 1
    assert [tuple(row) for row in await run(database, LEFT)] == [
        ("erased", None, None, None, "unlimited_all")
    ]
    with pytest.raises(NotFound):
        await erase(OPERATOR, database, ROSA)


async def test_a_subscriber_who_is_also_a_user_is_one_person(database: Database) -> None:
    await travel_world(database)
    await add_subscriber(database, email=ADAM)
    erased = await erase(OPERATOR, database, ADAM)
    assert (erased["subscribers"], erased["users"]) == (1, 1)


async def test_a_subscriber_whom_a_plan_an_order_or_a_notice_needs_is_not_erased(database: Database) -> None:
    await travel_world(database)
    subscriber = await add_subscriber(database)
    line = await add_esim_line(database, subscriber)
    plan = await add_travel_plan(database)
    await assign_plan(database, line, plan)
    with pytest.raises(Refused, match=f"esim_line:{line}"):
        await erase(OPERATOR, database, ROSA)
    await run(
        database,
        "UPDATE plan_assignments SET started_at = esim_now() - interval '30 days', ends_at = esim_now()",
    )
    await run(
        database,
        "INSERT INTO travel_notices (id, account_id, notice, esim_line_id)"
        " SELECT 'travel-notice-a', account_id, 'not_installed', id FROM esim_lines",
    )
    with pytest.raises(Refused, match="travel-notice-a"):
        await erase(OPERATOR, database, ROSA)
    await run(database, "UPDATE travel_notices SET done_at = esim_now()")
    await run(
        database,
        "INSERT INTO travel_orders (order_id, account_id, subscriber_id, plan_id, profile, line_name)"
        " SELECT order_id, account_id, :subscriber, :plan, 7, 'France' FROM esim_lines",
        subscriber=subscriber,
        plan=plan,
    )
    ((order,),) = await run(
        database, "UPDATE orders SET status = 'submitted' WHERE kind = 'add_line' RETURNING id"
    )
    with pytest.raises(Refused, match=order):
        await erase(OPERATOR, database, ROSA)
    await run(database, "UPDATE orders SET status = 'processed'")
    assert (await erase(OPERATOR, database, ROSA))["subscribers"] == 1
