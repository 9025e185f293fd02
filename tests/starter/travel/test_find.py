"""The plans for a journey: cheapest first, each with the eSIM line or the stock that it would use (T42)."""

from datetime import UTC, datetime, timedelta

import pytest

from models.errors import Refused
from models.travel.plan_views import PlanOffer
from starter.travel.plans import PlanDesk
from store.session import Database
from tests.builders import ana, run
from tests.qr_world import codes_of
from tests.travel_world import (
    ASIA,
    EURO,
    SUE,
    add_esim_line,
    add_stock,
    add_subscriber,
    add_travel_plan,
    travel_world,
)


async def journeys(database: Database) -> None:
    """Plans for Europe, at several prices, and one for Asia."""
    await travel_world(database)
    for number, (name, countries, profile, price) in enumerate(
        [
            ("Euro 1", EURO, 7, "9.90"),
            ("France", ("FR",), 2, "4.50"),
            ("World", (*EURO, *ASIA), 10, "29.00"),
            ("Asia", ASIA, 10, "12.00"),
            ("Euro 5", EURO, 7, "9.90"),
            ("No profile", EURO, None, "1.00"),
            ("Withdrawn", EURO, 7, "1.00"),
        ]
    ):
        plan = await add_travel_plan(
            database, name, countries=countries, profile=profile, data_mb=1000 + number
        )
        await run(
            database,
            "UPDATE travel_plans SET price = CAST(:price AS numeric),"
            " withdrawn_at = CASE WHEN name = 'Withdrawn' THEN esim_now() END WHERE id = :plan",
            price=price,
            plan=plan,
        )


def shown(offers: list[PlanOffer]) -> list[tuple[str, int | None, int]]:
    return [(offer.name, offer.esim_line_id, offer.in_stock) for offer in offers]


@pytest.mark.covers("T42", "T39", "T27")
async def test_plans_that_cover_all_countries_are_found_cheapest_first_with_their_stock(
    database: Database,
) -> None:
    await journeys(database)
    today = datetime.now(UTC).date()
    await add_stock(database, 1, profile=7)
    await add_stock(database, 2, profile=7, ends_on=today)
    await add_stock(database, 3, profile=7, ends_on=today - timedelta(days=1))
    await add_stock(database, 4, profile=10)
    desk, sue = PlanDesk(database), await ana(database, SUE)
    offers = await desk.find(sue, ["France"])
    assert shown(offers) == [
        ("France", None, 0),
        ("Euro 5", None, 2),
        ("Euro 1", None, 2),
        ("World", None, 1),
    ]
    euro = offers[2]
    assert (euro.countries, str(euro.price), euro.currency, euro.data_mb, euro.days) == (
        EURO,
        "9.90",
        "USD",
        1000,
        30,
    )
    assert shown(await desk.find(sue, ["Espagne", "fr", "Spain"])) == shown(offers[1:])
    assert shown(await desk.find(sue, ["France", "Japan"])) == [("World", None, 1)]
    assert await desk.find(sue, ["France", "Brazil"]) == []


@pytest.mark.covers("T42")
async def test_a_plan_would_go_on_the_line_of_its_profile_if_it_can_be_added_there(
    database: Database,
) -> None:
    await journeys(database)
    subscriber = await add_subscriber(database)
    line = await add_esim_line(database, subscriber, 1, profile=7)
    await add_esim_line(database, subscriber, 2, profile=7)
    await add_esim_line(database, await add_subscriber(database, 2), 3, profile=10)
    desk, sue = PlanDesk(database), await ana(database, SUE)
    found = await desk.find(sue, ["France", "Spain"], subscriber="+12125550001")
    assert shown(found) == [("Euro 5", line, 0), ("Euro 1", line, 0), ("World", None, 0)]
    await run(
        database,
        "UPDATE sims SET state = 'discarded', discarded_at = esim_now(), holder = NULL"
        " WHERE holder = ANY(ARRAY(SELECT subject FROM esim_lines WHERE profile = 7))",
    )
    gone = await desk.find(sue, ["France", "Spain"], subscriber=f"SB-{subscriber}")
    assert [offer.esim_line_id for offer in gone] == [None, None, None]


@pytest.mark.covers("T38", "T42")
async def test_a_journey_names_countries_that_exist(database: Database) -> None:
    await journeys(database)
    desk, sue = PlanDesk(database), await ana(database, SUE)
    with pytest.raises(Refused) as refused:
        await desk.find(sue, ["Narnia", "France", "Congo"])
    assert codes_of(refused) == ["country_unknown", "country_ambiguous"]
    with pytest.raises(Refused) as refused:
        await desk.find(sue, [])
    assert codes_of(refused) == ["no_countries"]
    with pytest.raises(Refused) as refused:
        await desk.find(sue, ["France"], subscriber="SB-99999")
    assert codes_of(refused) == ["unknown_subscriber"]
