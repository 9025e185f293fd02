"""One day of real processes, watched once for all tests that look at what was seen of it."""

import asyncio
import fcntl
import os
import pickle
from pathlib import Path

import pytest

from tests.databases import Copies
from tests.telemetry.watched import Watched, watch
from tests.temporal_server import Temporal, temporal

__all__ = ["temporal", "watched"]


@pytest.fixture(scope="session")
async def watched(temporal: Temporal, copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """In one of the processes that run tests; the others wait for it and read what it saw."""
    own = tmp_path_factory.getbasetemp()
    seen = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "watched"
    with seen.with_suffix(".lock").open("w") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        if not seen.exists():
            async with copies.of() as url:
                watched = await watch(temporal, url, Path(tmp_path_factory.mktemp("watched")))
            seen.write_bytes(pickle.dumps(watched))
    found: Watched = pickle.loads(seen.read_bytes())
    return found
