"""How a file was understood: what is said of it before and after its import (R10, R12)."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class How(StrEnum):
    """How a column of a file was understood."""

    NAMED = "named"
    """Its heading is the column's own name."""
    RECOGNISED = "recognised"
    """Its heading is a usual one."""
    MAPPED = "mapped"
    """By who sent the file."""
    SAVED = "saved"
    """By a mapping that the account keeps."""
    NOT_READ = "not_read"


class ColumnRead(BaseModel):
    """What became of one column of a file. `column`: what it is here; None: it is not read."""

    model_config = ConfigDict(frozen=True)

    heading: str
    column: str | None
    how: How


class FileRead(BaseModel):
    """How a file was understood (R10, R12)."""

    model_config = ConfigDict(frozen=True)

    format: str
    """`csv` or `xlsx`."""
    encoding: str | None = None
    """Of a text file: `UTF-8`, `UTF-16`, `Windows-1252`."""
    separator: str | None = None
    """Of a text file: between its columns."""
    columns: tuple[ColumnRead, ...] = ()
