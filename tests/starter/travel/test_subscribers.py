"""Subscribers are imported and updated by file, found by what is known of them, shown with their lines."""

from datetime import timedelta

import pytest

from models.errors import NotFound, Refused
from models.travel.profiles import PlanState
from models.travel.subscriber_views import SubscriberView
from settings import Settings
from starter.travel.subscribers import SubscriberDesk
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, ana, run
from tests.qr_world import codes_of
from tests.travel_world import (
    ADAM,
    SUE,
    add_esim_line,
    add_subscriber,
    add_travel_plan,
    assign_plan,
    travel_world,
)

FILE = (
    "name,phone,plan,email,bundles,language\n"
    "Rosa Álvarez,+12125550001,Unlimited All,rosa@home.example,0,fr\n"
    "Sam 100%,+12125550002,basic,family@home.example,2,\n"
    "Sam 100%,+33612345678,basic,family@home.example,,\n"
)


class NoTemporal:
    """A client that is never called: nothing is held for an address in these tests."""


def a_desk(database: Database) -> SubscriberDesk:
    return SubscriberDesk(NoTemporal(), database, Settings(database_url=database.url))  # type: ignore[arg-type]


async def imported(database: Database, text: str = FILE) -> SubscriberDesk:
    await travel_world(database)
    desk = a_desk(database)
    await desk.import_subscribers(await ana(database, ADAM), None, text.encode())
    return desk


def names(found: list[SubscriberView]) -> list[str]:
    return [f"{one.name} {one.msisdn}" for one in found]


@pytest.mark.covers("T41")
async def test_subscribers_are_imported_and_a_second_file_changes_what_it_has_columns_for(
    database: Database,
) -> None:
    desk = await imported(database)
    adam = await ana(database, ADAM)
    rosa, sam, other = await desk.subscribers(adam)
    assert (rosa.plan, rosa.language, rosa.email, rosa.complimentary_left) == (
        "unlimited_all",
        "fr",
        "rosa@home.example",
        None,
    )
    assert (sam.bundles, sam.language, other.bundles) == (2, "en", 0)
    assert (await desk.import_subscribers(adam, None, FILE.encode())).changes == 0
    less = b"name,phone,plan,email\nRosa Diaz,+12125550001,basic,\n"
    tried = await desk.import_subscribers(adam, None, less, dry_run=True)
    assert (await desk.subscriber(adam, f"SB-{rosa.id}")).name == "Rosa Álvarez"
    report = await desk.import_subscribers(adam, None, less)
    assert report.changed == tried.changed == {"subscribers": 1}
    diaz = await desk.subscriber(adam, f"SB-{rosa.id}")
    assert (diaz.name, diaz.plan, diaz.email, diaz.language) == ("Rosa Diaz", "basic", None, "fr")
    with pytest.raises(Refused):
        await desk.import_subscribers(adam, None, b"name,phone,plan\nNew,+12125550009,basic\nBad,1,basic\n")
    assert len(await desk.subscribers(adam)) == 3, "all rows or none"
    events = await run(
        database, "SELECT type, data, about FROM events WHERE type LIKE 'subscriber.%' ORDER BY id"
    )
    assert [event.type for event in events] == ["subscriber.created"] * 3 + ["subscriber.changed"]
    assert "Rosa" not in str([event.data for event in events])


@pytest.mark.covers("T41")
async def test_staff_find_a_subscriber_by_phone_number_address_or_name(database: Database) -> None:
    desk, sue = await imported(database), await ana(database, SUE)
    rosa = await desk.subscriber(sue, "+1 212-555-0001")
    for known in (f"SB-{rosa.id}", str(rosa.id), "ROSA@home.example", "rosa álvarez"):
        assert (await desk.subscriber(sue, known)).id == rosa.id
    for several in ("Sam 100%", "family@home.example"):
        with pytest.raises(Refused) as refused:
            await desk.subscriber(sue, several)
        assert codes_of(refused) == ["subscriber_ambiguous"]
        assert "Sam" not in str(refused.value)
        assert f"SB-{rosa.id + 1}, SB-{rosa.id + 2}" in str(refused.value)
    for unknown in ("SB-99999", "+12125559999", "Nobody", "", "\0", "L-1"):
        with pytest.raises(NotFound) as missing:
            await desk.subscriber(sue, unknown)
        assert codes_of(missing) == ["unknown_subscriber"]


