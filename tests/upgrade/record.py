"""Keep what a release has: a filled database of it, histories of its running workflows, its contract.

`python -m tests.upgrade.record` (or `make release-fixture`) writes the folder of the version that
pyproject.toml names, such as `tests/upgrade/v0.1.0`. That is right until this version is released. Afterwards
its folder is never written again: the tests upgrade the database in it with every migration since.
"""

import asyncio
import base64
import gzip
import hashlib
import json
import logging
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from sandbox.postgres import ThrowAwayPostgres
from settings import Settings
from store import migrations
from store.clock import set_clock
from store.head_revision import head_revision
from store.session import Database
from temporal.workflow_sandbox import workflow_runner
from tests.contract.released import contract
from tests.replay.record import IDENTITY, PROJECT, without_traces
from tests.system.scene import Scene, a_mailbox
from tests.temporal_server import a_server, eventually
from tests.upgrade.answers import answers
from tests.upgrade.dumps import dump
from tests.upgrade.kept import HERE, Kept
from tests.upgrade.world import World
from worker import WORKFLOWS
from workflows.operations.messages import RetryMany

KEYS = "of-tests:" + base64.b64encode(hashlib.sha256(b"esim-orders: a key of tests").digest()).decode()
"""They encrypt test codes only, and are kept beside them."""
_MOMENTARY: dict[str, list[Any]] = {"EsimTravelSweep": [], "RetryHeld": [RetryMany(all=True)]}
"""Workflows that run for a moment only, and their input."""


@asynccontextmanager
async def a_scene() -> AsyncIterator[Scene]:
    """Real parts that nothing else uses."""
    with ThrowAwayPostgres() as server, tempfile.TemporaryDirectory() as folder:
        await migrations.upgrade(server.url())
        async with a_server(IDENTITY) as temporal, a_mailbox() as mailbox:
            settings = Settings(
                data_dir=Path(folder),
                database_url=server.url(),
                temporal_address=temporal.address,
                smtp_url=f"smtp://127.0.0.1:{mailbox.port}",
                secret_keys=KEYS,
                answer_timeout=timedelta(minutes=1),
            )
            database = Database(server.url())
            yield Scene(temporal, database, settings, mailbox)
            await database.close()


async def record(folder: Path) -> list[str]:
    """Build the world, and write the folder. Returns what the world lacks; then nothing is written."""
    async with a_scene() as scene:
        world = World(scene)
        async with scene.worker():
            await world.build()
        await world.works.free_stuck()
        lacks = await world.lacks()
        histories = await running(scene)
        lacks += [f"a running {name}" for name in await _never_ran(histories)]
        if lacks:
            return lacks
        for column in await world.columns_without_value():
            print(f"No row has a value in {column}.")
        dumped, clock = await _dumped(scene)
        said = await answers(world.works.desks)  # after the dump: that a code was shown is an event
        recorded = {
            "revision": head_revision(),
            "clock": clock.isoformat(),
            "unfinished": sorted(await world.works.unfinished()),
        }
        await asyncio.to_thread(_keep, folder, recorded, dumped, said, histories)
    return []


async def _dumped(scene: Scene) -> tuple[bytes, datetime]:
    """The database, with the plain clock of one that is no test's, and what time it was in it."""
    ((ahead, clock),) = await scene.sql("SELECT esim_now() - now(), esim_now()")
    for offset in (timedelta(), ahead):
        async with scene.database.transaction() as connection:
            await set_clock(connection, offset)
        if not offset:
            dumped = await dump(scene.settings.database_url)
    return dumped, clock


def _keep(
    folder: Path, recorded: dict[str, Any], dumped: bytes, said: dict[str, Any], histories: dict[str, Any]
) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "recorded.json").write_text(json.dumps(recorded, indent=1) + "\n")
    (folder / "contract.json").write_text(json.dumps(contract(), indent=1, sort_keys=True) + "\n")
    (folder / "keys.txt").write_text(KEYS + "\n")
    _zip(folder / "dump.sql.gz", dumped)
    _zip(folder / "answers.json.gz", json.dumps(said, indent=1).encode())
    _zip(folder / "histories.json.gz", json.dumps(histories, indent=1, sort_keys=True).encode())


def _zip(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(content, mtime=0))


async def running(scene: Scene) -> dict[str, Any]:
    """The history of every workflow that runs, by its id; no step is executed any more."""
    client, queue = scene.temporal.client, scene.settings.task_queue
    async with Worker(client, task_queue=queue, workflows=WORKFLOWS, workflow_runner=workflow_runner()):
        for name, given in _MOMENTARY.items():
            await client.start_workflow(name, args=given, id=f"running-{name}", task_queue=queue)
            await eventually(
                partial(_events, client, f"running-{name}"), lambda seen: "activityTask" in str(seen)
            )
    query = "ExecutionStatus = 'Running'"
    ids = [found.id async for found in client.list_workflows(query)]
    return {name: await _events(client, name) for name in sorted(ids)}


async def _events(client: Client, workflow_id: str) -> Any:
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    return without_traces(json.loads(history.to_json()))


async def _never_ran(histories: dict[str, Any]) -> list[str]:
    """Types of workflows without a history."""
    there = {
        history["events"][0]["workflowExecutionStartedEventAttributes"]["workflowType"]["name"]
        for history in histories.values()
    }
    names = {kind.__temporal_workflow_definition.name for kind in WORKFLOWS}  # type: ignore[attr-defined]
    return sorted(names - there)


def main() -> int:
    """Record from the command line."""
    begun = time.monotonic()
    logging.disable()  # many steps are made to fail
    kept = Kept(HERE / f"v{PROJECT['version']}")
    for lacking in asyncio.run(record(kept.folder)):
        print(f"The world lacks {lacking}.", file=sys.stderr)
        return 1
    sizes = sum(file.stat().st_size for file in kept.folder.iterdir())
    print(f"{kept.folder}: {sizes // 1024} kB, in {time.monotonic() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
