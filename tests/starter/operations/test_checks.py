"""What must be so for orders to move, part by part: each away is told by itself, with what to do."""

import uuid

import pytest
from temporalio.client import Client

from sandbox.ports import free_port
from sandbox.postgres import ThrowAwayPostgres
from settings import Settings
from starter.operations.readiness import Check, readiness
from store.session import Database
from temporal.connection import connect
from tests.builders import run
from tests.conftest import administer
from tests.temporal_server import Temporal, temporal

__all__ = ["temporal"]


def said(checks: list[Check]) -> dict[str, tuple[bool, str]]:
    return {check.name: (check.ok, check.sentence) for check in checks}


@pytest.mark.covers("W8")
async def test_all_is_well(temporal: Temporal, database: Database) -> None:
    found = await readiness(database, temporal.client)
    assert [check.name for check in found] == ["database", "migrations", "temporal", "search_attributes"]
    assert all(check.ok for check in found)


@pytest.mark.covers("W8")
async def test_the_database_is_away(temporal: Temporal) -> None:
    found = said(await readiness(Database("postgresql+asyncpg://esim@127.0.0.1:1/x"), temporal.client))
    assert found["database"] == (False, "The database does not answer; see ESIM_DATABASE_URL.")
    assert found["migrations"] == (False, "Not known, as the database does not answer.")
    assert found["temporal"][0]


@pytest.mark.covers("W8")
async def test_tables_of_another_version(temporal: Temporal, database: Database) -> None:
    await run(database, "UPDATE alembic_version SET version_num = '0001'")
    ok, sentence = said(await readiness(database, temporal.client))["migrations"]
    assert not ok
    assert sentence.endswith("run: esim-orders db upgrade")


async def test_no_tables_yet(temporal: Temporal, postgres: ThrowAwayPostgres) -> None:
    name = f"empty_{uuid.uuid4().hex}"
    await administer(postgres, f"CREATE DATABASE {name}")
    empty = Database(postgres.url(name))
    found = said(await readiness(empty, temporal.client))
    await empty.close()
    await administer(postgres, f"DROP DATABASE {name}")
    assert found["database"][0]
    ok, sentence = found["migrations"]
    assert (ok, sentence[:23]) == (False, "There are no tables yet")


@pytest.mark.covers("W8")
async def test_temporal_is_away(database: Database) -> None:
    nowhere = await connect(Settings(temporal_address=f"127.0.0.1:{free_port()}"), lazy=True)
    found = said(await readiness(database, nowhere))
    assert found["temporal"] == (
        False,
        "The Temporal service does not answer; see ESIM_TEMPORAL_ADDRESS.",
    )
    assert found["search_attributes"] == (False, "Not known, as Temporal does not answer.")
    assert found["database"][0]


@pytest.fixture
async def elsewhere(temporal: Temporal) -> Client:
    return await Client.connect(temporal.address, namespace="nowhere")


async def test_the_namespace_is_not_there(elsewhere: Client, database: Database) -> None:
    found = said(await readiness(database, elsewhere))
    assert found["temporal"] == (False, "Temporal has no such namespace; see ESIM_TEMPORAL_NAMESPACE.")
