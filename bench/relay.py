"""Measures the relay of webhooks: `make bench ARGS=--relay`.

1,000 endpoints of 50 accounts over a feed of 1,000,000 events, in a PostgreSQL of its own. What a look costs
is counted in each state that the feed can be in; the workflows that it would wake are not started.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, quantiles
from tempfile import TemporaryDirectory
from typing import Any, cast

import asyncpg  # type: ignore[import-untyped]
import psutil
from sqlalchemy import text
from temporalio.client import Client

from activities.webhook_relay import WebhookRelay
from sandbox.postgres import ThrowAwayPostgres
from store import migrations
from store.operations.webhook_relay import DueWebhook
from store.session import Database

ENDPOINTS, EVENTS, ACCOUNTS, LOOKS = 1_000, 1_000_000, 50, 60
_COMMON = ("order.submitted", "order.processed", "line.groups_changed", "sim.details_changed", "qr.shown")
_RARE = "order.held"
"""A type of which there is no event at all."""
_COLUMNS = ("account_id", "about", "type", "actor", "audience")
_END = "epoch = esim_epoch(), xid = pg_snapshot_xmin(pg_current_snapshot()), event_id = 0, woken_until = NULL"
_START = "epoch = 0, xid = '0', event_id = 0, woken_until = NULL"
_TAKEN = (
    "epoch = 0, xid = '0', event_id = 0, "
    "woken_until = CASE WHEN id <= 30 THEN esim_now() + interval '1 hour' END"
)


@dataclass(frozen=True)
class LookFigures:
    """What looks cost in one state of the feed."""

    state: str
    woken: int
    """By the first look."""
    mean_ms: float
    p95_ms: float
    worker_ms: float
    """CPU of the process that looks, for each."""
    database_ms: float
    """CPU of PostgreSQL, for each."""


class _Unheard(WebhookRelay):
    """A relay whose workflows are not started."""

    async def _wake(self, one: DueWebhook) -> None:
        pass


async def measure_relay(endpoints: int = ENDPOINTS, events: int = EVENTS) -> list[LookFigures]:
    """Fill a database and measure looks."""
    async with _filled(endpoints, events) as (database, server):
        relay = _Unheard(cast("Client", None), database, "bench")
        measured = _Measured(database, relay, psutil.Process(server))
        return [
            await measured.looks("nothing has happened", _END),
            await measured.looks("an event that 20 endpoints want", _END, _happens("order.processed")),
            await measured.looks("an event that no endpoint wants", _END, _happens("user.created")),
            await measured.looks("all endpoints are 1,000,000 events behind", _START),
            await measured.looks("all that are behind are being delivered to", _START, _all_woken),
            await measured.looks("all are behind, and 30 slow ones have all turns", _TAKEN),
            await measured.looks(
                "all are behind, and want a type that does not occur", f"{_START}, types = '{{{_RARE}}}'"
            ),
        ]


@dataclass
class _Measured:
    database: Database
    relay: WebhookRelay
    server: psutil.Process

    async def looks(
        self, state: str, places: str, happens: Callable[[Database], Awaitable[None]] | None = None
    ) -> LookFigures:
        """Set the places of all endpoints; then look again and again, each time after what `happens`."""
        await _run(self.database, f"UPDATE webhooks SET {places}")
        await _run(self.database, "ANALYZE webhooks")
        took, woken, mine, theirs = [], [], 0.0, 0.0
        for _ in range(LOOKS):
            if happens is not None:
                await happens(self.database)
            before, others, began = time.process_time(), self._cpu(), time.perf_counter()
            woken.append(await self.relay.look())
            took.append((time.perf_counter() - began) * 1000)
            mine += time.process_time() - before
            theirs += self._cpu() - others
        return LookFigures(
            state=state,
            woken=woken[0],
            mean_ms=round(mean(took), 1),
            p95_ms=round(quantiles(took, n=20)[-1], 1),
            worker_ms=round(mine / LOOKS * 1000, 1),
            database_ms=round(theirs / LOOKS * 1000, 1),
        )

    def _cpu(self) -> float:
        """Of the server's processes with a connection; the ones that end meanwhile are not counted."""
        used = 0.0
        for each in self.server.children():
            times = each.cpu_times()
            used += times.user + times.system
        return used


def _happens(event_type: str) -> Callable[[Database], Awaitable[None]]:
    async def happens(database: Database) -> None:
        await _run(
            database,
            "INSERT INTO events (account_id, about, type, actor, audience) "
            f"VALUES (1, ARRAY['order-1'], '{event_type}', 'user:1', 'account')",
        )

    return happens


async def _all_woken(database: Database) -> None:
    await _run(database, "UPDATE webhooks SET woken_until = esim_now() + interval '1 hour'")


async def _run(database: Database, statement: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
        await connection.execute(text(statement))


@asynccontextmanager
async def _filled(endpoints: int, events: int) -> AsyncIterator[tuple[Database, int]]:
    with TemporaryDirectory() as folder, ThrowAwayPostgres(Path(folder)) as server:
        url = server.url("postgres")
        await migrations.upgrade(url)
        database = Database(url, 2)
        await _run(
            database,
            "INSERT INTO accounts (name, contact_email) SELECT 'Firm ' || n, 'it@firm.example' "
            f"FROM generate_series(1, {ACCOUNTS}) n",
        )
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        rows = (
            (n % ACCOUNTS + 1, [f"order-{n}"], _COMMON[n // ACCOUNTS % len(_COMMON)], "user:1", "account")
            for n in range(events)
        )
        await connection.copy_records_to_table("events", records=rows, columns=_COLUMNS)
        await connection.close()
        await _run(
            database,
            "INSERT INTO webhooks (account_id, url, types, secret, epoch, xid, event_id, created_by) "
            f"SELECT n % {ACCOUNTS} + 1, 'https://shop.example/' || n, "
            "ARRAY['order.processed', 'order.cancelled'], '', 0, '0', 0, 'user:1' "
            f"FROM generate_series(1, {endpoints}) n",
        )
        await _run(database, "ANALYZE")
        assert server.pid is not None
        try:
            yield database, server.pid
        finally:
            await database.close()


def show_relay(figures: list[LookFigures]) -> None:
    """Print what a look costs in each state."""
    for each in figures:
        print(
            f"{each.state}: {each.mean_ms:.1f} ms, p95 {each.p95_ms:.1f} ms; CPU {each.worker_ms:.1f} ms of "
            f"the worker, {each.database_ms:.1f} ms of PostgreSQL; {each.woken} woken"
        )


def as_json(figures: list[LookFigures]) -> list[dict[str, Any]]:
    """Everything for a program."""
    return [asdict(each) for each in figures]


def main() -> list[LookFigures]:
    """Measure in an event loop of its own."""
    return asyncio.run(measure_relay())
