"""The two firms, built once; each test gets a copy of their database."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import make_url

from starter.desks import Desks
from store.session import Database
from tests.callers.world import Known, build, open_desks
from tests.databases import Copies


@pytest.fixture(scope="session")
async def firms(copies: Copies) -> AsyncIterator[tuple[str, Known]]:
    """The name of the database to copy, and what Acme has in it."""
    async with copies.of() as url:
        database = Database(url)
        known = await build(database)
        await database.close()
        yield str(make_url(url).database), known


@pytest.fixture
def acme(firms: tuple[str, Known]) -> Known:
    return firms[1]


@pytest.fixture
async def database_url(copies: Copies, firms: tuple[str, Known]) -> AsyncIterator[str]:
    """A copy of the firms' database."""
    async with copies.of(firms[0]) as url:
        yield url


@pytest.fixture
async def desks(database: Database, database_url: str) -> Desks:
    return await open_desks(database, database_url)
