"""A database that a test only read serves the next test; one that was written to never does."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from store.session import Database
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
    async with mine.of(COPIED) as first:
        await said(first, "SELECT * FROM accounts", "SELECT * FROM orders", commit=True)
    async with mine.of(COPIED) as second:
        assert second == first


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
