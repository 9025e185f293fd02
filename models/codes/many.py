"""What became of each of many codes that were imported from one file (R13)."""

from collections import Counter
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from models.files.read import FileRead
from models.imports import Problem, RowNote

MOST_CODES = 10_000
"""Rows of a table, or files in a ZIP."""


class CodeOutcome(StrEnum):
    """What became of one row, or with a dry run would."""

    IMPORTED = "imported"
    """The SIM had no code."""
    REPLACED = "replaced"
    """The SIM had another code, or another confirmation code."""
    UNCHANGED = "unchanged"
    """The SIM has this very code: the file was imported before."""
    REFUSED = "refused"
    NOT_REACHED = "not_reached"
    """The import was interrupted before it: import the same file again."""


class CodeResult(BaseModel):
    """One row of the file, or one picture of a ZIP. It holds no code."""

    model_config = ConfigDict(frozen=True)

    row: str
    """The number of its line, or the name of the picture."""
    iccid: str | None = None
    outcome: CodeOutcome = CodeOutcome.NOT_REACHED
    sim: str | None = None
    version: int | None = None
    """The version of the SIM's code that it is now."""
    answered: str | None = None
    """The open request that the code answers."""
    sent_by_itself: bool = False
    """The agent of the number gets it by e-mail without a call."""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()


class ManyCodesReport(BaseModel):
    """All rows in the sequence of the file."""

    model_config = ConfigDict(frozen=True)

    dry_run: bool
    rows: tuple[CodeResult, ...]
    not_read: tuple[str, ...] = ()
    """Files in a ZIP that are no pictures."""
    warnings: tuple[RowNote, ...] = ()
    read: FileRead | None = None
    """How a table was understood."""

    @property
    def counts(self) -> Counter[CodeOutcome]:
        """How many rows have each outcome."""
        return Counter(row.outcome for row in self.rows)
