"""What a column holds of a person, declared as its `info`: so what becomes of it when a person is erased.

    email: Mapped[str] = mapped_column(info=personal(Erase.DELETE_ROW))
    body: Mapped[str | None] = mapped_column(info=personal(Erase.REPLACE, Erase.MENTIONS))
    status: Mapped[str] = mapped_column(info=CODE)

`store.people.erasure_statements` builds its statements from these declarations. Every column of text, JSON or
bytes must have one, and every column that refers to a row which erasing deletes; a test walks all tables.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_INFO = "personal"
ERASED = "'erased'"
"""What stands in the place of an erased text, as an expression in SQL."""


class Erase(StrEnum):
    """What erasing does. `REPLACE`, `BLANK` and `DELETE_ROW` concern the rows that are the person's."""

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
    """What a column declares. Without any `erase` it holds nothing of a person, for the reason `why_not`."""

    erase: frozenset[Erase] = frozenset()
    erased: str = ERASED
    why_not: str = ""


def personal(*erase: Erase, erased: str = ERASED) -> dict[Any, Any]:
    """The `info` of a column that holds personal data. `erased`: what REPLACE puts there, as SQL."""
    return {_INFO: Personal(erase=frozenset(erase), erased=erased)}


def not_personal(why: str) -> dict[Any, Any]:
    """The `info` of a column that holds nothing of a person, and why it does not."""
    return {_INFO: Personal(why_not=why)}


def declared(info: dict[Any, Any]) -> Personal | None:
    """What a column's `info` declares; None where it says nothing."""
    found = info.get(_INFO)
    return found if isinstance(found, Personal) else None


CODE = not_personal("one of a fixed set of codes, or written by this application")
REFERENCE = not_personal("an id, or a reference by number such as user:3")
NAME = not_personal("the name of a thing or an organisation, which the account chooses")
ENCRYPTED = not_personal("an encrypted code of an eSIM or its file, or a digest")
