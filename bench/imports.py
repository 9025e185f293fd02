"""How long fleet imports take: files of several thousand rows, each into an account that is not there yet.

The time of an import must be proportional to its rows, so several sizes are measured, the smallest first.
"""

import csv
import io
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from models.fleet.file import COLUMNS, OPTIONAL
from starter import callers
from starter.fleet.desk import FleetDesk
from store.session import Database

ROWS = (5_000, 20_000, 100_000)
_MB_OF_MAXRSS = 2**20 if sys.platform == "darwin" else 2**10


@dataclass(frozen=True)
class ImportPace:
    """One import."""

    rows: int
    seconds: float
    rss_mb: float
    """The most memory that this process has had so far; the import runs in it."""

    @property
    def rows_per_s(self) -> float:
        return self.rows / self.seconds


async def time_imports(database: Database, sizes: Sequence[int]) -> list[ImportPace]:
    """Import a file of each size: a device, an employee and a SIM a line, a group for each hundred.
    No two files have a line in common.
    """
    ascending = sorted(sizes)
    firsts = accumulate(ascending, initial=0)
    return [await _time_import(database, rows, first) for rows, first in zip(ascending, firsts, strict=False)]


async def _time_import(database: Database, rows: int, first: int) -> ImportPace:
    content = fleet_file(rows, first)
    start = time.perf_counter()
    report = await FleetDesk(database).import_fleet(callers.operator(), content)
    seconds = time.perf_counter() - start
    assert report.created["lines"] == rows
    return ImportPace(rows, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MB_OF_MAXRSS)


def fleet_file(rows: int, first: int = 0) -> bytes:
    """The file, as a customer would send it."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow((*COLUMNS, *OPTIONAL))
    for number in range(first, first + rows):
        table.writerow(
            (
                f"Imported {rows}",
                f"Tablet {number}",
                1,
                f"+337{number:08d}",
                "SFR",
                "physical",
                f"89331000{number:010d}7",
                "Imports",
                f"Person {number}",
                f"person.{number}@imported.example",
                f"Group {number // 100}",
                "fr",
            )
        )
    return written.getvalue().encode()
