"""The servers of the benchmark: a sandbox in a throw-away folder, as `esim-orders up` runs it.

PostgreSQL runs with fsync and synchronous commit, Temporal writes to its file, the mailbox is an SMTP server
in a process, the worker is `python -m worker`. A second worker executes the bare orders.
"""

import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.bare_worker import TASK_QUEUE
from sandbox.data_dir import Addresses, DataDir
from sandbox.parts import Service
from sandbox.ports import free_port
from sandbox.processes import Child, Program
from sandbox.temporal_server import worker_polls
from sandbox.up import USUAL_PORTS, Plan, Sandbox
from settings import Settings
from store.migrations import upgrade
from workflows.search_attributes import NAMES

LAST_LINES = 60


@dataclass(frozen=True)
class Surroundings:
    """A running sandbox with both workers."""

    settings: Settings
    addresses: Addresses
    mailbox: Path

    def worker_rss_mb(self) -> float:
        """Memory of the worker of real orders that is in use now, in megabytes."""
        return float(psutil.Process(self.addresses.pids["worker"]).memory_info().rss / 1e6)

    def cpu_seconds(self) -> dict[str, float]:
        """CPU time that each process has used so far, with its children; the caller is `client`."""
        pids = {**self.addresses.pids, "client": os.getpid()}
        return {name: _cpu(pid, with_children=name != "client") for name, pid in pids.items()}


def _cpu(pid: int, *, with_children: bool) -> float:
    process = psutil.Process(pid)
    family = [process, *(process.children(recursive=True) if with_children else [])]
    used = 0.0
    for member in family:
        try:
            times = member.cpu_times()
        except psutil.NoSuchProcess:
            continue
        used += times.user + times.system + times.children_user + times.children_system
    return used


@asynccontextmanager
async def surroundings(*, bare: bool = True, **settings: str) -> AsyncIterator[Surroundings]:
    """Start everything on free ports; all is stopped and removed when the block ends.

    `bare`: also the worker of the bare orders. `settings`: variables of the environment of worker and portal.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ESIM_")}
    environment |= settings
    with tempfile.TemporaryDirectory(prefix="esim-bench-") as path:
        folder = DataDir(Path(path))
        folder.ports.write_text(json.dumps({name: free_port() for name in USUAL_PORTS}))
        plan = Plan(folder.path, upgrade, search_attributes=NAMES, environment=environment, say=_say)
        with folder.lock():
            running = Sandbox(plan, folder)
            try:
                async with running.supervisor:
                    addresses = await running.start()
                    if bare:
                        await _start_bare_worker(running, folder, addresses.temporal_address)
                    keys = settings.get("ESIM_SECRET_KEYS", "")
                    yield _seen(addresses, running.supervisor.pids, folder, keys)
            except Exception:
                _say(_last_words(folder))
                raise
            finally:
                running.clean_up()


def _seen(addresses: Addresses, pids: dict[str, int], folder: DataDir, secret_keys: str) -> Surroundings:
    settings = Settings(
        data_dir=folder.path,
        database_url=addresses.database_url,
        temporal_address=addresses.temporal_address,
        smtp_url=addresses.smtp_url,
        secret_keys=secret_keys,
    )
    addresses.pids.update(pids)
    return Surroundings(settings, addresses, folder.mailbox)


async def _start_bare_worker(running: Sandbox, folder: DataDir, address: str) -> None:
    program = Program(
        name="bare_worker",
        command=(sys.executable, "-m", "bench.bare_worker", address),
        log=folder.log("bare_worker"),
    )

    async def is_ready(child: Child) -> bool:
        return await worker_polls(address, "default", TASK_QUEUE, since=child.started)

    await running.supervisor.start(Service(program, is_ready))


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _last_words(folder: DataDir) -> str:
    """The last lines of the worker's log, which is removed with the folder."""
    log = folder.log("worker")
    return "\n".join(log.read_text().splitlines()[-LAST_LINES:]) if log.exists() else ""
