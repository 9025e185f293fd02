"""A database of each released version, restored and upgraded once; each test gets a copy."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import make_url

from sandbox.postgres import ThrowAwayPostgres
from store import migrations
from store.clock import set_clock
from store.events import raise_epoch
from store.session import Database
from tests.databases import Copies
from tests.upgrade.dumps import restore
from tests.upgrade.kept import RELEASED, Kept


@pytest.fixture(scope="session", params=RELEASED, ids=lambda kept: kept.version)
def kept(request: pytest.FixtureRequest) -> Kept:
    """What is kept of a released version."""
    found: Kept = request.param
    return found


@pytest.fixture(scope="session")
async def template(kept: Kept, copies: Copies, postgres: ThrowAwayPostgres) -> AsyncIterator[str]:
    """The name of a database of that version that was upgraded, as `docs/operations.md` says."""
    name = f"upgraded_{kept.version.replace('.', '_')}"
    await copies.run(f"CREATE DATABASE {name}")
    url = postgres.url(name)
    await restore(url, kept.dump)
    await migrations.upgrade(url)
    database = Database(url)
    async with database.transaction() as connection:
        await raise_epoch(connection)
    await database.close()
    yield name
    await copies.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database_url(copies: Copies, kept: Kept, template: str) -> AsyncIterator[str]:
    """A copy of that database, in which it is the time of the dump."""
    async with copies.of(template) as url:
        assert make_url(url).database != template
        database = Database(url)
        async with database.transaction() as connection:
            await set_clock(connection, kept.clock - datetime.now(UTC))
        await database.close()
        yield url
