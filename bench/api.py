"""Measures the API on a large account: CPU of lists, searches and details, and placing over HTTP.

`make bench ARGS=--api`. The account has 100,000 lines with a SIM each, 10,000 orders, and what `MORE` says.
CPU is what portal and PostgreSQL used for a call: other load on the machine changes it less than the time.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from bench.calls import OF_OWNER, OF_STAFF, parameters_of
from bench.fleet import USER, seed
from bench.more_rows import fill_more
from bench.rows import fill
from bench.surroundings import Surroundings, surroundings
from models.orders.lifecycle import OrderKind
from models.people.callers import Role, UserKind
from starter import callers
from starter.orders.desk import OrderDesk
from starter.orders.drafts import OrderDraft
from starter.people.api_keys import ApiKeyDesk
from starter.people.users import UserDesk
from store.key_ring import KeyRing
from store.session import Database

LINES, ORDERS, PEOPLE = 100_000, 10_000, 1_000
MORE = {"people": 20_000, "free": 100_000, "codes": 20_000, "some": 1_000, "events": 100_000}
"""See `bench.more_rows`."""
CALLS, WARM_UP = 100, 10
AT_ONCE, TOGETHER = 5, 100
PLACED = 40
MOST_CPU_MS, MOST_P95_MS, MOST_RATIO = 8.0, 100.0, 1.2


@dataclass(frozen=True)
class Cost:
    """What a call costs."""

    portal_ms: float
    database_ms: float
    p95_ms: float
    """Of the caller's time, with five calls in flight."""

    @property
    def cpu_ms(self) -> float:
        return self.portal_ms + self.database_ms


@dataclass(frozen=True)
class ApiFigures:
    """What was measured."""

    calls: Mapping[str, Cost]
    desk_p50_ms: float
    http_p50_ms: float

    @property
    def ratio(self) -> float:
        """Placing over HTTP to placing by the desk."""
        return self.http_p50_ms / self.desk_p50_ms

    def missed(self) -> list[str]:
        """A sentence for each target that was missed."""
        found = [
            f"{name}: {cost.cpu_ms:.1f} ms of CPU, p95 {cost.p95_ms:.0f} ms"
            for name, cost in self.calls.items()
            if cost.cpu_ms > MOST_CPU_MS or cost.p95_ms > MOST_P95_MS
        ]
        return [*found, *([f"placing over HTTP: {self.ratio:.2f} times"] if self.ratio > MOST_RATIO else [])]

    def as_json(self) -> dict[str, Any]:
        """Everything for a program."""
        calls = {
            name: {"portal_ms": cost.portal_ms, "database_ms": cost.database_ms, "p95_ms": cost.p95_ms}
            for name, cost in self.calls.items()
        }
        return {"calls": calls, "desk_p50_ms": self.desk_p50_ms, "http_p50_ms": self.http_p50_ms}


