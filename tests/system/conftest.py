"""Everything real, for one test: its own database, task queue, worker and mailbox."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.service import RPCError, RPCStatusCode

from settings import Settings
from store.key_ring import KeyRing
from store.session import Database
from temporal.travel.schedule import SCHEDULE
from tests.system.scene import Scene, a_mailbox
from tests.temporal_server import Temporal, a_task_queue, temporal

__all__ = ["idle_scene", "scene", "temporal"]


@pytest.fixture
async def idle_scene(
    temporal: Temporal, database_url: str, database: Database, tmp_path: Path
) -> AsyncIterator[Scene]:
    """No worker runs until the test says `async with scene.worker()`."""
    async with a_mailbox() as mailbox:
        settings = Settings(
            data_dir=tmp_path,
            database_url=database_url,
            temporal_address=temporal.address,
            task_queue=a_task_queue(),
            smtp_url=f"smtp://127.0.0.1:{mailbox.port}",
            secret_keys=KeyRing.new_key(),
        )
        yield Scene(temporal, database, settings, mailbox)
        await _without_sweep(temporal)


async def _without_sweep(temporal: Temporal) -> None:
    """Delete the Schedule that a worker or a recovery has made: tests share the server."""
    try:
        await temporal.client.get_schedule_handle(SCHEDULE).delete()
    except RPCError as failure:
        if failure.status is not RPCStatusCode.NOT_FOUND:
            raise


@pytest.fixture
async def scene(idle_scene: Scene) -> AsyncIterator[Scene]:
    async with idle_scene.worker():
        yield idle_scene
