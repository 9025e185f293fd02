"""What the sweep finds in PostgreSQL: lapsed plans, ended stock, eSIMs never installed."""

from datetime import date, timedelta

import pytest

from models.identifiers import qr_request_id
from models.travel.profiles import Notice
from store.locks import lock_subject
from store.session import Database
from store.travel import due, not_installed, notices, sweep
from tests.builders import run
from tests.travel_world import (
    SUE,
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
    recorded = await run(database, "SELECT notice, assignment_id, id FROM travel_notices")
    assert [(row.notice, row.assignment_id) for row in recorded] == [("lapses_soon", soon)]
    await swept(database)
    assert len(await run(database, "SELECT id FROM travel_notices")) == 1
    assert await events_of(database, "plan.%") == ["plan.lapsed"]
    async with database.transaction() as connection:
        assert [one.line.id for one in await due.unwoken(connection, 10)] == [line]
        await notices.done(connection, recorded[0].id)
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


@pytest.mark.covers("T35")
async def test_a_line_that_has_more_to_know_while_it_is_woken_is_woken_again(
    database: Database, line: int
) -> None:
    """A notice is held, so what is due next stays the same when another is recorded."""
    plans = [await assign_plan(database, line, await add_travel_plan(database, name)) for name in "AB"]

    async def noticed(plan: int) -> None:
        async with database.transaction() as connection:
            await lock_subject(connection, 1, f"esim_line:{line}")
            await notices.record(connection, 1, Notice.LAPSES_SOON, esim_line_id=line, assignment_id=plan)
            await due.renew(connection, line, news=True)

    async def unwoken() -> list[due.Unwoken]:
        async with database.reading() as connection:
            return await due.unwoken(connection, 10)

    async def known(found: due.Unwoken) -> None:
        async with database.transaction() as connection:
            await due.woken(connection, found.line.id, found.wake)

    await noticed(plans[0])
    (first,) = await unwoken()
    await noticed(plans[1])  # while the workflow is signalled
    await known(first)
    (second,) = await unwoken()
    assert second.wake.due_at == first.wake.due_at
    await known(second)
    assert await unwoken() == []


async def asked_for(database: Database, sim: int) -> str:
    """An open request for the code of this eSIM, and a notification of it; the id of the request."""
    request = qr_request_id(1, f"code of {sim}")
    await run(
        database,
        "INSERT INTO qr_requests (id, account_id, sim_id, requested_by, status)"
        " SELECT :id, account_id, :sim, id, 'requested' FROM users WHERE email = :sue",
        id=request,
        sim=sim,
        sue=SUE,
    )
    return request


async def status_of(database: Database, request: str) -> str:
    (row,) = await run(database, "SELECT status FROM qr_requests WHERE id = :id", id=request)
    return str(row.status)


@pytest.mark.covers("T36")
async def test_a_request_for_the_code_of_stock_that_has_ended_ends_with_it(
    database: Database, line: int
) -> None:
    over = await add_stock(database, 12, ends_on=date(2020, 1, 1))
    request = await asked_for(database, over)
    async with database.transaction() as connection:
        done = await sweep.discard_ended(connection)
    assert (done.esims, done.requests) == (1, (request,))
    assert await status_of(database, request) == "sim_discarded"


@pytest.mark.covers("T26", "T36")
async def test_stock_that_has_ended_is_discarded_in_batches_and_alerts_once_if_too_little_is_left(
    database: Database, line: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "_DISCARDED", sweep._DISCARDED.limit(2))
    for number in range(11, 14):
        await add_stock(database, number, ends_on=date(2020, 1, 1))
    await run(database, "UPDATE travel_profiles SET threshold = 1")
    found = []
    for _ in range(3):
        async with database.transaction() as connection:
            found.append(await sweep.discard_ended(connection))
    assert [done.esims for done in found] == [2, 1, 0]
    recorded = await run(database, "SELECT id, notice FROM travel_notices")
    assert [row.notice for row in recorded] == ["stock_low"]
    assert [done.settled.alerts for done in found] == [(recorded[0].id,), (), ()]


async def ended(database: Database) -> not_installed.Ended | None:
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
    (esim,) = await run(database, "SELECT id FROM sims WHERE holder = :line", line=f"esim_line:{line}")
    request = await asked_for(database, esim.id)
    if revealed:
        await run(database, "UPDATE travel_stock SET revealed_at = esim_now()")
    assert await ended(database) == not_installed.Ended(request=request)
    assert await status_of(database, request) == "sim_discarded"
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
    recorded = await run(database, "SELECT notice FROM travel_notices")
    assert [one.notice for one in recorded] == ["not_installed"]
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
