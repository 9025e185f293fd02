"""What a report of an eSIM line costs: `python -m bench.travel_reports [LINES]`.

It fills a throw-away PostgreSQL with eSIM lines of three plans each, then reports connections of them: the
first starts a plan, the others change no due time. Printed is the CPU time of this process and of PostgreSQL
for each. Temporal is left out: a connection that changes no due time does not call it.
"""

import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path

from models.people.callers import By
from models.travel.profiles import Reported
from sandbox.postgres import ThrowAwayPostgres
from store import migrations
from store.session import Database
from store.travel import reports
from store.travel.lookups import EsimLineKey
from store.travel.reports import Reporting
from tests.builders import run
from tests.travel_world import add_esim_line, add_subscriber, add_travel_plan, assign_plan, travel_world

LINES = 1000
BY = By("operator")


async def _filled(database: Database, lines: int) -> list[EsimLineKey]:
    await travel_world(database)
    subscriber, plan = await add_subscriber(database), await add_travel_plan(database)
    made = []
    for number in range(lines):
        line = await add_esim_line(database, subscriber, number)
        for _ in range(3):
            await assign_plan(database, line, plan)
        made.append(EsimLineKey(line, 1))
    (row,) = await run(database, "SELECT DISTINCT account_id FROM esim_lines")
    return [EsimLineKey(line.id, row.account_id) for line in made]


async def _reported(database: Database, lines: list[EsimLineKey], name: str) -> None:
    began, used = time.perf_counter(), time.process_time()
    for line in lines:
        async with database.transaction() as connection:
            what = Reporting(Reported.CONNECTION, f"{name} {line.id}", None, "FR")
            await reports.report(connection, line, what, BY)
    cpu = (time.process_time() - used) / len(lines) * 1000
    took = (time.perf_counter() - began) / len(lines) * 1000
    print(f"{name}: {cpu:.1f} ms of CPU here, {took:.1f} ms in all, each of {len(lines)}")


async def measure(lines: int) -> None:
    """Fill the database and report."""
    with tempfile.TemporaryDirectory() as folder, ThrowAwayPostgres(Path(folder)) as server:
        url = server.url("postgres")
        await migrations.upgrade(url)
        database = Database(url, pool_size=2)
        filled = await _filled(database, lines)
        await _reported(database, filled, "starts a plan")
        await _reported(database, filled, "changes no due time")
        await database.close()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"PostgreSQL, with filling: {children.ru_utime + children.ru_stime:.1f} s of CPU")


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else LINES))
