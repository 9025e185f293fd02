"""Read a CSV file as rows of named cells: UTF-8 with or without byte-order mark, commas or semicolons.

An error in the file as a whole is one refusal. Text is normalized to Unicode NFC, so that the same names from
another operating system match.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from models.characters import LONGEST_NAME, UNPRINTABLE
from models.errors import Refusal, Refused
from models.imports import MAX_ROWS, RowNotes

MAX_BYTES = 64 * 1024 * 1024
MAX_CELL = 1000
"""The maximum length of a cell with several names, or with an address."""
_MOST_UNKNOWN = 5
Parsed = TypeVar("Parsed")
_LIKE_A_NAME = re.compile("[a-z][a-z0-9_ -]{0,39}")
"""A header cell that may be repeated in a refusal, as a misspelt column; other cells may be personal data."""


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


def read_rows(
    content: bytes,
    columns: Sequence[str],
    optional: Sequence[str],
    notes: RowNotes,
    long: Collection[str] = (),
    *,
    further: bool = False,
    most: int = MAX_ROWS,
) -> list[CsvRow]:
    """All rows that are not empty; rows with a wrong number or length of cells are reported in `notes`.
    Cells are limited to the length of a name, except in the columns `long`. `further`: the file may have
    columns besides, which are not read. `most`: of so many rows, no further one is read.

    Raises `Refused` if the file cannot be read as a table with these columns.
    """
    lines = _lines(_text(content))
    _, header = next(lines, (0, []))
    names = _header(header, columns, optional, further=further)
    rows: list[CsvRow] = []
    for before, (number, cells) in enumerate(lines):
        if before == most:
            raise Refused.because("too_many_rows", rows=most)
        row = _row(number, cells, names, notes, long)
        if row is not None:
            rows.append(row)
    if not rows and not notes:
        raise Refused.because("no_rows")
    return rows


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise Refused.because("too_many_bytes", megabytes=MAX_BYTES // 1024 // 1024)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise Refused.because("file_not_utf8")
    try:
        return unicodedata.normalize("NFC", content.decode("utf-8-sig"))
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise Refused.because("line_not_utf8", line=line) from None


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not empty, each with the number of its first line in the file."""
    head = next((line for line in io.StringIO(text) if line.strip()), "")
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            raise Refused.because("line_not_csv", line=number) from None
        if any(cells):
            yield number, cells


def _header(cells: list[str], columns: Sequence[str], optional: Sequence[str], *, further: bool) -> list[str]:
    """The names of the columns; of one that is not read, an empty name."""
    names = [cell.lower() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if further:
        _refuse_unlike([name for name in names if name in (*columns, *optional)], columns, optional)
        names = [name if name in (*columns, *optional) else "" for name in names]
    else:
        _refuse_unlike(names, columns, optional)
    for place, name in enumerate(names):
        if name and name in names[:place]:
            raise Refused.because("column_twice", column=name)
    return names


def own_rows(rows: Sequence[CsvRow], own: str | None, notes: RowNotes) -> None:
    """Report rows that name another account than `own` in `notes`; None: rows of any account are taken."""
    for row in rows:
        if own is not None and row.cells["account"] not in {"", own}:
            notes.add(row.line, "account", Refusal.of("account_not_yours"))


def _refuse_unlike(names: list[str], columns: Sequence[str], optional: Sequence[str]) -> None:
    """Refuse a header with missing or unknown columns, naming both: one is often the other, misspelt."""
    known = [*columns, *optional]
    missing = [column for column in columns if column not in names]
    unknown = [
        f"{name} ({place})" if _LIKE_A_NAME.fullmatch(name) else f"({place})"
        for place, name in enumerate(names, start=1)
        if name not in known
    ]
    if not missing and not unknown:
        return
    if not unknown or len(unknown) == len(names):  # then the first line is no header at all
        raise Refused.because("columns_missing", missing=", ".join(missing))
    shown = ", ".join([*unknown[:_MOST_UNKNOWN], "…"] if len(unknown) > _MOST_UNKNOWN else unknown)
    if missing:
        raise Refused.because("columns_differ", missing=", ".join(missing), unknown=shown)
    raise Refused.because("columns_unknown", unknown=shown, known=", ".join(known))


def _row(
    number: int, cells: list[str], names: list[str], notes: RowNotes, long: Collection[str]
) -> CsvRow | None:
    while len(cells) > len(names) and not cells[-1]:
        cells.pop()
    if len(cells) != len(names):
        notes.add(number, None, Refusal.of("cell_count_wrong", cells=len(cells), columns=len(names)))
        return None
    named = {name: cell for name, cell in zip(names, cells, strict=True) if name}
    if not any(named.values()):
        return None
    row = CsvRow(number, named)
    return row if fits(row, notes, long) else None


def fits(row: CsvRow, notes: RowNotes, long: Collection[str] = ()) -> bool:
    """Whether the cells are printable and short enough; those that are not are reported in `notes`."""
    cells = row.cells.values()
    if not UNPRINTABLE.search("".join(cells)) and max(map(len, cells), default=0) <= LONGEST_NAME:
        return True
    found: list[tuple[str, Refusal]] = []
    for name, cell in row.cells.items():
        if UNPRINTABLE.search(cell):
            found.append((name, Refusal.of("cell_unprintable")))
        longest = MAX_CELL if name in long else LONGEST_NAME
        if len(cell) > longest:
            found.append((name, Refusal.of("cell_too_long", characters=longest)))
    for name, refusal in found:
        notes.add(row.line, name, refusal)
    return not found
