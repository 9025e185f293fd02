"""Both kinds of order are registered in every test of this folder, and nowhere else."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.builders import world
from tests.kinds import gadget, gadget_rows, instant
from tests.system.conftest import idle_scene
from tests.system.scene import Scene
from tests.temporal_server import temporal

__all__ = ["both", "idle_scene", "open_scene", "quiet", "temporal"]


@pytest.fixture(autouse=True)
def both() -> Iterator[None]:
    with instant.registered(), gadget.registered():
        yield


@pytest.fixture
async def quiet(both: None, idle_scene: Scene) -> Scene:
    """An account with both kinds; no worker runs."""
    await world(idle_scene.database)
    await instant.prepare(idle_scene.database)
    await gadget_rows.prepare(idle_scene.database)
    return idle_scene


@pytest.fixture
async def open_scene(quiet: Scene) -> AsyncIterator[Scene]:
    async with quiet.worker():
        yield quiet
