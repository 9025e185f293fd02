"""The two firms, built once; each test gets a copy of their database."""

import uuid
from collections.abc import AsyncIterator

import pytest

from sandbox.postgres import ThrowAwayPostgres
from store.session import Database
from tests.callers.world import Desks, Known, build, open_desks
from tests.conftest import TEMPLATE, administer


@pytest.fixture(scope="module")
async def firms(postgres: ThrowAwayPostgres) -> AsyncIterator[tuple[str, Known]]:
    """The name of the database to copy, and what Acme has in it."""
    name = f"firms_{uuid.uuid4().hex}"
    await administer(postgres, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    database = Database(postgres.url(name))
    known = await build(database)
    await database.close()
    yield name, known
    await administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def acme(firms: tuple[str, Known]) -> Known:
    return firms[1]


@pytest.fixture
async def database_url(postgres: ThrowAwayPostgres, firms: tuple[str, Known]) -> AsyncIterator[str]:
    """A copy of the firms' database."""
    name = f"test_{uuid.uuid4().hex}"
    await administer(postgres, f"CREATE DATABASE {name} TEMPLATE {firms[0]} STRATEGY FILE_COPY")
    yield postgres.url(name)
    await administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def desks(database: Database, database_url: str) -> Desks:
    return await open_desks(database, database_url)
