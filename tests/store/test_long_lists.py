"""A page of a long list has the database read few rows. A count, no clock."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select, text

from bench.fleet import seed
from bench.more_rows import fill_more
from bench.rows import fill
from models.fleet.inventory import SimState
from models.paging import MOST_COUNTED, Wanted
from models.people.callers import AllAccounts, OfAccount
from models.travel.stock_views import MOST_FREE
from starter.codes.book import CodeBook
from starter.fleet.desk import FleetDesk
from starter.licences.licences import LicenceDesk
from starter.people.book import PeopleBook
from starter.travel.stock_book import StockBook
from starter.travel.subscriber_book import SubscriberBook
from store.fleet import group_members, views
from store.fleet.tables import LineRow
from store.session import Database
from tests.builders import OPERATOR, run

READ = "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables"
LINES, FREE, CODES = 4000, 4000, 1500
FEW = 1000
"""Far fewer than there are."""
ACME = "Acme"
PAGE: dict[str, Any] = {"limit": 25}
Call = Callable[[Database], Awaitable[Any]]
CALLS: dict[str, Call] = {
    "discarded SIMs": lambda d: FleetDesk(d).sims(OPERATOR, ACME, state=SimState.DISCARDED, **PAGE),
    "SIMs by their end": lambda d: FleetDesk(d).sims(OPERATOR, ACME, ending="1999", **PAGE),
    "discarded stock": lambda d: StockBook(d).esims(OPERATOR, ACME, state="discarded", **PAGE),
    "open notifications": lambda d: CodeBook(d).notifications(OPERATOR, open_only=True, **PAGE),
    "licences that are over": lambda d: LicenceDesk(d).licences(OPERATOR, ACME, status="over", **PAGE),
    "subscribers by name": lambda d: SubscriberBook(d).subscribers(OPERATOR, ACME, find="given 77", **PAGE),
    "subscribers by number": lambda d: SubscriberBook(d).subscribers(OPERATOR, ACME, find="0777", **PAGE),
}


async def rows_read(database: Database) -> int:
    """How many rows of tables the server has read so far, by its own statistics."""
    await run(database, "SELECT pg_stat_force_next_flush()")
    ((read,),) = await run(database, READ)
    return int(read)


@pytest.fixture
async def large(database: Database) -> Database:
    await seed(database, LINES)
    async with database.transaction() as connection:
        await fill(connection, people=20)
        await fill_more(connection, people=2000, free=FREE, codes=CODES, some=20, events=100)
    async with database.reading() as connection:
        await connection.execute(text("VACUUM ANALYZE"))
    return database


@pytest.mark.covers("A6")
async def test_a_page_of_a_long_list_reads_few_rows(large: Database) -> None:
    read = {}
    for name, call in CALLS.items():
        before = await rows_read(large)
        await call(large)
        read[name] = await rows_read(large) - before
    assert {name: rows for name, rows in read.items() if rows > FEW} == {}


@pytest.mark.covers("A6")
async def test_what_is_counted_beside_a_record_is_counted_up_to_a_number(large: Database) -> None:
    groups = {one.name: one.lines for one in await PeopleBook(large).groups(OPERATOR, ACME)}
    assert groups["Sales"] == MOST_COUNTED
    assert groups["Group 1"] == 0
    stock = {one.profile: one.free for one in await StockBook(large).profiles(OPERATOR, ACME)}
    assert stock[1] == MOST_FREE
    assert 0 < stock[2] < MOST_FREE
    await run(large, "UPDATE travel_profiles SET threshold = 2000 WHERE profile = 1")
    (first,) = await StockBook(large).profiles(OPERATOR, ACME, profile=1)
    assert first.free == 2000, "up to a higher threshold"


async def test_a_group_has_the_same_lines_whether_it_is_small_or_large(database: Database) -> None:
    """By themselves and by their SIM in place, not by a SIM that has left its line."""
    await seed(database, 30)
    await run(database, "DELETE FROM line_groups WHERE line_id > 10")
    await run(database, "DELETE FROM sim_groups WHERE sim_id <= 5 OR sim_id > 20")
    async with database.reading() as connection:
        found = await group_members.named(connection, OfAccount(1), "Sales")
        assert not found.large
        of_small = await views.lines(connection, AllAccounts(), group="Sales", wanted=Wanted(100))
    large = group_members.Groups(found.ids, large=True)
    assert [line.id for line in of_small] == sorted(range(1, 21), key=lambda n: f"Phone {n}")
    async with database.reading() as connection:
        known = {line.id for line in of_small}
        rows = await connection.scalars(select(LineRow.id).where(large.has_line()))
        assert set(rows) == known
