"""Import a file from a shell, with a progress bar, and print what changed."""

import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from models.errors import Refused
from models.files.read import FileRead, How
from models.files.table import MAX_BYTES, SentFile
from models.imports import ImportReport
from models.imports import Progress as ReportProgress
from models.people.callers import Caller
from starter.cli.language import headings, why_not, worded
from starter.cli.output import print_json, print_table, printable, say, warn
from starter.cli.session import open_desk, run
from wording.counts import COUNTS, counted, listed

if TYPE_CHECKING:
    from store.session import Database

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="CSV or Excel file (.xlsx) with a line of column names.")
]
Mapping = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="THEIRS=OURS",
        help="What a heading means that is not known, such as 'N° carte=iccid'; 'THEIRS=' leaves it out, and "
        "'\"1\"=slot' is the value of a column in all rows.",
    ),
]
SaveMap = Annotated[
    bool,
    typer.Option(
        "--save-map",
        help="Keep what --map says for the account: later files of this kind need no --map. "
        "See 'account mappings'.",
    ),
]
ForAccount = Annotated[
    str | None,
    typer.Option(
        "--account",
        metavar="ACCOUNT",
        help="The account of all rows, which the file need not name; its saved mapping is used.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only print what would change.")]

Desk = TypeVar("Desk")
Report = TypeVar("Report", bound=ImportReport)
Opened = Callable[[], AbstractAsyncContextManager[tuple[Desk, Caller]]]
Import = Callable[[Desk, Caller, SentFile, ReportProgress | None], Coroutine[Any, Any, Report]]


def import_file(
    file: Path,
    kind: Callable[["Database"], Desk],
    take_over: Import[Desk, Report],
    mapping: list[str] | None,
    *,
    save: bool,
    json: bool,
) -> Report:
    """Import a file by a method of a desk that needs the database alone, and print what changed. Returns the
    report.
    """
    return import_there(file, partial(open_desk, kind), take_over, mapping, save=save, json=json)


def import_there(
    file: Path,
    opened: Opened[Desk],
    take_over: Import[Desk, Report],
    mapping: list[str] | None,
    *,
    save: bool,
    json: bool,
) -> Report:
    """Import a file by a method of the desk that is opened, and print what changed, of a dry run also how the
    file was understood; warnings go to stderr.
    """
    content = SentFile(read_file(file), tuple(mapping or ()), save)

    async def call() -> Report:
        with progress_bar() as progress:
            async with opened() as (desk, caller):
                return await take_over(desk, caller, content, progress)

    report = run(call)
    if json:
        print_json(report)
        return report
    for warning in report.warnings:
        warn(why_not(warning))
    if report.dry_run and report.read is not None:
        print_read(report.read)
    say(_summary(report))
    return report


def print_read(read: FileRead) -> None:
    """How the file was understood: each column with what it became here."""
    how = {
        How.NAMED: worded("its own name"),
        How.RECOGNISED: worded("a usual heading"),
        How.MAPPED: worded("by --map"),
        How.SAVED: worded("by the saved mapping"),
        How.NOT_READ: worded("not read"),
    }
    rows = [(one.heading, one.column, how[one.how]) for one in read.columns]
    print_table(worded("Columns"), headings("heading", "column", "why"), rows, whole=("column",))
    if read.encoding:
        separator = {"\t": worded("tab")}.get(read.separator or "", read.separator)
        say(
            worded(
                "Read as {encoding} text; between the columns: {separator}",
                encoding=read.encoding,
                separator=separator,
            )
        )


def read_file(file: Path, at_most: int = MAX_BYTES) -> bytes:
    """Read at most one byte more than `at_most`, so that the caller sees a file that is too large.

    Raises `Refused` (`file_unreadable`, `file_not_there`, ...).
    """
    try:
        with file.open("rb") as opened:
            return opened.read(at_most + 1)
    except FileNotFoundError:
        reason = "file_not_there"
    except IsADirectoryError:
        reason = "file_is_folder"
    except PermissionError:
        reason = "file_not_permitted"
    except (OSError, ValueError):
        reason = "file_unreadable"
    raise Refused.because(reason, file=printable(file))


@contextmanager
def progress_bar() -> Iterator[ReportProgress | None]:
    """A progress bar on stderr if it is a terminal, else None."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading", total=None)
        yield lambda doing, done, total: bar.update(task, description=doing, completed=done, total=total)


def _summary(report: ImportReport) -> str:
    rows = counted(report.rows, COUNTS["rows"])
    if not report.changes:
        return f"{rows} read; nothing is new or different."
    parts = []
    if report.created:
        parts.append(f"new: {listed(report.created)}")
    if report.changed:
        parts.append(f"changed: {listed(report.changed)}")
    if report.dry_run:
        return f"{rows} read; a dry run, nothing is written. It would be {'; '.join(parts)}."
    return f"{rows} read; {'; '.join(parts)}."