async def measure_api(lines: int = LINES, orders: int = ORDERS) -> ApiFigures:
    """Fill a sandbox of its own and measure."""
    settings = {"ESIM_API_CALLS_A_SECOND": "10000", "ESIM_SECRET_KEYS": KeyRing.new_key()}
    async with surroundings(bare=False, **settings) as around:
        database = Database(around.settings.database_url, pool_size=2)
        await seed(database, lines)
        async with database.transaction() as connection:
            await fill(connection, people=min(PEOPLE, lines), orders=orders)
        async with database.transaction() as connection:
            await fill_more(connection, **{name: -(-count * lines // LINES) for name, count in MORE.items()})
        await _settle(around.settings.database_url)
        costs: dict[str, Cost] = {}
        base = f"{around.addresses.portal_url}/api/v1"
        for role, called in ((Role.SUPPORT, OF_STAFF), (Role.OWNER, OF_OWNER)):
            headers = await _key(database, around, role)
            async with httpx.AsyncClient(base_url=base, headers=headers, timeout=60) as client:
                for name, path in called.items():
                    costs[name] = await _cost(client, around, path)
                if role is Role.OWNER:
                    desk, over_http = await _placed(client, around, lines)
        await database.close()
    return ApiFigures(costs, desk, over_http)


async def _settle(url: str) -> None:
    """Let PostgreSQL do now what it would do while something is measured."""
    database = Database(url, pool_size=1)
    async with database.reading() as connection:
        await connection.execute(text("VACUUM ANALYZE"))
        await connection.execute(text("CHECKPOINT"))
    await database.close()


async def _key(database: Database, around: Surroundings, role: Role) -> dict[str, str]:
    operator, bot = callers.operator(), f"{role}@bots.example"
    users = UserDesk(database)
    await users.create_user(operator, "Acme", "Bot", bot, role=role, kind=UserKind.SERVICE)
    made = await ApiKeyDesk(database, around.settings).create(operator, "bench", user=bot)
    return {"Authorization": f"Bearer {made.key.text}"}


async def _cost(client: httpx.AsyncClient, around: Surroundings, path: str) -> Cost:
    address = httpx.URL(path)
    if "limit" in parameters_of(path):
        address = address.copy_merge_params({"limit": 25})
    for _ in range(WARM_UP):
        answer = await client.get(address)
        answer.raise_for_status()
    before = _used(around)
    for _ in range(CALLS):
        await client.get(address)
    portal, database = (
        (after - was) * 1000 / CALLS for after, was in zip(_used(around), before, strict=True)
    )
    times: list[float] = []

    async def caller() -> None:
        for _ in range(TOGETHER // AT_ONCE):
            start = time.perf_counter()
            await client.get(address)
            times.append((time.perf_counter() - start) * 1000)

    await asyncio.gather(*(caller() for _ in range(AT_ONCE)))
    return Cost(round(portal, 2), round(database, 2), round(_percentile(times, 95), 1))


def _used(around: Surroundings) -> tuple[float, float]:
    """CPU seconds of the portal and of PostgreSQL so far."""
    used = around.cpu_seconds()
    return used["portal"], used["postgres"]


def _percentile(times: Sequence[float], percent: int) -> float:
    return sorted(times)[-(-len(times) * percent // 100) - 1]


async def _placed(client: httpx.AsyncClient, around: Surroundings, lines: int) -> tuple[float, float]:
    """Medians of placing by the desk and over HTTP, in turns, each order for a line of its own."""
    by_desk: list[float] = []
    over_http: list[float] = []
    async with OrderDesk.open(around.settings) as desk:
        user = await callers.user(desk.database, USER)
        for number in range(PLACED + WARM_UP):
            first, second = (f"+336{lines - 2 * number - other:08d}" for other in (0, 1))
            draft = OrderDraft(
                kind=OrderKind.SWITCH_TO_ESIM,
                line=first,
                pack="Corporate eSIM",
                discard_confirmed=True,
                key=first,
            )
            start = time.perf_counter()
            await desk.place(user, draft)
            between = time.perf_counter()
            body = draft.model_dump(mode="json", exclude={"key"}, exclude_defaults=True) | {"line": second}
            answer = await client.post("/orders", json=body, headers={"Idempotency-Key": second})
            end = time.perf_counter()
            assert answer.status_code == 201, answer.text
            if number >= WARM_UP:
                by_desk.append((between - start) * 1000)
                over_http.append((end - between) * 1000)
    return round(median(by_desk), 1), round(median(over_http), 1)


def show_api(figures: ApiFigures, console: Console) -> None:
    """Print a table, and what missed its target."""
    table = Table("call", "portal ms", "database ms", "CPU ms", f"p95 ms, {AT_ONCE} in flight")
    for name, cost in figures.calls.items():
        numbers = (cost.portal_ms, cost.database_ms, cost.cpu_ms, cost.p95_ms)
        table.add_row(name, *(f"{number:.1f}" for number in numbers))
    console.print(table)
    console.print(
        f"Placing: {figures.desk_p50_ms:.0f} ms by the desk, {figures.http_p50_ms:.0f} ms over HTTP: "
        f"{figures.ratio:.2f} times"
    )
    for sentence in figures.missed():
        console.print(f"not met: {sentence}")
