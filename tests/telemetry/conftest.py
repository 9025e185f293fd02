"""One day of real processes, watched once for all tests that look at what was seen of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import Copies
from tests.telemetry.watched import Watched, watch
from tests.temporal_server import Temporal, temporal

__all__ = ["temporal", "watched"]


@pytest.fixture(scope="session")
async def watched(
    temporal: Temporal, copies: Copies, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Watched]:
    async with copies.of() as url:
        yield await watch(temporal, url, Path(tmp_path_factory.mktemp("watched")))
