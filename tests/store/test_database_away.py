"""A database that cannot be used is told in one sentence, with what to do."""

import uuid

import pytest
from sqlalchemy import make_url, text

from models.errors import Unavailable
from sandbox.postgres import ThrowAwayPostgres
from store.session import Database
from tests.conftest import administer


async def ask(url: str, statement: str) -> None:
    """Run a statement there."""
    database = Database(url)
    try:
        async with database.transaction() as connection:
            await connection.execute(text(statement))
    finally:
        await database.close()


async def sentence(url: str, statement: str = "SELECT FROM lines") -> str:
    """What is told when a statement is run there."""
    with pytest.raises(Unavailable) as unavailable:
        await ask(url, statement)
    return str(unavailable.value)


async def test_nothing_listens() -> None:
    assert "does not answer; see ESIM_DATABASE_URL" in await sentence(
        "postgresql+asyncpg://esim@127.0.0.1:1/x"
    )


async def test_no_such_database_or_login(postgres: ThrowAwayPostgres) -> None:
    assert "no database of this name" in await sentence(postgres.url("nowhere"))
    stranger = make_url(postgres.url()).set(username="stranger").render_as_string()
    assert "refuses the login" in await sentence(stranger)


async def test_no_tables_yet(postgres: ThrowAwayPostgres) -> None:
    name = f"empty_{uuid.uuid4().hex}"
    await administer(postgres, f"CREATE DATABASE {name}")
    assert "run `esim-orders db upgrade`" in await sentence(postgres.url(name))
    await administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


async def test_older_tables(database_url: str) -> None:
    assert "run `esim-orders db upgrade`" in await sentence(database_url, "SELECT invented FROM lines")


async def test_the_connection_is_lost_on_the_way(database_url: str) -> None:
    assert "does not answer" in await sentence(database_url, "SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.parametrize(
    "url", ["nonsense", "postgresql+psycopg://x@y/z", "postgresql+asyncpg://h:port/x", "sqlite://"]
)
async def test_not_a_url(url: str) -> None:
    assert "must look like postgresql://" in await sentence(url)


async def test_a_mistake_of_ours_is_not_blamed_on_the_database(database: Database) -> None:
    with pytest.raises(Exception, match="syntax error"):
        async with database.transaction() as connection:
            await connection.execute(text("SELEKT"))
