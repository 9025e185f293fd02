"""Changes of a number against the steps of its order, behind a lock: one outcome, and no circle."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from sqlalchemy import make_url, text

from models.licences.changes import ChangeResult
from models.licences.numbers import Change
from models.orders.placement import Acceptance
from sandbox.postgres import ThrowAwayPostgres
from store.session import Database
from tests.builders import run
from tests.licences_world import (
    accepted,
    add_agent,
    add_licence,
    add_number,
    assignment,
    licences_world,
    replacement,
)
from tests.server_log import ServerLog
from tests.store.licences.number_ways import change
from tests.store.licences.test_orders import NEW, OLD, assigned, sims, step, used_by
from tests.temporal_server import eventually

HOLDERS = {
    "number": "SELECT 1 FROM subjects WHERE id = 'number:1' FOR NO KEY UPDATE",
    "order": "SELECT 1 FROM orders FOR NO KEY UPDATE",
    "licence": "SELECT 1 FROM licences FOR NO KEY UPDATE",
    "eSIMs": "SELECT 1 FROM sims WHERE holder = 'number:1' FOR NO KEY UPDATE",
    "agent": "SELECT 1 FROM agents FOR NO KEY UPDATE",
}
TIMES = range(5)


@pytest.fixture
def log(postgres: ThrowAwayPostgres) -> ServerLog:
    return ServerLog(postgres)


@pytest.fixture
async def number(database_url: str, database: Database) -> int:
    """A number with an active eSIM; a circle is seen at once."""
    await run(database, f"ALTER DATABASE {make_url(database_url).database} SET deadlock_timeout = '100ms'")
    await licences_world(database)
    return await add_number(database, 1, await add_agent(database))


async def waiting(database: Database) -> int:
    """How many transactions wait for a lock."""
    (row,) = await run(
        database,
        "SELECT count(*) AS them FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()",
    )
    return int(row.them)


async def at_once(database: Database, what: str, *calls: Coroutine[Any, Any, Any]) -> list[Any]:
    """The answers of these calls, begun one after the other while another transaction holds this lock: each
    waits for it, for one of them, or for nothing.
    """
    begun: list[asyncio.Task[Any]] = []

    async def settled() -> int:
        return await waiting(database) + sum(task.done() for task in begun)

    async with database.transaction() as connection:
        await connection.execute(text(HOLDERS[what]))
        for call in calls:
            begun.append(asyncio.create_task(call))
            await eventually(settled, len(begun).__le__)
    return list(await asyncio.wait_for(asyncio.gather(*begun), 30))


@pytest.mark.covers("L15", "L23")
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("ending", [Change.DELETE, Change.CHANGE_USER])
@pytest.mark.parametrize("what", HOLDERS)
async def test_of_a_change_and_processed_exactly_one_comes_first(
    database: Database, log: ServerLog, number: int, what: str, ending: Change, *, late: bool
) -> None:
    licence = await assigned(database, number, OLD)
    order = await accepted(database, await replacement(database, number))
    await step(database, "acknowledge", order)
    theo = await add_agent(database, "Theo", "theo@acme.example")
    calls = [
        change(database, number, ending, agent_id=theo if ending is Change.CHANGE_USER else None),
        step(database, "complete", order, NEW, "race"),
    ]
    answers = await at_once(database, what, *(reversed(calls) if late else calls))
    changed, completed = reversed(answers) if late else answers
    assert changed.esim_stopped
    cancelled = changed.cancelled_order is not None
    assert (completed.refusal is not None) is cancelled, "the loser learns which"
    assert [state for state, _, _ in await sims(database)] == ["discarded"] * (1 if cancelled else 2)
    assert await used_by(database, licence) is None
    assert log.circles() == 0


@pytest.mark.covers("L19", "L23", "L28")
@pytest.mark.parametrize("turn", TIMES)
async def test_of_a_change_and_a_new_order_neither_leaves_a_licence_behind(
    database: Database, log: ServerLog, number: int, turn: int
) -> None:
    licence = await add_licence(database)
    asked = await assignment(database, number, licence)
    calls = [accepted(database, asked), change(database, number, Change.DELETE)]
    answers = await at_once(database, "number", *(calls if turn % 2 else reversed(calls)))
    (order,) = [one for one in answers if isinstance(one, Acceptance)]
    (deleted,) = [one for one in answers if isinstance(one, ChangeResult)]
    assert deleted.changed
    assert (deleted.cancelled_order is not None) is order.accepted
    assert order.accepted or order.refusals[0].code == "number_deleted"
    assert (await sims(database), await used_by(database, licence)) == ([], None)
    assert log.circles() == 0
