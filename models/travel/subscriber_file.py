"""Parse subscribers from a file: each row is one subscriber, recognised by the phone number (T41).
One who is in no file is parsed by the same rules.

The file is the source of truth for the columns that it has: an empty cell of `email` or `language` removes
the value. What belongs to a column that the file does not have stays as it is.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from models.cells import email_cell, language_cell, msisdn_cell
from models.characters import visible
from models.errors import Refusal, Refused
from models.files import headings
from models.files.columns import Columns
from models.files.rows import CsvRow, RowReader, as_table, fits, read_rows
from models.files.table import Table
from models.imports import Progress, RowNotes
from models.language import Language

COLUMNS = ("name", "phone", "plan")
OPTIONAL = ("email", "bundles", "language")
MOST_BUNDLES = 1000
SUBSCRIBERS = Columns(
    needed=COLUMNS,
    optional=OPTIONAL,
    also={
        "name": ("Subscriber", "Customer", "Abonné", *headings.PERSON),
        "phone": headings.PHONE,
        "plan": ("Home plan", "Tariff", "Forfait", "Abonnement", "Offre"),
        "email": headings.EMAIL,
        "bundles": ("Unlimited bundles", "Bundle count", "Packs", "Options"),
        "language": headings.LANGUAGE,
    },
    long=frozenset({"email"}),
)
_PLAN = re.compile(r"[a-z0-9_]{1,60}", re.ASCII)
_BUNDLES = re.compile(r"[0-9]{1,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SubscriberFileRow:
    """One subscriber of the file."""

    line: int
    name: str
    msisdn: str
    plan: str
    email: str | None = None
    bundles: int | None = None
    language: Language | None = None


@dataclass(frozen=True)
class SubscriberFile:
    """All rows of the file, and which optional columns it has."""

    rows: list[SubscriberFileRow]
    given: frozenset[str]


def parse_subscribers(source: bytes | Table, progress: Progress | None = None) -> SubscriberFile:
    """Parse the file. Raises `Refused` with every invalid row at once."""
    table, wrong = as_table(source), RowNotes()
    rows, seen = [], dict[str, int]()
    for line in read_rows(table, SUBSCRIBERS, wrong, progress):
        row = _SubscriberReader(line, wrong).row()
        if row is None:
            continue
        first = seen.setdefault(row.msisdn, row.line)
        if first != row.line:
            wrong.add(row.line, "phone", Refusal.of("same_number_before", line=first))
        rows.append(row)
    wrong.refuse()
    return SubscriberFile(rows, table.columns & frozenset(OPTIONAL))


class _SubscriberReader(RowReader):
    """Parses one row of the file."""

    def row(self) -> SubscriberFileRow | None:
        """The row, or None if anything in it is invalid."""
        found = self.fields((*COLUMNS, *OPTIONAL))
        return SubscriberFileRow(self._line.line, **found) if self._right else None

    def fields(self, columns: Collection[str]) -> dict[str, Any]:
        """What these cells mean, by the fields of `SubscriberFileRow`; what is invalid is reported."""
        return {
            _FIELDS.get(column, column): self._needed_as(column, _PARSED[column])
            if column in COLUMNS
            else self._optional(column, _PARSED[column])
            for column in columns
        }


def parse_fields(cells: Mapping[str, str]) -> dict[str, Any]:
    """The fields of one subscriber who is in no file, by the rules of the file's cells: an empty cell of an
    optional column is None. Raises `Refused` (`subscriber_invalid`) with everything that is invalid.
    """
    wrong = RowNotes()
    row = CsvRow(1, {name: visible(cell).strip() for name, cell in cells.items()})
    found = _SubscriberReader(row, wrong).fields(cells) if fits(row, wrong, SUBSCRIBERS.long) else {}
    wrong.refuse_as("subscriber_invalid")
    return found


def parse_subscriber_plan(text: str) -> str:
    """The subscriber's own plan as a code: `Unlimited All` is `unlimited_all` (T2).

    Raises `Refused` (`cell_no_subscriber_plan`).
    """
    code = re.sub(r"[\s_-]+", "_", text.strip().lower())
    if not _PLAN.fullmatch(code):
        raise Refused.because("cell_no_subscriber_plan")
    return code


def _bundles(text: str) -> int:
    if not _BUNDLES.fullmatch(text) or int(text) > MOST_BUNDLES:
        raise Refused.because("cell_no_bundles", most=MOST_BUNDLES)
    return int(text)


_FIELDS = {"phone": "msisdn"}
_PARSED: Mapping[str, Callable[[str], Any]] = {
    "name": str,
    "phone": msisdn_cell,
    "plan": parse_subscriber_plan,
    "email": email_cell,
    "bundles": _bundles,
    "language": language_cell,
}
