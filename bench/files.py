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
from bench.lists import ListPace, cpu_of, peak, time_lists
from bench.surroundings import surroundings

_KB = 1024
_LOOK_SECONDS = 0.05
"""Between two looks at what a command uses."""


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
            paces.append(await _import(url, rows, first))
            first += rows
        return FileFigures(paces, await time_lists(url))


async def _import(database_url: str, rows: int, first: int) -> CommandPace:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "fleet.csv"
        file.write_bytes(fleet_file(rows, first))
        start = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "starter.cli", "fleet", "import", str(file), "--json"),
            env=os.environ | {"ESIM_DATABASE_URL": database_url},
            stdout=asyncio.subprocess.DEVNULL,
        )
        ended = asyncio.ensure_future(process.wait())
        cpu, most = 0.0, 0
        while not ended.done():
            cpu, most = max(cpu, cpu_of(process.pid)), max(most, peak(process.pid))
            await asyncio.wait({ended}, timeout=_LOOK_SECONDS)
    assert ended.result() == 0
    return CommandPace(rows, time.perf_counter() - start, cpu, most / _KB)


def show_files(figures: FileFigures, console: Console) -> None:
    """Print the figures as tables."""
    imports = Table("rows", "seconds", "CPU of the command", "MB", title="fleet import")
    for one in figures.imports:
        imports.add_row(f"{one.rows:,}", f"{one.seconds:.1f}", f"{one.cpu_s:.1f}", f"{one.rss_mb:.0f}")
    lists = Table("form", "rows", "first row, seconds", "CPU until then", "seconds", "MB", title="fleet list")
    for each in figures.lists:
        until = (f"{each.first_row_s:.2f}", f"{each.first_row_cpu_s:.2f}")
        lists.add_row(each.form, f"{each.rows:,}", *until, f"{each.seconds:.1f}", f"{each.rss_mb:.0f}")
    console.print(imports, lists)
