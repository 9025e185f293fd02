"""Print long lists part by part while they are read: as tables, as JSON lines or as CSV.

A list of 100,000 rows begins at once and takes no more memory than one of a thousand. Each part is read by
the position after the one before it, so rows that are added meanwhile neither repeat nor hide others.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

import typer

from models.paging import Page, Position
from starter.cli.output import plain, print_text

Item = TypeVar("Item")
Read = Callable[[int, Position | None], Awaitable[Page[Item]]]
"""Reads so many rows after a position."""

FIRST_PART, PART = 100, 1000
"""Rows of the first part, which is soon there, and of each further one."""

JsonLines = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on each line instead of a table.")
]
Csv = Annotated[bool, typer.Option("--csv", help="Print a CSV file instead of a table.")]


@dataclass(frozen=True)
class LongList(Generic[Item]):
    """How a list is printed: `table` prints a part for people, `cells` are those of a row of the CSV file."""

    table: Callable[[Sequence[Item]], None]
    columns: Sequence[str]
    cells: Callable[[Item], Sequence[str]]
    as_json: bool
    as_csv: bool

    def __post_init__(self) -> None:
        if self.as_json and self.as_csv:
            raise typer.BadParameter("--json and --csv exclude each other.")

    @property
    def for_people(self) -> bool:
        """Whether it is printed as a table."""
        return not (self.as_json or self.as_csv)

    async def show(self, read: Read[Item], limit: int | None) -> tuple[bool, bool]:
        """Print at most so many rows (None: all); returns whether there were any, and if there are more."""
        any_rows, more, begun = False, False, False
        async for part in _parts(read, limit):
            if self.as_csv and not begun:  # not before the first part: the list may be refused
                print_text(self._csv(()))
            begun = True
            any_rows, more = any_rows or bool(part), part.following is not None
            if part:
                self._print(part)
        return any_rows, more

    def _print(self, part: Sequence[Item]) -> None:
        if self.as_json:
            rows = (json.dumps(plain(item), ensure_ascii=False, default=str) for item in part)
            print_text("".join(f"{row}\n" for row in rows))
        elif self.as_csv:
            print_text(self._csv(part).partition("\r\n")[2])
        else:
            self.table(part)

    def _csv(self, part: Sequence[Item]) -> str:
        """The part as a CSV file, with its header."""
        from models.csv_text import csv_text  # noqa: PLC0415  help pages need none

        return csv_text(self.columns, map(self.cells, part))


async def _parts(read: Read[Item], limit: int | None) -> AsyncIterator[Page[Item]]:
    after, left, size = None, limit, FIRST_PART
    while left is None or left > 0:
        part = await read(size if left is None else min(size, left), after)
        yield part
        if part.following is None:
            return
        after, size = part.following, PART
        left = left if left is None else left - len(part)
