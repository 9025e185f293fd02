"""How a command runs: it opens what it needs, and every failure becomes one sentence and an exit code.

0 done    1 our own fault (a bug, or a check that found something)    2 refused    3 a part is away
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from models.errors import EsimError, PartAway, Refused
from settings import load
from starter.cli.output import warn
from starter.desk import OrderDesk
from starter.inventory import Inventory
from starter.order_book import OrderBook
from store.session import Database

Result = TypeVar("Result")

REFUSED = 2
PART_AWAY = 3


def run(command: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run a command's coroutine to its end."""
    return asyncio.run(command())


@asynccontextmanager
async def inventory() -> AsyncIterator[Inventory]:
    """The inventory in the configured database."""
    chosen = load()
    database = Database(chosen.database_url, chosen.database_pool_size)
    try:
        yield Inventory(database)
    finally:
        await database.close()


@asynccontextmanager
async def order_book() -> AsyncIterator[OrderBook]:
    """Orders for reading, from the configured database."""
    chosen = load()
    database = Database(chosen.database_url, chosen.database_pool_size)
    try:
        yield OrderBook(database)
    finally:
        await database.close()


@asynccontextmanager
async def order_desk() -> AsyncIterator[OrderDesk]:
    """The desk at which orders are placed and steered."""
    async with OrderDesk.open(load()) as desk:
        yield desk


def exit_code(failure: EsimError) -> int:
    """What a shell learns of a failure."""
    return PART_AWAY if isinstance(failure, PartAway) else REFUSED


def fail(failure: EsimError) -> int:
    """Say why on stderr, one reason a line; the exit code."""
    reasons = [refusal.sentence for refusal in failure.refusals] if isinstance(failure, Refused) else []
    for sentence in reasons or [str(failure)]:
        warn(sentence)
    return exit_code(failure)
