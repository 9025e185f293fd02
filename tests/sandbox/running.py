"""`up` as a process of its own, for the tests of the sandbox."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from sandbox.control import ask
from sandbox.data_dir import Addresses, DataDir
from sandbox.ports import free_port
from tests.shared import with_cluster

RUN_UP = Path(__file__).with_name("run_up.py")
DEADLINE_SECONDS = 40


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@dataclass
class Up:
    """One `up` on a folder, as a process of its own."""

    process: subprocess.Popen[bytes]
    folder: DataDir
    output: Path
    _family: set[psutil.Process] = field(default_factory=set)

    @property
    def said(self) -> str:
        return self.output.read_text()

    @property
    def addresses(self) -> Addresses:
        addresses = self.folder.running_addresses()
        assert addresses is not None
        return addresses

    def state(self, name: str) -> str:
        """What a part does now."""
        (part,) = ask(self.folder.path, do="status", part=name)["parts"]
        return str(part["state"])

    def family(self) -> set[psutil.Process]:
        """Every process that was ever seen below this `up`."""
        self._family |= set(psutil.Process(self.process.pid).children(recursive=True))
        return self._family

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.family()
        self.process.send_signal(how)
        return self.process.wait(DEADLINE_SECONDS)

    def all_gone(self) -> bool:
        return not any(is_alive(process) for process in self._family)


def is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextmanager
def up(
    folder: Path,
    *worker: str,
    environment: dict[str, str] | None = None,
    started: str = "ready",
    through: tuple[str, ...] = (),
    prepared: bool = True,
) -> Iterator[Up]:
    """Start `up`, perhaps `through` a shell, and wait until it says that it is ready, or has ended. A new
    folder has a server's files already, unless it is not to be `prepared`.
    """
    folder.mkdir(exist_ok=True)
    data = DataDir(folder)
    if prepared and not data.postgres.exists() and "ESIM_DATABASE_URL" not in (environment or {}):
        with_cluster(data)
    ports = data.ports
    if not ports.exists():  # other test runs on this machine shall not race us for the usual ports
        names = ("temporal", "temporal_ui", "temporal_metrics", "smtp")
        ports.write_text(json.dumps({name: free_port() for name in names}))
    output = folder.with_name(f"{folder.name}.{time.monotonic_ns()}.txt")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ESIM_")}
    with output.open("wb") as file:
        process = subprocess.Popen(
            [*through, sys.executable, str(RUN_UP), str(folder), *worker],
            stdout=file,
            stderr=file,
            env=clean | {"PYTHONPATH": str(RUN_UP.parents[2])} | (environment or {}),
            start_new_session=True,
        )
    running = Up(process, DataDir(folder), output)
    try:
        wait_until(lambda: started in running.said or process.poll() is not None, "ready")
        yield running
    finally:
        if process.poll() is None:
            running.end()
        wait_until(running.all_gone, "nothing is left")
