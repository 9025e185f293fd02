"""Declares for each column, as its `info`, whether it holds personal data and what erasure does to it.

    email: Mapped[str] = mapped_column(info=personal(Erase.DELETE_ROW))
    body: Mapped[str | None] = mapped_column(info=personal(Erase.REPLACE, Erase.MENTIONS))
    status: Mapped[str] = mapped_column(info=CODE)

`store.people.erasure_statements` builds its statements from these declarations. Every column of text, JSON or
bytes must have one, and so must every foreign key to a row that erasure deletes; a test walks all tables.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_INFO = "personal"
ERASED = "'erased'"
"""The replacement of an erased text, as an SQL expression."""


class Erase(StrEnum):
    """What erasure does to a column. `REPLACE`, `BLANK` and `DELETE_ROW` apply to the rows of the person."""

    REPLACE = "replace"
    """The text becomes `erased`."""
    BLANK = "blank"
    """The value becomes NULL."""
    DELETE_ROW = "delete_row"
    """The row is deleted."""
    ADDRESS = "address"
    """In any row, a value that is the person's address becomes NULL; `erased` where NULL is not allowed."""
    MENTIONS = "mentions"
    """In any row of the person's accounts, the address and the full name within the text become `erased`."""


@dataclass(frozen=True)
class Personal:
    """What a column declares. Without any `erase` it holds no personal data, for the reason `why_not`."""

    erase: frozenset[Erase] = frozenset()
    erased: str = ERASED
    why_not: str = ""


def personal(*erase: Erase, erased: str = ERASED) -> dict[Any, Any]:
    """The `info` of a column that holds personal data. `erased`: what REPLACE puts there, as SQL."""
    return {_INFO: Personal(erase=frozenset(erase), erased=erased)}


def not_personal(why: str) -> dict[Any, Any]:
    """The `info` of a column that holds no personal data, and why."""
    return {_INFO: Personal(why_not=why)}


def declared(info: dict[Any, Any]) -> Personal | None:
    """The declaration in a column's `info`, or None."""
    found = info.get(_INFO)
    return found if isinstance(found, Personal) else None


CODE = not_personal("one of a fixed set of codes, or written by this application")
REFERENCE = not_personal("an id, or a reference by number such as user:3")
NAME = not_personal("the name of a thing or an organisation, which the account chooses")
ENCRYPTED = not_personal("an encrypted code of an eSIM or its file, or a digest")
