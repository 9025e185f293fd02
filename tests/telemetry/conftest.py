"""One day of real processes, watched once for all tests that look at what was seen of it."""

import uuid
from pathlib import Path

import pytest

from sandbox.postgres import ThrowAwayPostgres
from tests.conftest import TEMPLATE, administer
from tests.telemetry.watched import Watched, watch
from tests.temporal_server import Temporal, temporal

__all__ = ["temporal", "watched"]


@pytest.fixture(scope="session")
async def watched(
    temporal: Temporal, postgres: ThrowAwayPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Watched:
    name = f"test_{uuid.uuid4().hex}"
    await administer(postgres, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    return await watch(temporal, postgres.url(name), Path(tmp_path_factory.mktemp("watched")))
