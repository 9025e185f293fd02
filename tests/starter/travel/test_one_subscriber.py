"""One subscriber is added and edited by the rules of the import, without a file (T41)."""

import asyncio
from typing import Any

import pytest

from models.errors import Refused
from models.imports import RowNote
from models.people.callers import By, Caller
from models.travel.subscriber_views import SubscriberProfile
from starter.travel.subscribers import SubscriberDesk
from store.session import Database
from store.travel import subscriber_changes
from store.travel.subscribers import SubscriberKey
from tests.builders import ACCOUNT, OPERATOR, ana, run
from tests.qr_world import codes_of
from tests.starter.travel.test_subscribers import a_desk
from tests.travel_world import ADAM, SUE, travel_world

pytestmark = pytest.mark.covers("T41")
PHONE, OTHER = "+12125550001", "+12125550002"
INVALID = {"name": " ", "phone": "12", "plan": "?", "email": "rosa", "bundles": 1001, "language": "xx"}


@pytest.fixture
async def desk(database: Database) -> SubscriberDesk:
    await travel_world(database)
    return a_desk(database)


@pytest.fixture
async def adam(database: Database, desk: SubscriberDesk) -> Caller:
    return await ana(database, ADAM)


async def rosa(desk: SubscriberDesk, adam: Caller, phone: str = PHONE, **more: Any) -> SubscriberProfile:
    return await desk.add_subscriber(
        adam, None, " Rosa A\u0301lvarez", phone, "Unlimited All", email="Rosa@home.example", **more
    )


async def events(database: Database) -> list[str]:
    found = await run(database, "SELECT type FROM events WHERE type LIKE 'subscriber.%' ORDER BY id")
    return [event.type for event in found]


async def test_a_subscriber_is_added_as_a_row_of_a_file_would_be(
    desk: SubscriberDesk, adam: Caller, database: Database
) -> None:
    one = await rosa(desk, adam, "+1 212-555-0001", bundles=2, language="fr")
    file = (
        "name,phone,plan,email,bundles,language\n"
        "Rosa Álvarez,+12125550001,unlimited_all,Rosa@home.example,2,fr\n"
    )
    report = await desk.import_subscribers(adam, None, file.encode())

    assert report.changes == 0, "the import finds what it would have made itself"
    assert (one.msisdn, one.plan, one.bundles, one.language) == (PHONE, "unlimited_all", 2, "fr")
    assert await events(database) == ["subscriber.created"]


async def test_the_same_key_twice_is_one_subscriber_and_another_content_is_refused(
    desk: SubscriberDesk, adam: Caller, database: Database
) -> None:
    first = await rosa(desk, adam, key="k")
    await desk.edit_subscriber(adam, PHONE, phone=OTHER, name="Rosa Diaz")
    again = await rosa(desk, adam, key="k")

    assert (again.id, again.name, first.replayed, again.replayed) == (first.id, "Rosa Diaz", False, True)
    with pytest.raises(Refused) as refused:
        await rosa(desk, adam, key="k", bundles=1)
    assert codes_of(refused) == ["key_reused"]
    assert await events(database) == ["subscriber.created", "subscriber.changed"]
    (row,) = await run(database, "SELECT made_key, made_as FROM subscribers")
    assert "Rosa" not in row.made_key + row.made_as


async def test_two_calls_at_once_with_a_key_make_one_subscriber(
    desk: SubscriberDesk, adam: Caller, database: Database
) -> None:
    found = await asyncio.gather(*(rosa(desk, adam, key="k") for _ in range(5)))
    assert len({one.id for one in found}) == 1
    assert sorted(one.replayed for one in found) == [False, True, True, True, True]


async def test_a_phone_number_of_another_subscriber_is_refused_and_an_address_is_not(
    desk: SubscriberDesk, adam: Caller
) -> None:
    await rosa(desk, adam)
    with pytest.raises(Refused) as refused:
        await rosa(desk, adam, key="another")
    assert codes_of(refused) == ["subscriber_exists"]
    other = await rosa(desk, adam, OTHER, key="another")
    assert other.email == "Rosa@home.example", "a family may share one, as in a file"
    with pytest.raises(Refused) as refused:
        await desk.edit_subscriber(adam, OTHER, phone=PHONE, plan="basic")
    assert codes_of(refused) == ["subscriber_exists"]
    assert (await desk.subscriber(adam, OTHER)).plan == "unlimited_all", "nothing is changed"


