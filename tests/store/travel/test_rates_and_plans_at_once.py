"""Rates and plans that are written at the same moment: the profile of each plan follows from the rates."""

import asyncio
from decimal import Decimal

import pytest

from models.people.callers import By
from models.travel.rates import Rate
from store.session import Database
from store.travel import plans, rates
from tests.builders import run
from tests.travel_world import travel_world

WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
EURO = {"name": "Euro 1", "countries": ["FR"], "data_mb": 1000, "price": Decimal("9.90"), "currency": "USD"}
BY = By("operator")


def prices(**by_profile: str) -> list[Rate]:
    return [
        Rate(profile=int(name[1:]), country="FR", network="Telco", per_mb=Decimal(price), currency="USD")
        for name, price in by_profile.items()
    ]


@pytest.mark.covers("T15")
async def test_a_plan_that_is_created_while_rates_are_imported_has_the_profile_of_the_new_rates(
    database: Database,
) -> None:
    await travel_world(database)
    async with database.transaction() as connection:
        await rates.replace(connection, 1, prices(p2="0.01", p7="0.02"), BY)

    async def create() -> int | None:
        async with database.transaction() as connection:
            return (await plans.create(connection, 1, BY, EURO)).profile

    async with database.transaction() as connection:
        await rates.replace(connection, 1, prices(p2="0.03", p7="0.02"), BY)
        creating = asyncio.create_task(create())
        async with asyncio.timeout(20):
            while not creating.done() and (await run(database, WAITING))[0][0] == 0:
                pass
        assert not creating.done(), "it waits for the rates"
    assert await creating == 7
