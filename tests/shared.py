"""What the processes of one run of tests share: the first that needs it makes it."""

import asyncio
import fcntl
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sandbox.data_dir import DataDir
from sandbox.postgres import READY_SECONDS, Postgres
from sandbox.processes import POLL_SECONDS, Child, Lifeline
from store import migrations
from tests.databases import tidy


def of_the_run() -> Path:
    """The temporary folder of the run, in which each of its processes has its own."""
    own = Path(tempfile.gettempdir())
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder of this name, made by the first process that asks."""
    found = of_the_run() / name
    with found.with_name(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            make(found)
    return found


def with_cluster(data: DataDir) -> None:
    """Give a new sandbox the files of a PostgreSQL server with all tables and no rows: to make them takes
    longer than all else of a start.
    """
    made = made_once("cluster", _cluster)
    subprocess.run(["cp", "-a", str(made / "postgres"), str(data.postgres)], check=True)


def _cluster(folder: Path) -> None:
    server = Postgres(folder / "postgres", folder / "log", fast=True)
    server.prepare()
    lifeline = Lifeline()
    child = Child(server.program(), lifeline)
    try:
        child.start()
        deadline = time.monotonic() + READY_SECONDS
        while not server.is_ready(child.pid):
            assert time.monotonic() < deadline, server.log.read_text()
            time.sleep(POLL_SECONDS)
        with ThreadPoolExecutor(1) as thread:  # the event loop of the session may be running in this one
            thread.submit(asyncio.run, _migrate(server.url())).result()
    finally:
        child.stop()
        lifeline.close()
        server.clean_up()


async def _migrate(url: str) -> None:
    await migrations.upgrade(url)
    await tidy(url)
