"""Two transactions that each need what the other has locked: the one sequence of `store.locks` prevents it.

Each test stops them in the middle, where another transaction holds the next lock, so that the circle would
close for certain and PostgreSQL would refuse one of the two: `deadlock detected`.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from sandbox.postgres import ThrowAwayPostgres
from starter.fleet_edits import FleetEdits
from starter.inventory import Inventory
from store.session import Database
from tests.builders import OPERATOR, as_csv, line, run, world
from tests.server_log import ServerLog

WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture(autouse=True)
def no_circle(postgres: ThrowAwayPostgres) -> Iterator[None]:
    """Also an import that PostgreSQL chose to end a circle is only refused, as if it had come second."""
    log = ServerLog(postgres)
    yield
    assert log.circles() == 0


@asynccontextmanager
async def locked(database: Database, statement: str) -> AsyncIterator[AsyncConnection]:
    """What the statement locks or adds stays so until the end of the block, and is taken back."""
    async with database.transaction() as connection:
        attempt = await connection.begin_nested()
        await connection.execute(text(statement))
        yield connection
        if attempt.is_active:
            await attempt.rollback()


async def begun(database: Database, call: Coroutine[Any, Any, Any], waiting: int) -> asyncio.Task[Any]:
    """The call, now that this many transactions wait for a lock."""
    task = asyncio.create_task(call)
    async with asyncio.timeout(10):
        while (await run(database, WAITING))[0][0] < waiting and not task.done():
            pass
    return task


async def test_an_import_and_an_edit_that_add_the_same_groups(database: Database) -> None:
    await world(database, line(1), line(2), line(3))
    edits = FleetEdits(database)
    file = as_csv(line(1, management_groups="C"), line(3, management_groups="A"))
    async with locked(database, "INSERT INTO management_groups (account_id, name) VALUES (1, 'B')"):
        edit = await begun(database, edits.set_groups(OPERATOR, ["L-2"], ["A", "B", "C"], create=True), 1)
        importing = await begun(database, Inventory(database).import_fleet(OPERATOR, file), 2)
    assert (await edit).created == {"groups": 3}
    with pytest.raises(Refused) as refused:
        await importing
    assert refused.value.refusals[0].code == "inventory_changed", "the edit added them first"
    await Inventory(database).import_fleet(OPERATOR, file)
