"""What the sweep finds in PostgreSQL: lapsed plans, ended stock, eSIMs never installed."""

from datetime import date, timedelta

import pytest

from store.session import Database
from store.travel import due, not_installed, notices, sweep
from tests.builders import run
from tests.travel_world import (
    add_esim_line,
    add_stock,
    add_subscriber,
    add_travel_plan,
    assign_plan,
    travel_world,
)

WITHIN = timedelta(days=90)


@pytest.fixture
async def line(database: Database) -> int:
    await travel_world(database)
    return await add_esim_line(database, await add_subscriber(database))


async def swept(database: Database) -> None:
    """All parts once more, until nothing is left."""
    for part in (sweep.lapse, sweep.lapse_soon):
        async with database.transaction() as connection:
            await part(connection)
    async with database.transaction() as connection:
        await sweep.discard_ended(connection)


async def events_of(database: Database, like: str) -> list[str]:
    rows = await run(database, "SELECT type FROM events WHERE type LIKE :like ORDER BY id", like=like)
    return [row.type for row in rows]


@pytest.mark.covers("T28")
async def test_a_plan_not_used_within_its_shelf_life_lapses_and_is_notified_of_a_week_before(
    database: Database, line: int
) -> None:
    year = await add_travel_plan(database)
    fresh = await assign_plan(database, line, year, ago=timedelta(days=300))
    soon = await assign_plan(database, line, year, ago=timedelta(days=360))
    over = await assign_plan(database, line, year, ago=timedelta(days=370))
    await swept(database)
    rows = await run(database, "SELECT id, closed_at FROM plan_assignments ORDER BY id")
    assert [(row.id, row.closed_at is not None) for row in rows] == [
        (fresh, False),
        (soon, False),
        (over, True),
    ]
    told = await run(database, "SELECT notice, assignment_id, id FROM travel_notices")
    assert [(row.notice, row.assignment_id) for row in told] == [("lapses_soon", soon)]
    await swept(database)
    assert len(await run(database, "SELECT id FROM travel_notices")) == 1
    assert await events_of(database, "plan.%") == ["plan.lapsed"]
    async with database.transaction() as connection:
        assert [one[0] for one in await due.unwoken(connection, 10)] == [line]
        await notices.done(connection, told[0].id)
        assert await due.unwoken(connection, 10) == []
    await swept(database)
    assert len(await run(database, "SELECT id FROM travel_notices")) == 1


@pytest.mark.covers("T28")
async def test_a_used_or_revoked_plan_never_lapses(database: Database, line: int) -> None:
    year = await add_travel_plan(database)
    used = await assign_plan(database, line, year, ago=timedelta(days=370))
    gone = await assign_plan(database, line, year, ago=timedelta(days=370))
    await run(
        database,
        "UPDATE plan_assignments SET started_at = esim_now(), ends_at = esim_now() + interval '720 hours'"
        " WHERE id = :id",
        id=used,
    )
    await run(
        database,
        "UPDATE plan_assignments SET revoked_at = esim_now(), closed_at = esim_now() WHERE id = :id",
        id=gone,
    )
    await swept(database)
    assert await events_of(database, "plan.%") == []


@pytest.mark.covers("T36")
async def test_free_stock_is_discarded_on_the_day_after_its_last(database: Database, line: int) -> None:
    (row,) = await run(database, "SELECT (esim_now() AT TIME ZONE 'UTC')::date AS today")
    today: date = row.today
    last = await add_stock(database, 11, ends_on=today)
    over = await add_stock(database, 12, ends_on=today - timedelta(days=1))
    endless = await add_stock(database, 13)
    other = await add_stock(database, 14, profile=2, ends_on=today - timedelta(days=9))
    await swept(database)
    await swept(database)
    rows = await run(
        database,
        "SELECT id, state FROM sims WHERE id = ANY(:ids) ORDER BY id",
        ids=[last, over, endless, other],
    )
    assert [(row.id, row.state) for row in rows] == [
        (last, "in_stock"),
        (over, "discarded"),
        (endless, "in_stock"),
        (other, "discarded"),
    ]
    assert await events_of(database, "stock.%") == ["stock.ended"] * 2


async def ended(database: Database) -> list[str] | None:
    async with database.reading() as connection:
        found = await not_installed.find(connection, WITHIN, 10)
    answer = None
    for line_id, account_id in found:
        async with database.transaction() as connection:
            answer = await not_installed.end(connection, line_id, account_id, WITHIN)
    return answer


async def given(database: Database, days: int) -> None:
    """The line got its eSIM so many days ago."""
    await run(
        database,
        "UPDATE esim_lines SET added_at = esim_now() - CAST(:ago AS interval),"
        " esim_since = esim_now() - CAST(:ago AS interval)",
        ago=timedelta(days=days),
    )


@pytest.mark.covers("T40")
@pytest.mark.parametrize("revealed", [False, True])
async def test_an_esim_never_installed_goes_back_to_stock_only_if_its_code_was_never_revealed(
    database: Database, line: int, *, revealed: bool
) -> None:
    await assign_plan(database, line, await add_travel_plan(database))
    await given(database, 91)
    if revealed:
        await run(database, "UPDATE travel_stock SET revealed_at = esim_now()")
    assert await ended(database) == []
    (row,) = await run(
        database,
        "SELECT s.state, s.holder, s.order_id, t.order_id AS reserved FROM sims s"
        " JOIN travel_stock t ON t.sim_id = s.id",
    )
    if revealed:
        assert (row.state, row.holder) == ("discarded", None)
    else:
        assert tuple(row) == ("in_stock", None, None, None)
    (of,) = await run(database, "SELECT ended_at, returned FROM esim_lines")
    assert of.ended_at is not None
    assert of.returned is not revealed
    told = await run(database, "SELECT notice FROM travel_notices")
    assert [one.notice for one in told] == ["not_installed"]
    assert await ended(database) is None
    assert await events_of(database, "esim_line.%") == ["esim_line.ended"]


@pytest.mark.covers("T40")
async def test_an_installed_esim_one_not_yet_due_and_one_with_an_open_order_stay(
    database: Database, line: int
) -> None:
    await given(database, 89)
    assert await ended(database) is None
    await given(database, 91)
    await run(database, "UPDATE esim_lines SET installed_at = esim_now()")
    assert await ended(database) is None
    await run(database, "UPDATE esim_lines SET installed_at = NULL")
    await run(
        database,
        "UPDATE orders SET status = 'submitted', subject = :subject",
        subject=f"esim_line:{line}",
    )
    assert await ended(database) is None
    (row,) = await run(database, "SELECT ended_at FROM esim_lines")
    assert row.ended_at is None
