"""How soon a long list begins, how long it takes, and the memory of the command: `fleet list` of all rows."""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

FORMS = ("--json", "--csv")
_KB = 1024


@dataclass(frozen=True)
class ListPace:
    """One list, by a process of its own."""

    form: str
    rows: int
    first_row_s: float
    """From the start of the command to the end of its first row."""
    first_row_cpu_s: float
    """What the command itself has used of that."""
    seconds: float
    rss_mb: float


async def time_lists(database_url: str, forms: Sequence[str] = FORMS) -> list[ListPace]:
    """List all lines of the database in each form."""
    return [await _time_list(database_url, form) for form in forms]


async def _time_list(database_url: str, form: str) -> ListPace:
    start = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "starter.cli", "fleet", "list", form),
        env=os.environ | {"ESIM_DATABASE_URL": database_url},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    header = 1 if form == "--csv" else 0
    for _ in range(header + 1):
        await process.stdout.readline()
    first, rows, most = time.perf_counter() - start, 1, 0
    used = cpu_of(process.pid)
    while chunk := await process.stdout.read(2**20):
        rows += chunk.count(b"\n")
        most = max(most, peak(process.pid))
    assert await process.wait() == 0
    return ListPace(form, rows, first, used, time.perf_counter() - start, most / _KB)


def cpu_of(pid: int) -> float:
    """The seconds of CPU that a process has used so far; 0 if it has ended."""
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.NoSuchProcess:
        return 0
    return float(times.user + times.system)


def peak(pid: int) -> int:
    """The most memory that a process has had so far, in kB; 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return 0
