"""A PostgreSQL server a test process, and a fresh migrated database a test."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

import asyncpg  # type: ignore[import-untyped]
import pytest
from sqlalchemy import make_url

from sandbox.postgres import ThrowAwayPostgres
from store import migrations
from store.session import Database

TEMPLATE = "template_esim"


@pytest.fixture(scope="session")
def postgres() -> Iterator[ThrowAwayPostgres]:
    """The server, with a migrated database that each test's is copied from."""
    with ThrowAwayPostgres() as server:
        # a thread of its own: the session's event loop may be running when this is asked for
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _make_template(server)).result()
        yield server


async def _make_template(server: ThrowAwayPostgres) -> None:
    await administer(server, f"CREATE DATABASE {TEMPLATE}")
    await migrations.upgrade(server.url(TEMPLATE))


@pytest.fixture
async def database_url(postgres: ThrowAwayPostgres) -> AsyncIterator[str]:
    """A fresh database with all tables, gone after the test."""
    name = f"test_{uuid.uuid4().hex}"
    await administer(postgres, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    yield postgres.url(name)
    await administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Connections to the test's database."""
    opened = Database(database_url, pool_size=5)
    yield opened
    await opened.close()


async def administer(server: ThrowAwayPostgres, statement: str) -> None:
    """Run a statement that no transaction may hold, such as CREATE DATABASE."""
    url = make_url(server.url())
    connection = await asyncpg.connect(
        user=url.username, database=url.database, host=url.query["host"], port=url.query["port"]
    )
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
