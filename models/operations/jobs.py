"""Jobs: imports of files and bulk actions that run in the background (A16, A21).

A new kind is an entry in `KINDS`, and in the dictionary of what it does (`starter.operations.job_kinds`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.errors import Refusal, Refused
from models.identifiers import reference
from models.imports import Problem
from models.people.callers import Permission
from models.values import View

MOST_ROWS = 10_000
"""Rows of a bulk action."""


class JobStatus(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """The whole file was refused, or who made the job may not do so any more; rows that were done before stay
    done.
    """
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The status as operators read it."""
        return _LABELS[self]


_LABELS = {
    JobStatus.QUEUED: "Waits to be run",
    JobStatus.RUNNING: "Is run",
    JobStatus.DONE: "Done",
    JobStatus.FAILED: "Failed: the job's report says why",
    JobStatus.CANCELLED: "Cancelled",
}
UNFINISHED = frozenset({JobStatus.QUEUED, JobStatus.RUNNING})


@dataclass(frozen=True)
class JobKind:
    """What a kind of job needs."""

    permission: Permission
    file: bool = False
    """A file is imported: all rows or none. Else the rows are done one by one."""
    continues: bool = False
    """After the import something else has to be done, which a repeat of the import does."""

    @property
    def of_travel(self) -> bool:
        """Whether such jobs exist only for callers who may see travel eSIMs."""
        return self.permission is Permission.MANAGE_TRAVEL


KINDS: Mapping[str, JobKind] = {
    "import_fleet": JobKind(Permission.IMPORT_INVENTORY, file=True),
    "import_catalogue": JobKind(Permission.EDIT_CATALOGUE, file=True),
    "import_numbers": JobKind(Permission.MANAGE_NUMBERS, file=True),
    "import_subscribers": JobKind(Permission.MANAGE_TRAVEL, file=True, continues=True),
    "import_travel_stock": JobKind(Permission.MANAGE_TRAVEL, file=True),
    "import_travel_rates": JobKind(Permission.MANAGE_TRAVEL, file=True),
    "import_travel_plans": JobKind(Permission.MANAGE_TRAVEL, file=True),
    "place_orders": JobKind(Permission.PLACE_ORDERS),
    "request_qr_codes": JobKind(Permission.REQUEST_QR_CODES),
    "import_qr_codes": JobKind(Permission.IMPORT_QR_CODES),
    "set_employee": JobKind(Permission.EDIT_INVENTORY),
    "set_groups": JobKind(Permission.EDIT_INVENTORY),
    "order_steps": JobKind(Permission.ACKNOWLEDGE_ORDERS),
}


def job_kind(name: str, *, file: bool) -> JobKind:
    """The kind of this name, one that imports a file or one that has rows. Raises `Refused`
    (`job_kind_unknown`).
    """
    kind = KINDS.get(name)
    if kind is None or kind.file is not file:
        known = (each for each, of in KINDS.items() if of.file is file)
        raise Refused.because("job_kind_unknown", kinds=", ".join(known))
    return kind


OF_TRAVEL = tuple(sorted(name for name, kind in KINDS.items() if kind.of_travel))


class RowOutcome(StrEnum):
    """What became of a row."""

    DONE = "done"
    REFUSED = "refused"
    NOTED = "noted"
    """It was imported, with a warning."""


class JobView(View):
    """A job as it is now."""

    id: int
    account: str
    kind: str
    status: JobStatus
    dry_run: bool
    rows: int | None
    """None until the file was read."""
    done: int
    refused: int
    """How many rows were refused."""
    created: dict[str, int]
    """What an import made, by kind of record."""
    changed: dict[str, int]
    refusals: tuple[Refusal, ...]
    """Why all of it was refused, or its remaining rows."""
    kept: bool = False
    """The file that was checked is kept for a day, and can be imported without being sent again."""
    held: bool
    created_by: str
    made_by: str | None = None
    """The name and address of that user, where one job is read."""
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def job_id(self) -> str:
        """The id by which people name it: `J-7`."""
        return reference("J", self.id)


class JobRowView(View):
    """A row of a job's report. Of an import only rows with problems are in it."""

    row: int
    """Of a file the number of its line, else counted from 1."""
    outcome: RowOutcome
    record: str | None
    """What it made, such as an order's id."""
    about: str | None = None
    """Of a bulk action the line or the SIM, as `L-42` or `S-7`."""
    title: str | None = None
    """Its phone number, or its ICCID."""
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Submitted:
    """A job that was accepted. `replayed`: under this key before."""

    view: JobView
    replayed: bool = False
