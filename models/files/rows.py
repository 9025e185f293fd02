"""The rows of a table as named cells, and what all readers of rows share.

An error in the file as a whole is one refusal; what is wrong in a row is reported with its line, and with
everything else that is wrong in it.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from models.characters import LONGEST_NAME, UNPRINTABLE, tidy
from models.errors import Refusal, Refused
from models.files.columns import Columns, parse_mapping, parse_values, understood, warn_of_guesses
from models.files.read import ColumnRead, How
from models.files.saved import used, warn_of_saved
from models.files.table import MAX_COLUMNS, Line, Table
from models.files.text import read_text
from models.imports import MAX_ROWS, Progress, RowNotes

MAX_CELL = 1000
"""The maximum length of a cell with several names, or with an address."""
ROWS_PER_PROGRESS = 1000
_MOST_SHARED = 10_000
_BREAKS = re.compile(r"[\r\n]+")
_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
_TEXT_MARK = re.compile(r"'(?=[=+\-@0-9])")
_BLANKS = re.compile(r"[ \t\r\n\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_FAILED = re.compile(r"#(?:N/A|DIV/0!|[A-Z_]{3,14}[!?])")
"""What a spreadsheet shows where a formula failed, in any language: `#REF!`, `#VALEUR!`, `#NOM?`."""
_NOT_UNWRAPPED = "iccid"
"""`parse_iccid` reads the marks itself: they say that a spreadsheet has not taken it for a number."""
Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class CsvRow:
    """The cells of one line by column name, without surrounding blanks."""

    line: int
    cells: dict[str, str]


class RowReader:
    """Parses the cells of one row, and reports every error in it rather than only the first."""

    def __init__(self, line: CsvRow, wrong: RowNotes) -> None:
        self._line = line
        self._wrong = wrong
        self._right = True

    def _cell(self, column: str) -> str:
        """What the cell says; empty where the file does not have the column."""
        return self._line.cells.get(column, "")

    def _needed(self, column: str) -> str:
        text = self._cell(column)
        if not text:
            self._bad(column, Refusal.of("cell_empty"))
        return text

    def _needed_as(self, column: str, parse: Callable[[str], Parsed]) -> Parsed | None:
        """What a cell that may not be empty means."""
        return self._parsed(column, parse) if self._needed(column) else None

    def _optional(self, column: str, parse: Callable[[str], Parsed]) -> Parsed | None:
        """What the cell means, if it is not empty."""
        return self._parsed(column, parse) if self._cell(column) else None

    def _parsed(self, column: str, parse: Callable[[str], Parsed]) -> Parsed | None:
        """What the cell means; None, with every reason reported, if `parse` refuses it."""
        try:
            return parse(self._cell(column))
        except Refused as refused:
            for refusal in refused.refusals:
                self._bad(column, refusal)
            return None

    def _bad(self, column: str, reason: Refusal) -> None:
        self._right = False
        self._wrong.add(self._line.line, column, reason)


def as_table(source: bytes | Table) -> Table:
    """The table of a text file; one that was read from another kind of file is taken as it is."""
    return source if isinstance(source, Table) else read_text(source)


def read_rows(
    source: bytes | Table,
    columns: Columns,
    notes: RowNotes,
    progress: Progress | None = None,
    *,
    most: int = MAX_ROWS,
) -> Iterator[CsvRow]:
    """All rows that are not empty, one by one; rows with a wrong number or length of cells are reported in
    `notes`. Cells are limited to the length of a name, except in long columns. `most`: of so many rows, no
    further one is read.

    Raises `Refused` if the file cannot be read as a table with these columns.
    """
    table = as_table(source)
    number, headings = next(table.lines, (1, []))
    names, values = _names(number, headings, columns, table)
    found, known = False, dict[str, str]()
    for before, (line, cells) in enumerate(table.lines):
        if before == most:
            raise Refused.because("too_many_rows", rows=most)
        if progress is not None and before % ROWS_PER_PROGRESS == 0:
            progress("Reading", before, max(before, table.expected - number))
        row = _row((line, _shared(cells, known)), names, notes, columns)
        if row is not None:
            found = True
            row.cells.update(values)
            yield row
    if not found and not notes:
        raise Refused.because("no_rows")


def _names(
    number: int, cells: Sequence[str], columns: Columns, table: Table
) -> tuple[list[str], Mapping[str, str]]:
    """The names of the columns, of one that is not read an empty name; and the values of further columns."""
    headings = [" ".join(cell.split()) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > MAX_COLUMNS:
        raise Refused.because("too_many_columns", columns=MAX_COLUMNS)
    table.kind = columns
    mapping, values = parse_mapping(table.mapping, columns), parse_values(table.mapping, columns)
    _refuse_unfit(number, values, columns)
    fixed = [_fixed(column, value, How.MAPPED) for column, value in values.items()]
    if table.saved is not None:
        kept = used(table.saved, headings, columns, mapping, values)
        mapping, values = {**mapping, **kept.meanings}, {**values, **kept.values}
        fixed += [_fixed(column, value, How.SAVED) for column, value in kept.values.items()]
        warn_of_saved(number, table.saved, kept, table.warnings)
    read = understood(headings, columns.without(values), mapping)
    table.read = table.read.model_copy(update={"columns": (*read, *fixed)})
    warn_of_guesses(number, read, columns, table.warnings)
    return [one.column or "" for one in read], values


def _refuse_unfit(number: int, values: Mapping[str, str], columns: Columns) -> None:
    """Raise `Refused` for a value of all rows that no cell may have, such as one with control characters."""
    wrong = RowNotes()
    fits(CsvRow(number, dict(values)), wrong, columns.long)
    wrong.refuse()


def _fixed(column: str, value: str, how: How) -> ColumnRead:
    return ColumnRead(heading=f'"{value}"', column=column, how=how)


def rows_of_account(
    source: bytes | Table,
    columns: Columns,
    own: str | None,
    notes: RowNotes,
    progress: Progress | None = None,
) -> Iterator[CsvRow]:
    """The rows of a file with a column `account`. `own`: the only account that it may name, and need not;
    rows that name another are reported in `notes`. None: rows of any account are taken.
    """
    if own is None:
        yield from read_rows(source, columns, notes, progress)
        return
    table = as_table(source)
    for row in read_rows(table, columns.without_needed("account"), notes, progress):
        if not row.cells.get("account"):
            row.cells["account"] = own
        elif row.cells["account"] != tidy(own):
            heading = next(one.heading for one in table.read.columns if one.column == "account")
            notes.add(row.line, "account", Refusal.of("account_not_yours", entry=f"{heading}="))
        yield row


def _shared(cells: list[str], known: dict[str, str]) -> list[str]:
    """The cells, of which those that repeat are the same objects: names of accounts, providers and groups."""
    if len(known) > _MOST_SHARED:
        known.clear()
    return [known.setdefault(cell, cell) for cell in cells]


def _row(line: Line, names: Sequence[str], notes: RowNotes, columns: Columns) -> CsvRow | None:
    number, cells = line
    while len(cells) > len(names) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(names):
        notes.add(number, None, Refusal.of("cell_count_wrong", cells=len(cells), columns=len(names)))
        return None
    named = {name: _clean(name, cell, columns) for name, cell in zip(names, cells, strict=True) if name}
    if not any(named.values()):
        return None
    row = CsvRow(number, named)
    return row if fits(row, notes, columns.long) else None


def _clean(name: str, cell: str, columns: Columns) -> str:
    """A cell without the marks by which a spreadsheet keeps it a text, on one line, with single blanks."""
    if name in columns.lists and ("\n" in cell or "\r" in cell):
        cell = _BREAKS.sub(";", cell)
    # a character that is no blank stays, to be refused
    if not cell.isprintable():
        cell = _BLANKS.sub(" ", cell).strip(" ")
    elif " " in cell:
        cell = " ".join(cell.split())
    return unmarked(cell) if cell.startswith(("=", "'")) and name != _NOT_UNWRAPPED else cell


def unmarked(cell: str) -> str:
    """A cell without the marks of a text: `="007"` and `'007` are 007."""
    formula = _FORMULA.fullmatch(cell)
    if formula:
        return formula[1].replace('""', '"').strip()
    return _TEXT_MARK.sub("", cell, count=1) if cell.startswith("'") else cell


def fits(row: CsvRow, notes: RowNotes, long: Collection[str] = ()) -> bool:
    """Whether the cells are printable, short enough and no failed formula; others are reported in `notes`."""
    cells = row.cells.values()
    whole = "".join(cells)
    longest = max(map(len, cells), default=0)
    if longest <= LONGEST_NAME and "#" not in whole and not UNPRINTABLE.search(whole):
        return True
    found: list[tuple[str, Refusal]] = []
    for name, cell in row.cells.items():
        if UNPRINTABLE.search(cell):
            found.append((name, Refusal.of("cell_unprintable")))
        if _FAILED.fullmatch(cell):
            found.append((name, Refusal.of("cell_formula_failed")))
        longest = MAX_CELL if name in long else LONGEST_NAME
        if len(cell) > longest:
            found.append((name, Refusal.of("cell_too_long", characters=longest)))
    for name, refusal in found:
        notes.add(row.line, name, refusal)
    return not found
