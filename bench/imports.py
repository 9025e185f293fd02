"""How long a fleet import takes: one file of several thousand rows into an account that is not there yet."""

import csv
import io
import time
from dataclasses import dataclass

from models.fleet.file import COLUMNS
from starter import callers
from starter.inventory import Inventory
from store.session import Database


@dataclass(frozen=True)
class ImportPace:
    """One import."""

    rows: int
    seconds: float

    @property
    def rows_per_s(self) -> float:
        return self.rows / self.seconds


async def time_import(database: Database, rows: int) -> ImportPace:
    """Import a file of so many lines: a device, an employee and a SIM each, a group for every hundred."""
    content = fleet_file(rows)
    start = time.perf_counter()
    report = await Inventory(database).import_fleet(callers.operator(), content)
    seconds = time.perf_counter() - start
    assert report.created["lines"] == rows
    return ImportPace(rows, seconds)


def fleet_file(rows: int) -> bytes:
    """The file, as a customer would send it."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for number in range(rows):
        table.writerow(
            (
                "Imported",
                f"Tablet {number}",
                1,
                f"+337{number:08d}",
                "SFR",
                "physical",
                f"89331000{number:011d}",
                "Imports",
                f"Person {number}",
                f"person.{number}@imported.example",
                f"Group {number // 100}",
            )
        )
    return written.getvalue().encode()
