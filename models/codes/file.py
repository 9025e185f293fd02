"""Parse activation codes of SIMs from a file: each row is a SIM, its code and its confirmation code (R13).

The code is one text, or a matching id beside the server in a column of its own. A file of Intune has no
headings: its first line is the server alone, and each row an ICCID and a matching id.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from models.cells import iccid_cell
from models.codes.confirmation import parse_confirmation_code
from models.codes.many import MOST_CODES
from models.codes.reading import ReadCode, read_code_at
from models.errors import Refusal
from models.files import headings
from models.files.columns import Columns
from models.files.rows import RowReader, read_rows
from models.files.table import Line, Table
from models.imports import Problem, Progress, RowNotes

COLUMNS = ("iccid", "activation_code")
OPTIONAL = ("server", "confirmation_code")
CODES = Columns(
    needed=COLUMNS,
    optional=OPTIONAL,
    also={
        "iccid": headings.ICCID,
        "activation_code": (*headings.ACTIVATION_CODE, *headings.MATCHING_ID),
        "server": headings.SERVER,
        "confirmation_code": headings.CONFIRMATION_CODE,
    },
    long=frozenset({"activation_code"}),
)
_SERVER_ALONE = re.compile(r"(?=.{4,253}\Z)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One row of the file. Its code is a secret: the `repr` is redacted."""

    line: int
    iccid: str | None
    """As it is stored, or as written if it is none; None where the row could not be read at all."""
    read: ReadCode | None = field(default=None, repr=False)
    problems: tuple[Problem, ...] = ()


def parse_codes(table: Table, progress: Progress | None = None) -> list[CodeRow]:
    """All rows, each with its code or every reason why it has none. Raises `Refused` for what is no such
    table, or has too many rows.
    """
    server = _of_intune(table)
    wrong = RowNotes(MOST_CODES)
    rows: dict[int, CodeRow] = {}
    for line in read_rows(table, CODES, wrong, progress, most=MOST_CODES):
        line.cells.setdefault("server", server)
        rows[line.line] = _RowReader(line, wrong).row()
    problems = wrong.by_line()
    for number in problems.keys() - rows.keys():
        rows[number] = CodeRow(number, None)
    return [
        CodeRow(row.line, row.iccid, row.read, problems.get(number, ()))
        for number, row in sorted(rows.items())
    ]


class _RowReader(RowReader):
    """Parses one row of the file."""

    def row(self) -> CodeRow:
        """The row; what is wrong with it is reported."""
        iccid = self._needed_as("iccid", iccid_cell)
        read = self._needed_as("activation_code", self._code)
        asked = self._optional("confirmation_code", parse_confirmation_code)
        if not self._right or read is None:
            return CodeRow(self._line.line, iccid or self._cell("iccid") or None)
        return CodeRow(self._line.line, iccid, ReadCode(read.code, asked or read.confirmation_code))

    def _code(self, cell: str) -> ReadCode:
        return read_code_at(self._cell("server"), cell)


def _of_intune(table: Table) -> str:
    """The server of a file for Intune, which gets headings; an empty text for any other file."""
    first = next(table.lines, None)
    if first is None:
        return ""
    cells = [cell for cell in first[1] if cell.strip()]
    if len(cells) != 1 or not _SERVER_ALONE.fullmatch(cells[0].strip()):
        table.lines = chain([first], table.lines)
        return ""
    following = next(table.lines, None)
    width = len(following[1]) if following else len(COLUMNS)
    named = [*COLUMNS, "confirmation_code"][: max(width, len(COLUMNS))]
    table.lines = _with_headings((first[0], named), following, table.lines)
    table.warnings.add(first[0], None, Refusal.of("codes_of_intune"))
    return cells[0].strip()


def _with_headings(head: Line, following: Line | None, lines: Iterator[Line]) -> Iterator[Line]:
    return chain([head], [following] if following else [], lines)
