"""Pages of a list: what a caller wants of it, what it gets, and where it continues (A6).

A page continues after a *position*: the values by which the list is sorted, of the last record that was
shown. Records that are added or removed meanwhile neither repeat nor hide others.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")
Shown = TypeVar("Shown")
Position = tuple[str | int, ...]
"""The sort values of a record, the last of which is unique; a time in ISO 8601."""

LARGEST_PAGE = 100
MOST_COUNTED = 1000
"""What is shown beside a record of a list is counted up to this number: 1000 stands for 1,000 or more."""


def counted_up(number: int, most: int = MOST_COUNTED) -> str:
    """Such a number as people read it."""
    return f"{most}+" if number >= most else str(number)


@dataclass(frozen=True)
class Wanted:
    """Which part of a list is wanted: at most `limit` records (None: all) after a position."""

    limit: int | None = None
    after: Position | None = None


WHOLE = Wanted()
"""The whole list."""


class Page(list[Item]):
    """Records of a list, and the position to continue after; None at the end of the list."""

    def __init__(self, items: Iterable[Item] = (), following: Position | None = None) -> None:
        super().__init__(items)
        self.following = following

    def of(self, view: Callable[[Item], Shown]) -> "Page[Shown]":
        """The same page with another view of each record."""
        return Page(map(view, self), self.following)
