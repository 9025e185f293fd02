"""A reader for many files (`many.py`), and a new one after a file that ended it. Uploads get one each."""

import contextlib
import json
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from qr.file_types import claimed_type
from tests.qr.samples import Sample

_HERE = Path(__file__)
LONGEST_SECONDS = 10
"""A file that takes longer ends the process."""


def kind_of(sample: Sample) -> str:
    kind = claimed_type(sample.filename)
    assert kind
    return kind


@dataclass
class LongReader:
    """`deaths` counts the signals that ended a process; `memory` is the most that any of them had, in MB."""

    deaths: dict[int, int] = field(default_factory=dict)
    memory: int = 0
    missed: set[str] = field(default_factory=set)
    """What Python looked for while it read."""
    _process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()

    def read(self, kind: str, content: bytes, seconds: float = 0.0) -> dict[str, Any] | None:
        """What the reader says of a file; None if it died of it."""
        process = self._process = self._process or self._started()
        assert process.stdin
        assert process.stdout
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(f"{kind} {len(content)} {seconds}\n".encode() + content)
            process.stdin.flush()
        alarm = threading.Timer(LONGEST_SECONDS, process.send_signal, [signal.SIGALRM])
        alarm.start()
        line = process.stdout.readline()
        alarm.cancel()
        if not line:
            self._process = None
            with contextlib.suppress(BrokenPipeError):
                process.communicate()
            self.deaths[-process.returncode] = self.deaths.get(-process.returncode, 0) + 1
            return None
        answer = json.loads(line)
        self.memory = max(self.memory, _most_memory(process.pid))
        self.missed |= set(answer["missed"])
        told: dict[str, Any] = answer["told"]
        return told

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-I", str(_HERE.parent / "many.py"), str(_HERE.parents[2])]
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            start_new_session=True,
        )


def _most_memory(pid: int) -> int:
    """The most memory that a process had, in MB. `ru_maxrss` begins with that of the parent."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024
