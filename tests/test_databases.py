"""A database that a test only read serves the next test; one that was written to never does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from sqlalchemy import text

from store.session import Database
from tests.builders import line, run, world
from tests.databases import TEMPLATE, Copies

COPIED = "template_of_this_test"
"""Another test's copies are not in the way."""


@pytest.fixture
async def mine(copies: Copies) -> AsyncIterator[Copies]:
    await copies.run(f"CREATE DATABASE {COPIED} TEMPLATE {TEMPLATE}")
    yield copies
    await copies.run(f"DROP DATABASE {COPIED}")


async def said(url: str, *statements: str, commit: bool) -> None:
    database = Database(url, pool_size=1)
    async with database.transaction() if commit else database.dry_run() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await database.close()


async def test_a_copy_that_was_only_read_is_used_again(mine: Copies) -> None:
    """Now and then the server writes something of its own meanwhile, such as a checkpoint."""
    names: list[str] = []
    while len(set(names)) == len(names) < 10:
        async with mine.of(COPIED) as name:
            await said(name, "SELECT * FROM accounts", "SELECT * FROM orders", commit=True)
            names.append(name)
    assert len(set(names)) < len(names)


@pytest.mark.parametrize("commit", [True, False])
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO accounts (name) VALUES ('Acme')",
        "SELECT nextval(pg_get_serial_sequence('accounts', 'id'))",
        "CREATE TABLE more (id int)",
    ],
)
async def test_a_copy_that_was_changed_is_not(mine: Copies, statement: str, *, commit: bool) -> None:
    async with mine.of(COPIED) as first:
        await said(first, statement, commit=commit)
    async with mine.of(COPIED) as second:
        assert second != first


async def test_a_world_that_was_filled_twice_before_is_copied(copies: Copies) -> None:
    """What is in it, and the ids that come next, is as if it were filled again. Now and then the server
    writes something of its own between two steps: that world is filled again, too.
    """
    made: list[tuple[list[datetime], int]] = []
    for _ in range(10):
        async with copies.of() as url:
            made.append(await a_world(url))
        if len(made) > 1 and made[-1] == made[-2]:
            break
    else:
        pytest.fail("no world had the times of the one before")
    assert made[0] != made[-1]
    assert len({following for _, following in made}) == 1


async def test_a_world_is_filled_beside_what_is_there(copies: Copies) -> None:
    for _ in range(4):
        async with copies.of() as url:
            await said(url, "INSERT INTO accounts (name) VALUES ('Before')", commit=True)
            await a_world(url)
            async with opened(url) as database:
                names = await run(database, "SELECT name FROM accounts ORDER BY id")
            assert [name for (name,) in names] == ["Before", "Acme"]


async def a_world(url: str) -> tuple[list[datetime], int]:
    """The times of its events, and the next id of a line."""
    async with opened(url) as database:
        await world(database, line(4711))
        times = [at for (at,) in await run(database, "SELECT at FROM events ORDER BY id")]
        ((following,),) = await run(database, "SELECT nextval(pg_get_serial_sequence('lines', 'id'))")
    return times, following


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url, pool_size=1)
    yield database
    await database.close()
