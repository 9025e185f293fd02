"""`python -m bench --only files`: fleet files of several sizes imported by the command, and all lines listed.

Each command is a process of its own, as a person types it, so its memory and its CPU are those of the command
alone. What PostgreSQL does meanwhile is counted in the seconds, not in the CPU.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.imports import fleet_file
from bench.lists import ListPace, time_lists
from bench.surroundings import surroundings

_KB = 1024


@dataclass(frozen=True)
class CommandPace:
    """One import by the command."""

    rows: int
    seconds: float
    cpu_s: float
    rss_mb: float


@dataclass(frozen=True)
class FileFigures:
    """The imports, the smallest first, then the lists of everything imported."""

    imports: list[CommandPace]
    lists: list[ListPace]

    def as_json(self) -> dict[str, Any]:
        """The figures as JSON."""
        return asdict(self)


async def measure_files(sizes: Sequence[int]) -> FileFigures:
    """Import a file of each size into an account of its own, then list all lines in each form."""
    ascending, first, paces = sorted(sizes), 0, list[CommandPace]()
    async with surroundings(bare=False) as around:
        url = around.settings.database_url
        for rows in ascending:
            paces.append(await asyncio.to_thread(_import, url, fleet_file(rows, first)))
            first += rows
        return FileFigures(paces, await time_lists(url))


def _import(database_url: str, content: bytes) -> CommandPace:
    rows = content.count(b"\n") - 1
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "fleet.csv"
        file.write_bytes(content)
        start = time.perf_counter()
        pid = os.posix_spawn(
            sys.executable,
            (sys.executable, "-m", "starter.cli", "fleet", "import", str(file), "--json"),
            os.environ | {"ESIM_DATABASE_URL": database_url},
            file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
        )
        _, status, used = os.wait4(pid, 0)
        seconds = time.perf_counter() - start
    assert os.waitstatus_to_exitcode(status) == 0
    unit = 2**20 if sys.platform == "darwin" else _KB
    return CommandPace(rows, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / unit)


def show_files(figures: FileFigures, console: Console) -> None:
    """Print the figures as tables."""
    imports = Table("rows", "seconds", "CPU of the command", "MB", title="fleet import")
    for one in figures.imports:
        imports.add_row(f"{one.rows:,}", f"{one.seconds:.1f}", f"{one.cpu_s:.1f}", f"{one.rss_mb:.0f}")
    lists = Table("form", "rows", "first row, seconds", "seconds", "MB", title="fleet list")
    for each in figures.lists:
        row = (f"{each.rows:,}", f"{each.first_row_s:.2f}", f"{each.seconds:.1f}", f"{each.rss_mb:.0f}")
        lists.add_row(each.form, *row)
    console.print(imports, lists)
