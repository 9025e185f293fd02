"""Races about numbers and licences: how often they are run, and calls at once behind a lock or freely."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from sqlalchemy import text

from store.session import Database
from tests.builders import run
from tests.temporal_server import eventually

HOLDERS = {
    "number": "SELECT 1 FROM subjects WHERE id = 'number:1' FOR NO KEY UPDATE",
    "order": "SELECT 1 FROM orders FOR NO KEY UPDATE",
    "licence": "SELECT 1 FROM licences FOR NO KEY UPDATE",
    "eSIMs": "SELECT 1 FROM sims WHERE holder = 'number:1' FOR NO KEY UPDATE",
    "agent": "SELECT 1 FROM agents FOR NO KEY UPDATE",
}
"""What another transaction has locked already, of number 1 and all that belongs to it."""
BILLING = "SELECT 1 FROM billing FOR NO KEY UPDATE"
TURNS = [
    *range(5),
    *(pytest.param(turn, id=f"night-{turn}", marks=pytest.mark.night) for turn in range(50)),
]
"""A race is run 5 times, and 50 times at night."""
HELD = pytest.mark.parametrize("held", [False, True], ids=["free", "held"])
"""Freely, and behind the lock of another transaction."""


def holder(turn: int, held: bool) -> str | None:
    """What another transaction has locked in this turn: each of it in five turns."""
    return list(HOLDERS.values())[turn % len(HOLDERS)] if held else None


async def waiting(database: Database) -> int:
    """How many transactions wait for a lock."""
    (row,) = await run(
        database,
        "SELECT count(*) AS them FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()",
    )
    return int(row.them)


async def at_once(
    database: Database, locked: str | None, *calls: Coroutine[Any, Any, Any], late: bool = False
) -> list[Any]:
    """The answers of these calls, or their exceptions; `late`: the last is begun first.

    Behind a lock they are begun one after the other: each waits for the lock, for an earlier call, or for
    nothing. Without one they are begun at the same time.
    """
    begun: list[asyncio.Task[Any]] = []

    async def settled() -> int:
        return await waiting(database) + sum(task.done() for task in begun)

    turns = calls[::-1] if late else calls
    if locked is None:
        begun = [asyncio.create_task(call) for call in turns]
    else:
        async with database.transaction() as connection:
            await connection.execute(text(locked))
            for call in turns:
                begun.append(asyncio.create_task(call))
                await eventually(settled, len(begun).__le__)
    answers = await asyncio.wait_for(asyncio.gather(*begun, return_exceptions=True), 30)
    return list(answers[::-1] if late else answers)
