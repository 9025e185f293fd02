"""Pages of the feed: the database and the reader of a portal choose the same events, and by an index."""

from typing import Any

import pytest
from sqlalchemy import event, text

from models.event_permissions import types_for
from models.feed import START, FeedFilter, News
from models.people.callers import PERMISSIONS, OfAccount, OfDistributor, Role
from starter.desks import Desks
from store import feed
from store.session import Database
from tests.builders import run
from tests.callers.conftest import acme, database_url, desks, firms  # noqa: F401  fixtures
from tests.callers.world import Known

pytestmark = pytest.mark.covers("A10")
MANY = 60_000
_FILL = f"""
INSERT INTO events (account_id, about, type, actor, audience, data)
SELECT 1 + n % 2, ARRAY['order-' || n % 9000, 'sim:' || n % 7000],
    (ARRAY['order.submitted', 'qr.shown', 'mail.sent', 'esim.activated'])[1 + n % 4],
    'user:1', 'account', '{{}}'
FROM generate_series(1, {MANY}) n
"""


async def _all(database: Database) -> list[News]:
    async with database.reading() as connection:
        return list((await feed.news(connection, START, limit=10_000)).news)


async def _pages(database: Database, wanted: FeedFilter, limit: int) -> list[str]:
    found: list[str] = []
    cursor, more = START, True
    while more:
        async with database.reading() as connection:
            page = await feed.page(connection, wanted, cursor, limit=limit)
        assert len(page.news) <= limit
        found += [news.item.id for news in page.news]
        cursor, more = page.cursor, page.more
    return found


async def test_the_database_chooses_what_the_filter_accepts(
    desks: Desks,  # noqa: F811
    acme: Known,  # noqa: F811
) -> None:
    everything = await _all(desks.database)
    (telvia,) = await run(desks.database, "SELECT id FROM distributors WHERE name = 'Telvia'")
    scopes: list[OfAccount | OfDistributor] = [
        OfAccount(1),
        OfAccount(1, travel=False),
        OfAccount(2),
        OfDistributor(1, telvia.id),
    ]
    types = [None, types_for(PERMISSIONS[Role.MANAGER]), frozenset({"order.submitted", "qr.shown"})]
    about = [None, acme.order, "sim:3"]
    seen = set()
    for scope in scopes:
        for some in types:
            for record in about:
                wanted = FeedFilter(scope, some, record)
                accepted = [news.item.id for news in everything if wanted.accepts(news)]
                for limit in (3, 100):
                    assert await _pages(desks.database, wanted, limit) == accepted, wanted
                seen.add(len(accepted))
    assert len(everything) > 20
    assert len(seen) >= 5, "the filters choose different events"


async def test_a_page_is_found_by_an_index_among_many_events(
    desks: Desks,  # noqa: F811
    acme: Known,  # noqa: F811
) -> None:
    async with desks.database.transaction() as connection:
        await connection.execute(text(_FILL))
    async with desks.database.reading() as connection:
        await connection.execute(text("ANALYZE events"))
    scope = OfAccount(1, travel=False)
    expected = {
        "ix_events_about": FeedFilter(scope, about="order-4711"),
        "ix_events_of_type": FeedFilter(scope, frozenset({"order.processed", "qr.shown"})),
        "ix_events_feed_of_account": FeedFilter(scope, types_for(PERMISSIONS[Role.MANAGER])),
    }
    for index, wanted in expected.items():
        plan, read = await _explained(desks.database, wanted)
        assert index in plan, plan
        assert "Seq Scan on events" not in plan, plan
        assert read < 2_000, f"{read} blocks are read of {index}:\n{plan}"


async def _explained(database: Database, wanted: FeedFilter) -> tuple[str, int]:
    """How a page is found, and how many blocks are read for it."""
    statement = feed.next_page(wanted, START, 101)

    run_as: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, sql: str, parameters: Any, *___: Any) -> None:
        run_as.append((sql, parameters))

    engine = database._engine.sync_engine
    async with database.reading() as connection:
        event.listen(engine, "before_cursor_execute", note)
        await connection.execute(statement)
        event.remove(engine, "before_cursor_execute", note)
        ((sql, parameters),) = run_as
        rows = list(await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", parameters))
    plan = "\n".join(row[0] for row in rows)
    first = plan.split("Buffers: shared ", 1)[1].splitlines()[0]
    return plan, sum(
        int(part.partition("=")[2]) for part in first.split() if part.partition("=")[2].isdigit()
    )