@pytest.mark.covers("T41")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("álv", ["Rosa Álvarez +12125550001"]),
        ("212 555 0002", ["Sam 100% +12125550002"]),
        ("+33 6 12", ["Sam 100% +33612345678"]),
        ("FAMILY", ["Sam 100% +12125550002", "Sam 100% +33612345678"]),
        ("100% s", ["Sam 100% +12125550002", "Sam 100% +33612345678"]),
        ("0%", []),
        ("'", []),
        ("\\", []),
        ("_", []),
        ("\0", []),
    ],
)
async def test_a_list_is_searched_by_beginnings_of_words_and_last_digits(
    database: Database, text: str, found: list[str]
) -> None:
    desk, sue = await imported(database), await ana(database, SUE)
    assert names(await desk.subscribers(sue, find=text)) == found
    assert len(await desk.subscribers(sue, limit=2)) == 2


@pytest.mark.covers("T13")
async def test_a_subscriber_is_shown_with_their_lines_and_the_states_of_their_plans(
    database: Database,
) -> None:
    await travel_world(database)
    desk, sue = a_desk(database), await ana(database, SUE)
    subscriber = await add_subscriber(database, plan="basic", bundles=2)
    first = await add_esim_line(database, subscriber, 1)
    second = await add_esim_line(database, subscriber, 2, profile=10)
    await add_esim_line(database, await add_subscriber(database, 2), 3)
    euro = await add_travel_plan(database)
    ago = timedelta(days=400)
    plans = [
        await assign_plan(database, first, euro, ago=ago if old else timedelta()) for old in (True, False)
    ]
    running = await assign_plan(database, first, euro)
    await run(
        database,
        "UPDATE plan_assignments SET started_at = esim_now() - interval '1 day', used_bytes = 250000000,"
        " ends_at = esim_now() + interval '29 days' WHERE id = :running",
        running=running,
    )
    over = await assign_plan(database, first, euro, ago=timedelta(days=60))
    await run(
        database,
        "UPDATE plan_assignments SET started_at = esim_now() - interval '31 days',"
        " ends_at = esim_now() - interval '1 day' WHERE id = :over",
        over=over,
    )
    await run(database, "UPDATE esim_lines SET complimentary = true WHERE id = :line", line=second)
    found = await desk.subscriber(sue, "+12125550001")
    assert [(line.id, line.profile, line.sim_state) for line in found.esim_lines] == [
        (first, 7, "active"),
        (second, 10, "active"),
    ]
    assert [(plan.id, plan.state) for plan in found.esim_lines[0].plans] == [
        (plans[0], PlanState.LAPSED),
        (plans[1], PlanState.QUEUED),
        (running, PlanState.ACTIVE),
        (over, PlanState.EXPIRED),
    ]
    assert (found.lines, found.complimentary, found.complimentary_left) == (2, 1, 1)
    await run(
        database, "UPDATE esim_lines SET ended_at = esim_now(), returned = true WHERE id = :line", line=second
    )
    assert (await desk.subscriber(sue, "+12125550001")).complimentary == 0


@pytest.mark.covers("T1")
async def test_support_staff_look_and_administrators_import(database: Database) -> None:
    desk = await imported(database)
    for call in (
        desk.import_subscribers(await ana(database, SUE), ACCOUNT, FILE.encode()),
        desk.subscribers(await ana(database)),
        desk.subscriber(await ana(database), "+12125550001"),
    ):
        with pytest.raises(Refused) as refused:
            await call
        assert codes_of(refused) == ["not_permitted"]
    await run(database, "UPDATE accounts SET closed_at = esim_now()")
    with pytest.raises(Refused) as refused:
        await desk.import_subscribers(OPERATOR, ACCOUNT, FILE.encode())
    assert codes_of(refused) == ["account_closed"]
