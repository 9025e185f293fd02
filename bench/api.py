"""Measures the API on a large account: CPU of lists, searches, details and pages; placing over HTTP.

`make bench ARGS=--api`. The account has 100,000 lines with a SIM each, 10,000 orders, and what `MORE` says.
CPU is what portal and PostgreSQL used for a call: other load on the machine changes it less than the time.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from bench.calls import OF_OWNER, OF_STAFF, parameters_of
from bench.cost import AT_ONCE, Cost, cost_of, middle
from bench.fleet import seed
from bench.more_rows import fill_more
from bench.pages import PAGES_OF, signed_in
from bench.placing import Placing, measure_placing
from bench.rows import fill
from bench.surroundings import Surroundings, surroundings
from models.people.callers import Role, UserKind
from starter import callers
from starter.people.api_keys import ApiKeyDesk
from starter.people.users import UserDesk
from store.key_ring import KeyRing
from store.session import Database

LINES, ORDERS, PEOPLE = 100_000, 10_000, 1_000
MORE = {"people": 20_000, "free": 100_000, "codes": 20_000, "some": 1_000, "events": 100_000}
"""See `bench.more_rows`."""
MOST_CPU_MS, MOST_CPU_OF_PAGE_MS, MOST_P95_MS, MOST_RATIO = 8.0, 15.0, 100.0, 1.2
MOST_KILOBYTES = 150.0
"""Of a page of 50 rows, uncompressed; sent it has a tenth, and weighs less than 60 with all that it loads."""


@dataclass(frozen=True)
class ApiFigures:
    """What was measured."""

    calls: Mapping[str, Cost]
    pages: Mapping[str, Cost]
    alone: Placing
    at_once: Placing

    def missed(self) -> list[str]:
        """A sentence for each target that was missed."""
        found = [
            f"{name}: {cost.cpu_ms:.1f} ms of CPU, p95 {cost.p95_ms:.0f} ms, {cost.kilobytes:.0f} kB"
            for costs, most_ms, most_kilobytes in (
                (self.calls, MOST_CPU_MS, MOST_KILOBYTES),
                (self.pages, MOST_CPU_OF_PAGE_MS, MOST_KILOBYTES),
            )
            for name, cost in costs.items()
            if not cost.meets(most_ms, MOST_P95_MS) or cost.kilobytes > most_kilobytes
        ]
        return [*found, *([f"placing alone: {self.alone}"] if self.alone.ratio > MOST_RATIO else [])]

    def as_json(self) -> dict[str, Any]:
        """Everything for a program."""
        found = {
            kind: {name: cost.as_json() for name, cost in costs.items()}
            for kind, costs in (("calls", self.calls), ("pages", self.pages))
        }
        return {**found, "placing": {"alone": asdict(self.alone), "at_once": asdict(self.at_once)}}


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
            headers = await key_of(database, around, role)
            async with httpx.AsyncClient(base_url=base, headers=headers, timeout=60) as client:
                addresses = {name: _listed(path) for name, path in called.items()}
                costs |= await _costs(client, around, addresses, MOST_CPU_MS)
                if role is Role.OWNER:
                    alone, at_once = await measure_placing(around, headers, lines, MOST_RATIO)
        portal = around.addresses.portal_url
        pages: dict[str, Cost] = {}
        for who, opened in PAGES_OF.items():
            cookies = await signed_in(database, portal, who)
            async with httpx.AsyncClient(base_url=portal, cookies=cookies, timeout=60) as client:
                addresses = {name: httpx.URL(path) for name, path in opened.items()}
                pages |= await _costs(client, around, addresses, MOST_CPU_OF_PAGE_MS)
        await database.close()
    return ApiFigures(costs, pages, alone, at_once)


async def _costs(
    client: httpx.AsyncClient, around: Surroundings, called: Mapping[str, httpx.URL], most_ms: float
) -> dict[str, Cost]:
    """What each call costs; of one that missed a target, the median of three measurements, as the load of
    the machine comes and goes.
    """
    costs = {name: await cost_of(client, around, address) for name, address in called.items()}
    for name, cost in costs.items():
        if not cost.meets(most_ms, MOST_P95_MS):
            again = [await cost_of(client, around, called[name]) for _ in range(2)]
            costs[name] = middle([cost, *again])
    return costs


async def _settle(url: str) -> None:
    """Let PostgreSQL do now what it would do while something is measured."""
    database = Database(url, pool_size=1)
    async with database.reading() as connection:
        await connection.execute(text("VACUUM ANALYZE"))
        await connection.execute(text("CHECKPOINT"))
    await database.close()


async def key_of(database: Database, around: Surroundings, role: Role) -> dict[str, str]:
    """The header with a new key of this role in the account."""
    operator, bot = callers.operator(), f"{role}@bots.example"
    users = UserDesk(database)
    await users.create_user(operator, "Acme", "Bot", bot, role=role, kind=UserKind.SERVICE)
    made = await ApiKeyDesk(database, around.settings).create(operator, "bench", user=bot)
    return {"Authorization": f"Bearer {made.key.text}"}


def _listed(path: str) -> httpx.URL:
    address = httpx.URL(path)
    return address.copy_merge_params({"limit": 25}) if "limit" in parameters_of(path) else address


def show_api(figures: ApiFigures, console: Console) -> None:
    """Print a table, and what missed its target."""
    table = Table("call", "portal ms", "database ms", "CPU ms", f"p95 ms, {AT_ONCE} in flight", "kB")
    for name, cost in {**figures.calls, **figures.pages}.items():
        numbers = (cost.portal_ms, cost.database_ms, cost.cpu_ms, cost.p95_ms, cost.kilobytes)
        table.add_row(name, *(f"{number:.1f}" for number in numbers))
    console.print(table)
    console.print(f"Placing alone: {figures.alone}")
    console.print(f"Placing while the order before is sent: {figures.at_once}")
    for sentence in figures.missed():
        console.print(f"not met: {sentence}")
