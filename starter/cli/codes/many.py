"""`esim-orders qr import-many`: give many SIMs their QR codes from one file (R13)."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.codes.many import CodeOutcome, CodeResult, ManyCodesReport
from models.errors import EsimError, Refused, Unavailable
from models.files.table import SentFile
from models.imports import Problem
from starter.cli.codes import pictures
from starter.cli.codes.arguments import SomeUser
from starter.cli.imports import DryRun, Mapping, print_read, progress_bar, read_file
from starter.cli.language import cautioned, headings, why_not, worded
from starter.cli.output import JsonFlag, print_json, print_list, printable, say, warn
from starter.cli.session import CHECK_FAILED, qr_desk, run

if TYPE_CHECKING:
    from starter.codes.many import ManyCodes

COLUMNS = ("row", "iccid", "result", "code", "sentence")
"""Of the report: programs read it, so their names are not translated."""
INTERRUPTED = 130
_MOST_WARNINGS = 10


def import_many(  # noqa: PLR0917  options of a command
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="CSV or Excel file (.xlsx) with iccid and activation_code, or a ZIP of pictures, each named "
            "by its ICCID.",
        ),
    ],
    mapping: Mapping = None,
    dry_run: DryRun = False,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE.csv", help="Write what became of each row to this file."),
    ] = None,
    user: SomeUser = None,
    json: JsonFlag = False,
) -> None:
    """Give many SIMs their QR codes, from a table or from a ZIP of pictures named by ICCID.

    Each row is imported by itself: one that is refused stops no other, and is named with its reason. The same
    file can be imported again at any time, also after Ctrl-C: a SIM that has its code already stays as it is.
    """
    if report is not None:
        _refuse_unless_replaceable(report, file)
    begun: list[ManyCodes] = []

    async def call() -> None:
        from starter.codes.many import ManyCodes  # noqa: PLC0415  see `qr_desk`

        with progress_bar() as progress:
            async with qr_desk(user) as (desk, caller):
                content = SentFile(read_file(file), tuple(mapping or ()))
                begun.append(ManyCodes(desk, caller, progress))
                await begun[0].run(content, file.name, dry_run=dry_run)

    try:
        run(call)
    except KeyboardInterrupt:
        _show(begun, report, json=json)
        warn(_interrupted(begun))
        raise SystemExit(INTERRUPTED) from None
    except Unavailable as failure:
        _show(begun, report, json=json)
        failure.add_note(_interrupted(begun))
        raise
    except EsimError:
        if begun and begun[0].report.rows:
            _show(begun, report, json=json)
        raise
    done = _show(begun, report, json=json)
    if done.counts[CodeOutcome.REFUSED]:
        raise SystemExit(CHECK_FAILED)


def _show(begun: "Sequence[ManyCodes]", file: Path | None, *, json: bool) -> ManyCodesReport:
    """Print what became of the rows and write the report, as far as the import came."""
    done = begun[0].report if begun else ManyCodesReport(dry_run=False, rows=())
    if file is not None:
        _write(file, done)
    if json:
        print_json(done)
        return done
    for warning in done.warnings:
        warn(why_not(warning))
    if done.not_read:
        warn(_not_read(done.not_read))
    if done.dry_run and done.read is not None:
        print_read(done.read)
    _print_rows(done, file)
    if done.rows:
        _print_summary(done, file)
    return done


def _not_read(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_WARNINGS])
    if len(names) > _MOST_WARNINGS:
        shown += ", …"
    return worded(
        "Not read, as they are no pictures named by ICCID ({files}): {names}", files=len(names), names=shown
    )


def _print_rows(done: ManyCodesReport, file: Path | None) -> None:
    """The rows that a person has to see: those that were refused, of a dry run all."""
    if file is not None:
        return
    shown = [row for row in done.rows if done.dry_run or row.outcome is CodeOutcome.REFUSED]
    if not shown:
        return
    title = worded("What would happen") if done.dry_run else worded("Refused")
    if done.dry_run:
        rows = [(row.row, row.iccid, _result(row), _sentence(row) or None) for row in shown]
        print_list(title, headings("row", "ICCID", "result", "why"), rows)
        return
    print_list(
        title, headings("row", "ICCID", "why"), [(row.row, row.iccid, _sentence(row)) for row in shown]
    )


def _print_summary(done: ManyCodesReport, file: Path | None) -> None:
    if file is None and not done.dry_run:
        _warn_of_odd_ones(done)
    counts = done.counts
    say(
        worded(
            "Rows: {rows}. New: {imported}; replaced: {replaced}; unchanged: {unchanged}; "
            "refused: {refused}.",
            rows=len(done.rows),
            imported=counts[CodeOutcome.IMPORTED],
            replaced=counts[CodeOutcome.REPLACED],
            unchanged=counts[CodeOutcome.UNCHANGED],
            refused=counts[CodeOutcome.REFUSED],
        )
    )
    answered = len({row.answered for row in done.rows if row.answered})
    if answered and not done.dry_run:
        say(worded("Open requests that are answered by it: {requests}", requests=answered))
    sent = sum(row.sent_by_itself for row in done.rows)
    if sent and not done.dry_run:
        say(worded("Agents of numbers who get theirs by e-mail: {agents}", agents=sent))
    if done.dry_run:
        say(worded("A dry run: nothing is written."))
    if file is not None:
        say(worded("What became of each row is in {file}.", file=printable(file)))


def _warn_of_odd_ones(done: ManyCodesReport) -> None:
    odd = [row for row in done.rows if row.warnings]
    for row in odd[:_MOST_WARNINGS]:
        warn(f"{row.row}: {_sentence(row)}")
    if len(odd) > _MOST_WARNINGS:
        warn(worded("And of further rows: {rows}; --report has them all.", rows=len(odd) - _MOST_WARNINGS))


def _interrupted(begun: "Sequence[ManyCodes]") -> str:
    done = begun[0].report if begun else ManyCodesReport(dry_run=False, rows=())
    left = done.counts[CodeOutcome.NOT_REACHED]
    if done.dry_run or left == len(done.rows):
        return worded("Interrupted: no row was imported.")
    return worded(
        "Interrupted: of {rows} rows {done} are over, and stay so; import the same file again for the "
        "others.",
        rows=len(done.rows),
        done=len(done.rows) - left,
    )


def _result(row: CodeResult) -> str:
    match row.outcome:
        case CodeOutcome.IMPORTED:
            return worded("new")
        case CodeOutcome.REPLACED:
            return worded("replaced")
        case CodeOutcome.UNCHANGED:
            return worded("unchanged")
        case CodeOutcome.REFUSED:
            return worded("refused")
        case CodeOutcome.NOT_REACHED:
            return worded("not reached")


def _sentence(row: CodeResult) -> str:
    """Every reason why the row was refused, or every warning."""
    return " ".join([*map(_said, row.problems), *map(cautioned, row.warnings)])


def _said(problem: Problem) -> str:
    sentence = why_not(problem.reason)
    return f"{problem.column}: {sentence}" if problem.column else sentence


# --- the report -----------------------------------------------------------------------------------------


def _head() -> bytes:
    return ",".join(COLUMNS).encode()


def _refuse_unless_replaceable(report: Path, file: Path) -> None:
    """Refuse to overwrite anything but a report of before, which the same command replaces."""
    try:
        if not report.exists():
            if not report.parent.is_dir():
                raise Refused.because("file_unwritable", file=printable(report))
            return
        if not report.is_file() or report.samefile(file):
            raise Refused.because("report_not_ours", file=printable(report))
        with report.open("rb") as opened:
            head = opened.read(len(_head()))
    except (OSError, ValueError):
        raise Refused.because("file_unwritable", file=printable(report)) from None
    if head not in {_head(), b""}:
        raise Refused.because("report_not_ours", file=printable(report))


def _write(file: Path, done: ManyCodesReport) -> None:
    from models.csv_text import csv_text  # noqa: PLC0415  help pages need none

    rows = (
        (
            row.row,
            row.iccid or "",
            row.outcome.value,
            ";".join(problem.reason.code for problem in row.problems),
            _sentence(row),
        )
        for row in done.rows
    )
    pictures.write(file, csv_text(COLUMNS, rows).encode())
