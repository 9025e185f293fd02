"""The sandbox's folder: its lock, the addresses of its parts, its key, and cleanup after a killed run."""

import base64
import fcntl
import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from sandbox.errors import SandboxError
from sandbox.files import make_private, write_atomically
from sandbox.lifeline import end_groups
from sandbox.processes import Child

OURS = re.compile(
    r"postgres(\.new|-socket(-folder)?)?|temporal\.db.*|mailbox|logs|lock|up\.log|control\.sock"
    r"|\.?(ports|addresses|keys|children|clock|sign-ins)\.json(\.new)?"
)
"""Names of what a sandbox makes in its folder."""
LOCK_SECONDS = 1.0
LOCK_POLL_SECONDS = 0.05
SAME_START_SECONDS = 2.0
"""Two processes with the same id whose start times differ by less are the same process."""


@dataclass(frozen=True)
class Addresses:
    """The addresses of a running sandbox's parts, as in `addresses.json`, which `settings.py` reads."""

    database_url: str
    temporal_address: str
    temporal_ui_url: str
    smtp_url: str
    portal_url: str = ""
    """Empty where no portal runs."""
    temporal_metrics_url: str = ""
    """Empty when Temporal is not the sandbox's own."""
    account_mode: str = "test"
    """No eSIM of a sandbox is real: API keys of its accounts begin with `esim_test_`."""
    webhooks_to_loopback: str = "true"
    """The receivers of webhooks that a developer tries are on the same machine."""
    pids: dict[str, int] = field(default_factory=dict)
    """Process id by name: postgres, temporal, mailbox, worker, portal, as far as the sandbox runs them."""


@dataclass(frozen=True)
class DataDir:
    """The paths in the folder. Databases, mailbox and key are kept; `addresses.json` is removed."""

    path: Path

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def temporal(self) -> Path:
        return self.path / "temporal.db"

    @property
    def mailbox(self) -> Path:
        return self.path / "mailbox"

    @property
    def ports(self) -> Path:
        return self.path / "ports.json"

    @property
    def addresses(self) -> Path:
        return self.path / "addresses.json"

    @property
    def keys(self) -> Path:
        return self.path / "keys.json"

    @property
    def clock(self) -> Path:
        return self.path / "clock.json"

    @property
    def children(self) -> Path:
        return self.path / "children.json"

    def log(self, name: str) -> Path:
        return self.path / "logs" / f"{name}.log"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Lock the folder against a second sandbox; the kernel releases the lock however the process ends."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.path / "lock").open("a+") as file:
            deadline = time.monotonic() + LOCK_SECONDS
            while not _try_lock(file.fileno(), fcntl.LOCK_EX):
                if time.monotonic() > deadline:
                    file.seek(0)
                    raise SandboxError(
                        f"A sandbox is already running on {self.path} (process {file.read().strip() or '?'})."
                    )
                time.sleep(LOCK_POLL_SECONDS)
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
            yield

    def make_private(self) -> None:
        """Remove the permissions of group and others, also from existing files. Call it under the lock only.

        A folder that also holds other files, such as a home, keeps its mode; the sandbox's files in it do
        not.
        """
        entries = list(self.path.iterdir())
        ours = [entry for entry in entries if OURS.fullmatch(entry.name)]
        for entry in ours:
            make_private(entry)
        if len(ours) == len(entries):
            self.path.chmod(0o700)

    def is_running(self) -> bool:
        """Whether a sandbox runs on this folder now."""
        try:
            with (self.path / "lock").open() as file:
                return not _try_lock(file.fileno(), fcntl.LOCK_SH)
        except FileNotFoundError:
            return False

    def running_addresses(self) -> Addresses | None:
        """The addresses of the parts; None unless a sandbox runs, even where a killed one left its file."""
        if not self.is_running():
            return None
        try:
            return Addresses(**json.loads(self.addresses.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def make_keys(self) -> None:
        """Create the key that encrypts QR codes, once: if it were replaced, they could not be decrypted."""
        if not self.keys.exists():
            key = f"sandbox:{base64.b64encode(os.urandom(32)).decode()}"
            write_atomically(self.keys, json.dumps({"secret_keys": key}))

    def make_clock(self) -> None:
        """Mark the folder as that of a sandbox whose clock can be advanced, once; its database gets the same
        mark.
        """
        if not self.clock.exists():
            write_atomically(self.clock, json.dumps({"mark": os.urandom(16).hex()}))

    def write_addresses(self, addresses: Addresses) -> None:
        """Write `addresses.json`, by which every command finds the sandbox."""
        write_atomically(self.addresses, json.dumps(asdict(addresses), indent=2))

    def note_children(self, children: Iterable[Child]) -> None:
        """Record the running processes, for `end_leftovers` of the next run."""
        notes = [
            {"pid": child.pid, "started": started, "stop_signal": int(child.program.stop_signal)}
            for child in children
            if child.pid is not None and (started := _start_time(child.pid)) is not None
        ]
        write_atomically(self.children, json.dumps(notes))

    def forget(self) -> None:
        """Remove the files that say that a sandbox runs here."""
        self.addresses.unlink(missing_ok=True)
        self.children.unlink(missing_ok=True)

    def end_leftovers(self) -> None:
        """End the processes that a killed run left behind. Call it under the lock only."""
        try:
            notes = json.loads(self.children.read_text())
            leftovers = {
                int(note["pid"]): int(note["stop_signal"])
                for note in notes
                if (started := _start_time(int(note["pid"]))) is not None
                and abs(started - float(note["started"])) < SAME_START_SECONDS
            }
        except (OSError, ValueError, TypeError, KeyError):
            leftovers = {}
        end_groups(leftovers)
        self.forget()


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _start_time(pid: int) -> float | None:
    """When the process started, as the kernel reports it; None if the process has ended."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except psutil.NoSuchProcess:
        return None
