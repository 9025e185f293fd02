"""The relay of webhooks among many endpoints and events: by indexes, and endpoint by endpoint."""

import re
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from store.operations import webhook_deliveries, webhook_metrics, webhook_relay
from store.session import Database
from tests.builders import run, world

pytestmark = pytest.mark.covers("A11")
ENDPOINTS, EVENTS, BACKLOG = 400, 60_000, 60_000
_WEBHOOKS = """
INSERT INTO webhooks (account_id, url, types, secret, epoch, xid, event_id, created_by)
SELECT 1 + n % 200, 'https://shop.example/', string_to_array(:types, ','), '', 1, pg_current_xact_id(), 0,
    'operator'
FROM generate_series(1, :many) n
"""
_EVENTS = """
INSERT INTO events (account_id, about, type, actor, audience, data)
SELECT 1 + n % :accounts, ARRAY['line:1'], 'line.groups_changed', 'operator', 'account', '{}'
FROM generate_series(1, :many) n
"""
_SCANS = re.compile(r"\b(Seq Scan|Bitmap Heap Scan) on events\b")


async def _filled(database: Database, accounts: int, endpoints: int, many: int, types: str) -> None:
    await world(database)
    await run(
        database,
        "INSERT INTO accounts (name) SELECT 'Firm ' || n FROM generate_series(2, 200) n",
    )
    await run(database, _EVENTS, accounts=accounts, many=many)
    await run(database, _WEBHOOKS, many=endpoints, types=types)
    await run(database, "ANALYZE")


async def _plans(database: Database, call: Any) -> list[tuple[str, int]]:
    """How the statements of a call are executed, and how many blocks each reads."""
    seen: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, sql: str, parameters: Any, *___: Any) -> None:
        seen.append((sql, parameters))

    engine = database._engine.sync_engine
    found = []
    async with database.dry_run() as connection:
        event.listen(engine, "before_cursor_execute", note)
        try:
            await call(connection)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        await connection.rollback()
        for sql, parameters in [one for one in seen if "webhooks" in one[0]]:
            rows = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", parameters)
            plan = "\n".join(row[0] for row in rows)
            blocks = plan.split("Buffers: shared ", 1)[1].splitlines()[0]
            found.append((plan, sum(map(int, re.findall(r"(?:hit|read)=(\d+)", blocks)))))
    assert found
    return found


async def _pass_on(connection: AsyncConnection) -> None:
    await webhook_relay.pass_on(connection, 200)


async def _claim(connection: AsyncConnection) -> None:
    await webhook_relay.claim(connection, 30)


async def test_no_look_reads_through_the_events_of_many_accounts(database: Database) -> None:
    await _filled(database, 200, ENDPOINTS, EVENTS, "")
    await run(database, "UPDATE webhooks SET xid = '1' WHERE id % 2 = 0")
    for call in (webhook_relay.anything, _pass_on, _claim, webhook_metrics.oldest_waiting):
        for plan, _ in await _plans(database, call):
            assert not _SCANS.search(plan), plan


@pytest.mark.parametrize("types", ["order.processed", "order.processed,order.refused,qr.shown"])
async def test_a_rare_type_is_not_searched_among_all_events_of_its_account(
    database: Database, types: str
) -> None:
    await _filled(database, 1, 20, BACKLOG, types)
    await run(database, "UPDATE webhooks SET account_id = 1, xid = '1'")

    async def batch(connection: AsyncConnection) -> None:
        endpoint = await webhook_deliveries.read_endpoint(connection, 1)
        assert await webhook_deliveries.due(connection, endpoint, 5) == []

    for call in (webhook_relay.anything, _pass_on, _claim, webhook_metrics.oldest_waiting, batch):
        for plan, blocks in await _plans(database, call):
            assert blocks < 1_500, f"{blocks} blocks are read:\n{plan}"


async def test_places_are_passed_on_for_some_endpoints_at_a_time(database: Database) -> None:
    await _filled(database, 1, 20, 10, "order.processed")
    await run(database, "UPDATE webhooks SET account_id = 1, xid = '1'")
    passed = []
    for _ in range(4):
        async with database.transaction() as connection:
            passed.append(await webhook_relay.pass_on(connection, 8))
    assert passed == [8, 8, 4, 0]
    async with database.reading() as connection:
        assert not await webhook_relay.anything(connection)


async def test_of_several_types_the_next_events_come_in_their_sequence(database: Database) -> None:
    await _filled(database, 1, 1, 3, "order.processed,line.groups_changed")
    await run(database, "UPDATE webhooks SET account_id = 1, xid = '1'")
    for type_ in ("order.processed", "qr.shown", "line.groups_changed", "order.processed"):
        await run(
            database,
            "INSERT INTO events (account_id, about, type, actor, audience, data)"
            " VALUES (1, ARRAY['line:1'], :type, 'operator', 'account', '{}')",
            type=type_,
        )
    async with database.transaction() as connection:
        assert [one.id for one in await webhook_relay.claim(connection, 30)] == [1]
    async with database.reading() as connection:
        endpoint = await webhook_deliveries.read_endpoint(connection, 1)
        due = await webhook_deliveries.due(connection, endpoint, 5)
    assert [one.event.type for one in due] == [
        *("line.groups_changed",) * 3,
        *("order.processed", "line.groups_changed"),
    ]
