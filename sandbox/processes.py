"""Child processes that end with their parent: each in a session of its own, watched by a lifeline process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sandbox import lifeline

POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Program:
    """What to run and how to stop it."""

    name: str
    command: Sequence[str]
    log: Path
    """Standard output and error are appended here."""
    environment: Mapping[str, str] | None = None
    """The whole environment of the process; None: that of this process."""
    user: str | None = None
    """Run as this user (only root can)."""
    folder: Path | None = None
    """Working folder; None: that of this process."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    """The timeout of a stop, before it is killed."""


class Lifeline:
    """Ends every watched process group once this process is gone, even by SIGKILL; see `sandbox.lifeline`."""

    def __init__(self) -> None:
        self._watched: dict[int, int] = {}
        self._folders: list[Path] = []
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", lifeline.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def watch(self, pid: int, stop_signal: int) -> None:
        """End the process group led by `pid` when this process ends."""
        self._watched[pid] = stop_signal
        self._tell(f"watch {pid} {stop_signal}\n")

    def forget(self, pid: int) -> None:
        """Stop watching a group that has ended: its id may be reused by another process."""
        self._watched.pop(pid, None)
        self._tell(f"forget {pid}\n")

    def remove_at_end(self, folder: Path) -> None:
        """Remove this temporary folder when this process ends."""
        self._folders.append(folder)
        self._tell(f"remove {folder}\n")

    def renew(self) -> None:
        """Restart the lifeline if it was killed."""
        if self._process.poll() is None:
            return
        self._hang_up()
        self._process = self._start()
        for pid, stop_signal in self._watched.items():
            self._tell(f"watch {pid} {stop_signal}\n")
        for folder in self._folders:
            self._tell(f"remove {folder}\n")

    def close(self) -> None:
        """Close the pipe: the lifeline ends everything that is still watched."""
        self._hang_up()
        self._process.wait()

    def _tell(self, line: str) -> None:
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101
        with suppress(BrokenPipeError):  # the lifeline was killed: renew() repeats the line to the next one
            pipe.write(line.encode())
            pipe.flush()

    def _hang_up(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101
        with suppress(BrokenPipeError):
            pipe.close()


@dataclass(eq=False)
class Child:
    """One program. It leads its own process group, so that Ctrl-C reaches the supervisor only."""

    program: Program
    lifeline: Lifeline
    started: float = field(default=0.0, init=False)
    """Wall-clock time of the start, in seconds."""
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the program, its output appended to its log file."""
        program = self.program
        program.log.parent.mkdir(parents=True, exist_ok=True)
        self.started = time.time()
        with program.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                list(program.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=None if program.environment is None else dict(program.environment),
                cwd=program.folder,
                user=program.user,
                group=program.user,
                extra_groups=None if program.user is None else [],
                start_new_session=True,
            )
        self.lifeline.watch(self._process.pid, program.stop_signal)

    def ended(self) -> int | None:
        """Return the exit code once the process has ended (negative: the signal), None while it runs."""
        if self._process is None:
            return 0
        code = self._process.poll()
        if code is not None:
            self._end_group()
        return code

    def ask_to_stop(self) -> None:
        """Send the stop signal to the process itself; it stops its own children."""
        if self._process is not None:
            self._process.send_signal(self.program.stop_signal)

    def kill(self) -> None:
        """End the whole group at once."""
        if self._process is not None:
            self._kill_group(self._process.pid)
            self._process.wait()
            self._end_group()

    def stop(self) -> None:
        """Stop gracefully: send the stop signal, and kill it after `stop_seconds`."""
        if self._process is None:
            return
        self.ask_to_stop()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(self.program.stop_seconds)
        self.kill()

    def _end_group(self) -> None:
        """Kill what an ended process left behind in its group: nothing else would end it."""
        if self._process is not None:
            self._kill_group(self._process.pid)
            self.lifeline.forget(self._process.pid)
            self._process = None

    @staticmethod
    def _kill_group(group: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
