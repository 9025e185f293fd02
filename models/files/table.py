"""A table as it comes out of a file: numbered lines of cells, and how the file was understood."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models.errors import Refused
from models.files.read import FileRead
from models.imports import RowNotes

if TYPE_CHECKING:
    from models.files.columns import Columns
    from models.files.saved import SavedMapping

MAX_BYTES = 64 * 1024 * 1024
MAX_COLUMNS = 200
Line = tuple[int, list[str]]
"""The number of a line in its file, and its cells."""


@dataclass(frozen=True)
class SentFile:
    """A file as it was sent, with what its headings mean besides those that are known."""

    content: bytes = field(repr=False)
    mapping: tuple[str, ...] = ()
    """Entries `THEIRS=ours`, and `"value"=ours` for a column that the file does not have (R12)."""
    save: bool = False
    """The account keeps the mapping for later files of this kind, once this one is imported."""


@dataclass
class Table:
    """The lines of a file that are not empty, to be read once, and what is odd about the file as a whole."""

    lines: Iterator[Line]
    expected: int
    """About how many lines there are, to show progress."""
    read: FileRead
    mapping: Sequence[str] = ()
    """`THEIRS=ours`: what headings mean, besides those that are known."""
    saved: "SavedMapping | None" = None
    """What the account keeps for such files."""
    kind: "Columns | None" = None
    """The columns that its headings were read by."""
    warnings: RowNotes = field(default_factory=RowNotes)
    """About the file as a whole, as warnings about its first line."""

    @property
    def columns(self) -> frozenset[str]:
        """The columns that the file has, once its headings are read."""
        return frozenset(read.column for read in self.read.columns if read.column)


def check_size(content: bytes) -> None:
    """Raise `Refused` for a file that is too large to be read (`too_many_bytes`)."""
    if len(content) > MAX_BYTES:
        raise Refused.because("too_many_bytes", megabytes=MAX_BYTES // 1024 // 1024)