async def test_everything_invalid_is_named_at_once_in_the_words_of_the_import(
    desk: SubscriberDesk, adam: Caller
) -> None:
    await rosa(desk, adam)
    row = ",".join(map(str, INVALID.values()))
    with pytest.raises(Refused) as of_file:
        await desk.import_subscribers(adam, None, f"{','.join(INVALID)}\n{row}\n".encode())
    calls = (
        desk.add_subscriber(adam, None, **INVALID),  # type: ignore[arg-type]
        desk.edit_subscriber(adam, PHONE, **INVALID),  # type: ignore[arg-type]
    )
    for call in calls:
        with pytest.raises(Refused) as refused:
            await call
        assert codes_of(refused) == ["subscriber_invalid"]
        assert _problems(refused.value) == _problems(of_file.value)
        assert "plan: it must be letters" in str(refused.value)
    for name in ("Rosa\nDiaz", "x" * 201, "Rosa\0"):
        with pytest.raises(Refused) as refused:
            await desk.edit_subscriber(adam, PHONE, name=name)
        assert codes_of(refused) == ["subscriber_invalid"]
    assert (await desk.subscriber(adam, PHONE)).name == "Rosa Álvarez"


def _problems(refused: Refused) -> list[tuple[str | None, str]]:
    (note,) = refused.refusals
    assert isinstance(note, RowNote)
    return [(problem.column, problem.reason.code) for problem in note.problems]


async def test_what_is_left_out_stays_and_what_is_removed_is_gone(
    desk: SubscriberDesk, adam: Caller, database: Database
) -> None:
    await rosa(desk, adam, bundles=2, language="fr")
    edited = await desk.edit_subscriber(adam, PHONE, name="Rosa Diaz")
    assert (edited.name, edited.plan, edited.bundles) == ("Rosa Diaz", "unlimited_all", 2)
    assert (edited.msisdn, edited.email, edited.language) == (PHONE, "Rosa@home.example", "fr")
    edited = await desk.edit_subscriber(adam, PHONE, phone=OTHER, bundles=0, remove=["email", "language"])
    assert (edited.msisdn, edited.email, edited.language, edited.bundles) == (OTHER, None, "en", 0)
    assert await desk.edit_subscriber(adam, OTHER, bundles=0) == edited
    assert await events(database) == ["subscriber.created", "subscriber.changed", "subscriber.changed"]


async def test_an_erased_subscriber_cannot_be_edited(
    desk: SubscriberDesk, adam: Caller, database: Database
) -> None:
    one = await rosa(desk, adam)
    await run(database, "UPDATE subscribers SET name = 'erased', msisdn = NULL, email = NULL")
    with pytest.raises(Refused) as refused:
        await desk.edit_subscriber(adam, f"SB-{one.id}", name="Rosa")
    assert codes_of(refused) == ["subscriber_erased"]


async def test_an_edit_while_the_phone_number_is_changed_is_refused(
    desk: SubscriberDesk, adam: Caller, database: Database
) -> None:
    one = await rosa(desk, adam)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    async with database.transaction() as connection:
        key = SubscriberKey(one.id, one.account_id)
        await subscriber_changes.edit(connection, key, By("operator"), {"msisdn": OTHER})
        late = asyncio.create_task(desk.edit_subscriber(adam, PHONE, name="Late"))
        async with asyncio.timeout(20):
            while not late.done() and (await run(database, waiting))[0][0] == 0:
                pass
    with pytest.raises(Refused) as refused:
        await late
    assert codes_of(refused) == ["subscriber_changed"]
    assert [each.name for each in await desk.subscribers(adam)] == [one.name], "no second one is made"


@pytest.mark.covers("T1", "T2")
async def test_support_staff_neither_add_nor_edit_subscribers(
    desk: SubscriberDesk, adam: Caller, database: Database
) -> None:
    await rosa(desk, adam)
    sue = await ana(database, SUE)
    for call in (rosa(desk, sue, OTHER), desk.edit_subscriber(sue, PHONE, bundles=9)):
        with pytest.raises(Refused) as refused:
            await call
        assert codes_of(refused) == ["not_permitted"]
    await run(database, "UPDATE accounts SET closed_at = esim_now()")
    with pytest.raises(Refused) as refused:
        await desk.add_subscriber(OPERATOR, ACCOUNT, "Sam", OTHER, "basic")
    assert codes_of(refused) == ["account_closed"]
