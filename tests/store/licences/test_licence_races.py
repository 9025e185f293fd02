"""A licence that two transactions want at once: two orders for it, or an order and its being given back."""

from typing import Any

import pytest
from sqlalchemy import make_url

from models.errors import Refused
from models.licences.licence_views import LicenceStatus, LicenceView
from models.orders.placement import Acceptance
from sandbox.postgres import ThrowAwayPostgres
from store.session import Database
from tests.builders import run
from tests.licences_world import (
    ADAM,
    OLGA,
    accepted,
    add_agent,
    add_licence,
    add_number,
    assignment,
    licences_world,
)
from tests.server_log import ServerLog
from tests.starter.licences.shop import DATA, shop
from tests.store.licences.order_ways import OLD, codes_of, step, used_by
from tests.store.licences.races import BILLING, HELD, HOLDERS, TURNS, at_once, holder


@pytest.fixture
def log(postgres: ThrowAwayPostgres) -> ServerLog:
    return ServerLog(postgres)


@pytest.fixture(autouse=True)
async def circles_are_seen_at_once(database_url: str, database: Database) -> None:
    await run(database, f"ALTER DATABASE {make_url(database_url).database} SET deadlock_timeout = '100ms'")


@pytest.mark.covers("L19", "L28")
@HELD
@pytest.mark.parametrize("turn", TURNS)
async def test_of_two_orders_at_once_for_one_licence_exactly_one_is_accepted(
    database: Database, log: ServerLog, turn: int, *, held: bool
) -> None:
    await licences_world(database)
    gina, theo = await add_agent(database), await add_agent(database, "Theo", "theo@acme.example")
    numbers = [await add_number(database, 1, gina), await add_number(database, 2, theo)]
    licence = await add_licence(database)
    asked = [
        await assignment(database, number, licence, user=user)
        for number, user in zip(numbers, (ADAM, OLGA), strict=True)
    ]
    orders: list[Acceptance] = await at_once(
        database, holder(turn, held), *(accepted(database, one) for one in asked), late=bool(turn % 2)
    )
    assert sorted(order.accepted for order in orders) == [False, True]
    (won,) = [number for number, order in zip(numbers, orders, strict=True) if order.accepted]
    (lost,) = [order for order in orders if not order.accepted]
    assert codes_of(lost) == ["licence_in_use"]
    assert lost.refusals[0].parameters == {"number": f"N-{won}"}, "the loser learns which"
    assert await used_by(database, licence) == won
    assert log.circles() == 0


OF_GIVING_BACK = (HOLDERS["number"], HOLDERS["licence"], BILLING)


@pytest.mark.covers("L32")
@HELD
@pytest.mark.parametrize("turn", TURNS)
async def test_of_give_back_and_an_accepted_order_the_later_one_sees_the_earlier(
    database: Database, log: ServerLog, turn: int, *, held: bool
) -> None:
    acme = await shop(database)
    await acme.buy(1)
    number = await add_number(database, 1, await add_agent(database))
    what: dict[str, Any] = {"licence": "LI-1"} if turn // 2 % 2 else {"add_on": DATA, "quantity": 1}
    given, order = await at_once(
        database,
        OF_GIVING_BACK[turn % len(OF_GIVING_BACK)] if held else None,
        acme.licences.give_back(acme.olga, **what),
        accepted(database, await assignment(database, number, 1)),
        late=bool(turn % 2),
    )
    assert order.accepted, "one that is given back is usable until its period ends"
    licence = await acme.licence("LI-1")
    assert (licence.status, licence.number_id) == (LicenceStatus.IN_USE, number)
    await step(database, "acknowledge", order)
    assert (await step(database, "complete", order, OLD, "race")).refusal is None
    ends = [row.due_on for row in await run(database, "SELECT due_on FROM number_changes")]
    if isinstance(given, Refused):
        (reason,) = given.refusals
        known = {"licence_in_use": {"number": f"N-{number}"}, "too_few_licences": reason.parameters}
        assert reason.parameters == known[reason.code]
        assert (licence.usable_until, ends) == (None, [])
    else:
        assert [type(one) for one in given] == [LicenceView]
        assert [str(day) for day in ends] == ["2027-01-01"], "the eSIM ends with the licence"
        assert str(licence.usable_until) == "2026-12-31"
    assert log.circles() == 0


@pytest.mark.covers("L32")
@HELD
@pytest.mark.parametrize("turn", TURNS)
async def test_of_two_that_give_a_licence_back_at_once_one_does(
    database: Database, log: ServerLog, turn: int, *, held: bool
) -> None:
    acme = await shop(database)
    await acme.buy(2)
    locked = (HOLDERS["licence"], BILLING)[turn % 2] if held else None
    give = acme.licences.give_back
    answers = await at_once(database, locked, *(give(acme.olga, "LI-1") for _ in range(3)))
    assert sorted(isinstance(one, list) for one in answers) == [False, False, True]
    lost = [one for one in answers if isinstance(one, Refused)]
    assert [one.refusals[0].code for one in lost] == ["licence_given_back"] * 2
    answers = await at_once(database, locked, *(give(acme.olga, add_on=DATA, quantity=1) for _ in range(2)))
    assert sorted(isinstance(one, list) for one in answers) == [False, True]
    entries = await run(database, "SELECT count(*) AS n FROM licence_entries")
    assert [row.n for row in entries] == [4]
    assert log.circles() == 0
