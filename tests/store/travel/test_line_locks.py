"""All writers at one eSIM line at once, behind one that holds a lock: none waits for another in a circle."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.people.callers import By
from models.travel.kinds import AddPlan, ReplaceLineEsim
from models.travel.profiles import EsimReason, Reported
from models.travel.stock_file import parse_stock
from models.travel.subscriber_file import parse_subscribers
from sandbox.postgres import ThrowAwayPostgres
from starter.people.erasure import erase
from store.key_ring import KeyRing
from store.session import Database
from store.staging import importing
from store.travel import line_changes, line_steps, not_installed, reports, resend, sweep
from store.travel.lookups import AssignmentKey, EsimLineKey
from store.travel.reports import Reporting
from store.travel.stock_import import import_stock
from store.travel.subscriber_changes import import_subscribers
from tests.builders import OPERATOR, as_csv, run
from tests.server_log import ServerLog
from tests.starter.travel.files import esim, stock_file
from tests.travel_orders import accepted, asked, step, submit
from tests.travel_world import add_esim_line, add_subscriber, add_travel_plan, assign_plan, travel_world

BY = By("operator")
KEYS = KeyRing(KeyRing.new_key())
LINE = EsimLineKey(1, 1)
HOLDERS = {
    "subject": "SELECT 1 FROM subjects WHERE id = 'esim_line:1' FOR NO KEY UPDATE",
    "line": "SELECT 1 FROM esim_lines FOR NO KEY UPDATE",
    "profile": "SELECT 1 FROM travel_profiles FOR NO KEY UPDATE",
    "SIM": "SELECT 1 FROM sims WHERE holder LIKE 'esim_line:%' FOR NO KEY UPDATE",
    "subscriber": "SELECT 1 FROM subscribers FOR UPDATE",
    "nothing": "SELECT 1",
}
LAST = {"complete": (None, "race"), "cancel": ()}
Writer = Callable[[], Awaitable[Any]]
WRONG = """
SELECT holder FROM sims WHERE holder LIKE 'esim_line:%' AND state IN ('active', 'suspended')
GROUP BY holder HAVING count(*) > 1
UNION ALL SELECT 'plan ' || id FROM plan_assignments WHERE revoked_at IS NOT NULL AND started_at IS NOT NULL
UNION ALL SELECT 'stock ' || stock.sim_id FROM travel_stock stock JOIN sims ON sims.id = stock.sim_id
WHERE sims.state IN ('active', 'suspended', 'temporary') AND stock.order_id IS NULL
"""
"""What must never be: two eSIMs in place, a revoked plan that runs, an eSIM on a line that is free, too."""


@dataclass
class Crowd:
    """Everything that writes about the line, in one turn."""

    database: Database
    plan: int
    turn: int

    def writers(self) -> Iterator[Writer]:
        soon = timedelta(0)
        yield self.reported(Reported.INSTALLED, soon, None)
        yield self.reported(Reported.CONNECTION, soon)
        yield self.reported(Reported.CONNECTION, timedelta(days=1))
        yield self.reported(Reported.USAGE, timedelta(hours=1), used=900_000_000)
        plan, again = AssignmentKey(1 + self.turn, LINE), f"again {self.turn}"
        yield self.in_a_step(lambda connection: line_changes.revoke(connection, plan, BY))
        yield self.in_a_step(lambda connection: line_changes.suspend(connection, LINE, "Lost", BY))
        yield self.in_a_step(lambda connection: line_changes.resume(connection, LINE, "", BY))
        yield self.in_a_step(lambda connection: line_steps.advance(connection, 1, 1))
        yield self.in_a_step(lambda connection: not_installed.end(connection, 1, 1, soon))
        yield self.in_a_step(lambda connection: resend.resend_code(connection, LINE, BY, again))
        for part in (sweep.lapse, sweep.lapse_soon, sweep.discard_ended):
            yield self.in_a_step(part)
        yield partial(self.replaced, "complete")
        yield partial(self.replaced, "cancel")
        yield self.added
        yield self.arrived
        yield self.moved
        yield lambda: erase(OPERATOR, self.database, "Rosa 1", only_look=True)

    def in_a_step(self, work: Callable[[AsyncConnection], Awaitable[Any]]) -> Writer:
        async def call() -> None:
            async with self.database.transaction() as connection:
                await work(connection)

        return call

    def reported(
        self, what: Reported, ago: timedelta, country: str | None = "FR", used: int | None = None
    ) -> Writer:
        key, at = f"{self.turn} {what} {ago}", datetime.now(UTC) - ago
        said = Reporting(what, key, at, country, used)
        return self.in_a_step(lambda connection: reports.report(connection, LINE, said, BY))

    async def replaced(self, ended: str) -> None:
        what = ReplaceLineEsim(esim_line_id=1, reason=EsimReason.DELETED)
        answer = await accepted(self.database, await asked(self.database, what))
        if answer.accepted:
            await submit(self.database, answer.order_id, what.kind)
            await step(self.database, "acknowledge", answer.order_id)
            await step(self.database, ended, answer.order_id, *LAST[ended])

    async def added(self) -> None:
        what = AddPlan(esim_line_id=1, plan_id=self.plan)
        answer = await accepted(self.database, await asked(self.database, what))
        if answer.accepted:
            await step(self.database, "acknowledge", answer.order_id)
            await step(self.database, "complete", answer.order_id, *LAST["complete"])

    async def arrived(self) -> None:
        rows = parse_stock(stock_file(*(esim(self.turn * 3 + number) for number in range(3))))
        async with importing(self.database, dry_run=False) as connection:
            await import_stock(connection, KEYS, 1, rows, BY)

    async def moved(self) -> None:
        who = {"name": "Rosa 1", "phone": "+12125550001", "plan": "Unlimited All"}
        rows = parse_subscribers(as_csv(who | {"email": f"rosa{self.turn}@home.example"}))
        async with importing(self.database, dry_run=False) as connection:
            await import_subscribers(connection, 1, rows, BY)


async def outcome(call: Writer) -> str:
    try:
        await call()
    except Refused as refused:
        return refused.refusals[0].code
    return "done"


@pytest.mark.covers("T17", "T31", "T32", "T34", "T40")
@pytest.mark.parametrize("turns", [2, pytest.param(4, marks=pytest.mark.night)])
@pytest.mark.parametrize("held", HOLDERS)
async def test_all_writers_at_one_esim_line_never_wait_in_a_circle(
    held: str, turns: int, database_url: str, database: Database, postgres: ThrowAwayPostgres
) -> None:
    log = ServerLog(postgres)
    await run(database, f"ALTER DATABASE {make_url(database_url).database} SET deadlock_timeout = '100ms'")
    await travel_world(database)
    await add_esim_line(database, await add_subscriber(database))
    plan = await add_travel_plan(database)
    for _ in range(4):
        await assign_plan(database, 1, plan, ago=timedelta(days=2))
    roomy = Database(database_url, pool_size=24)
    done: set[str] = set()
    for turn in range(turns):
        calls = list(Crowd(roomy, plan, turn).writers())
        Random(f"{held} {turn}").shuffle(calls)
        async with database.transaction() as holder:
            await holder.execute(text(HOLDERS[held]))
            begun = [asyncio.create_task(outcome(call)) for call in calls]
            await asyncio.wait(begun, timeout=0.3)
        done |= set(await asyncio.wait_for(asyncio.gather(*begun), 60))
        assert await run(database, WRONG) == []
    await roomy.close()
    assert "done" in done
    assert log.circles() == 0
