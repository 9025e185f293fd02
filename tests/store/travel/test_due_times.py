"""When something of travel eSIMs is due next: what a sandbox with a clock stops at."""

from datetime import UTC, date, datetime, timedelta

from store.operations import due_times
from store.operations.due_times import Due, RemindedAfter
from store.session import Database
from tests.builders import run
from tests.travel_world import (
    add_esim_line,
    add_stock,
    add_subscriber,
    add_travel_plan,
    assign_plan,
    travel_world,
)

DAY = timedelta(days=1)
AFTER = RemindedAfter(
    acknowledgement=2 * DAY, processing=3 * DAY, qr_code=3 * DAY, requester_notified=timedelta(minutes=15)
)


async def times(database: Database) -> list[datetime]:
    """Every time at which the clock would stop, one after another."""
    found = [datetime(2000, 1, 1, tzinfo=UTC)]
    async with database.reading() as connection:
        while (following := await due_times.next_time(connection, AFTER, found[-1])) is not None:
            found.append(following)
    return found[1:]


async def test_the_clock_stops_before_a_plan_lapses_when_it_does_and_when_stock_has_ended(
    database: Database,
) -> None:
    await travel_world(database)
    subscriber = await add_subscriber(database)
    line = await add_esim_line(database, subscriber, 1)
    await assign_plan(database, line, await add_travel_plan(database))
    await add_stock(database, 2, ends_on=date(2031, 3, 30))
    [lapses] = [row.lapses_at for row in await run(database, "SELECT lapses_at FROM plan_assignments")]
    assert await times(database) == [lapses - 7 * DAY, lapses, datetime(2031, 3, 31, tzinfo=UTC)]

    await run(
        database, "UPDATE plan_assignments SET started_at = assigned_at, ends_at = assigned_at + '30 d'"
    )
    assert await times(database) == [datetime(2031, 3, 31, tzinfo=UTC)]


async def test_a_line_of_which_something_is_due_is_woken_by_the_clock(database: Database) -> None:
    await travel_world(database)
    line = await add_esim_line(database, await add_subscriber(database))
    await run(database, "UPDATE esim_lines SET due_at = esim_now() + '30 days' WHERE id = :line", line=line)
    [at] = await times(database)
    async with database.reading() as connection:
        assert await due_times.due(connection, AFTER, at - DAY) == []
        assert await due_times.due(connection, AFTER, at) == [Due(f"travel-line-{line}", at)]
