"""What the headings of a file mean: the columns of a kind of file, usual headings, and a mapping (R12)."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from models.characters import tidy
from models.errors import Refusal, Refused
from models.files.guesses import suggested
from models.files.plain import SEPARATOR, plain
from models.files.read import ColumnRead, How
from models.imports import RowNotes

_LIKE_A_HEADING = re.compile(r"[^\W\d_][\w .,'\u2019/()°#-]{0,39}")
"""A heading that may be repeated in a sentence; other cells of a first line may be personal data."""
_MOST_SHOWN = 5


@dataclass(frozen=True)
class Columns:
    """The columns of a kind of file."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()
    also: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Usual headings of a column, in English and French: of several in a file, the first one counts."""
    long: frozenset[str] = frozenset()
    """Columns with several names in a cell, or with an address or a code."""
    lists: frozenset[str] = frozenset()
    """Columns with several names in a cell: a line break separates them, too."""
    further: bool = False
    """Files of this kind have many columns besides, of which no warning is given."""

    @property
    def all(self) -> tuple[str, ...]:
        """Their names."""
        return (*self.needed, *self.optional)

    def without(self, columns: Collection[str]) -> "Columns":
        """The same columns but these, which no heading may mean."""
        needed, optional = (
            tuple(name for name in names if name not in columns) for names in (self.needed, self.optional)
        )
        return replace(self, needed=needed, optional=optional)

    def without_needed(self, column: str) -> "Columns":
        """The same columns, of which the file may leave this one out."""
        needed = tuple(name for name in self.needed if name != column)
        return replace(self, needed=needed, optional=(column, *self.optional))


@dataclass(frozen=True)
class Mapped:
    """What one heading means to who sent the file; `column` None: it is left out."""

    heading: str
    column: str | None
    how: How = How.MAPPED


Meanings = Mapping[str, Mapped]
"""By the plain form of the headings."""


def parse_mapping(entries: Sequence[str], columns: Columns) -> Meanings:
    """What headings mean, from entries `THEIRS=ours`; `THEIRS=` leaves a column out. What is written
    `"value"=ours` is the value of a column in all rows (`parse_values`).

    Raises `Refused` (`map_invalid`, `map_column_unknown`).
    """
    mapping: dict[str, Mapped] = {}
    for entry in entries:
        theirs, column = _entry(entry, columns)
        if _is_value(theirs):
            continue
        if not plain(theirs):
            raise Refused.because("map_invalid")
        if column and any(column == other.column for other in mapping.values()):
            raise Refused.because("column_twice", column=column)
        mapping[plain(theirs)] = Mapped(theirs, column or None)
    return mapping


def parse_values(entries: Sequence[str], columns: Columns) -> dict[str, str]:
    """The values of columns in all rows, from entries `"value"=ours`: exports of devices know no slot.

    Raises `Refused` (`map_invalid`, `map_column_unknown`).
    """
    values: dict[str, str] = {}
    for entry in entries:
        theirs, column = _entry(entry, columns)
        if not _is_value(theirs):
            continue
        if not column:
            raise Refused.because("map_invalid")
        if column in values:
            raise Refused.because("column_twice", column=column)
        values[column] = tidy(theirs[1:-1])
    return values


def _entry(entry: str, columns: Columns) -> tuple[str, str]:
    theirs, equals, ours = entry.rpartition("=")
    column = "_".join(ours.strip().lower().replace("-", " ").split())
    if not equals:
        raise Refused.because("map_invalid")
    if column and column not in columns.all:
        raise Refused.because("map_column_unknown", known=", ".join(columns.all))
    return theirs.strip(), column


def _is_value(theirs: str) -> bool:
    return len(theirs) > 1 and theirs.startswith('"') and theirs.endswith('"')


def understood(headings: Sequence[str], columns: Columns, mapping: Meanings) -> tuple[ColumnRead, ...]:
    """What each heading means. Raises `Refused` if a needed column is missing or one is there twice."""
    keys = [plain(heading) for heading in headings]
    for key, mapped in mapping.items():
        if key not in keys:
            raise Refused.because("map_heading_missing", heading=mapped.heading[:40])
    found: dict[int, tuple[str | None, How]] = {}
    _mapped(keys, mapping, found)
    _named(keys, columns, found)
    _recognised(keys, columns, found)
    nothing = (None, How.NOT_READ)
    read = tuple(
        ColumnRead(heading=heading, column=column, how=how)
        for heading, (column, how) in zip(
            headings, (found.get(place, nothing) for place in range(len(headings))), strict=True
        )
    )
    _refuse_missing(read, columns)
    return read


def _mapped(keys: Sequence[str], mapping: Meanings, found: dict[int, tuple[str | None, How]]) -> None:
    for place, key in enumerate(keys):
        if key in mapping:
            column = mapping[key].column
            if column and any(column == other for other, _ in found.values()):
                raise Refused.because("column_twice", column=column)
            found[place] = (column, mapping[key].how if column else How.NOT_READ)


def _named(keys: Sequence[str], columns: Columns, found: dict[int, tuple[str | None, How]]) -> None:
    mapped = {column for column, _ in found.values()}
    names = {plain(column): column for column in columns.all if column not in mapped}
    seen: set[str] = set()
    for place, key in enumerate(keys):
        if place in found or key not in names:
            continue
        if key in seen:
            raise Refused.because("column_twice", column=names[key])
        seen.add(key)
        found[place] = (names[key], How.NAMED)


def _recognised(keys: Sequence[str], columns: Columns, found: dict[int, tuple[str | None, How]]) -> None:
    taken = {column for column, _ in found.values()}
    for column in (*columns.optional, *columns.needed):  # `Nom` is a device only beside a user
        if column in taken:
            continue
        for heading in map(plain, columns.also.get(column, ())):
            if heading in keys and keys.index(heading) not in found:
                found[keys.index(heading)] = (column, How.RECOGNISED)
                break


def _refuse_missing(read: Sequence[ColumnRead], columns: Columns) -> None:
    """Refuse headings without a needed column, naming also the unknown ones: one is often the other."""
    there = {one.column for one in read}
    needed = [column for column in columns.needed if column not in there]
    if not needed:
        return
    missing, unknown = ", ".join(needed), _unknown(read)
    if there <= {None}:  # the first line has no headings at all
        raise Refused.because("columns_missing", missing=missing)
    free = [one.heading for one in read if one.column is None and _LIKE_A_HEADING.fullmatch(one.heading)]
    entries = SEPARATOR.join(suggested(needed, free, columns.also))
    if not unknown:
        raise Refused.because("columns_left_out", missing=missing, entries=entries)
    raise Refused.because("columns_differ", missing=missing, unknown=unknown, entries=entries)


def warn_of_guesses(line: int, read: Sequence[ColumnRead], columns: Columns, warnings: RowNotes) -> None:
    """Say which headings were recognised, and which columns are not read."""
    recognised = [f"{one.heading} = {one.column}" for one in read if one.how is How.RECOGNISED]
    if recognised:
        warnings.add(line, None, Refusal.of("columns_recognised", recognised=", ".join(recognised)))
    unknown = _unknown(read)
    if unknown and not columns.further:
        warnings.add(line, None, Refusal.of("columns_unknown", unknown=unknown, known=", ".join(columns.all)))


def _unknown(read: Sequence[ColumnRead]) -> str:
    """The headings that are not read, with their places."""
    unknown = [
        f"{one.heading} ({place})" if _LIKE_A_HEADING.fullmatch(one.heading) else f"({place})"
        for place, one in enumerate(read, start=1)
        if one.column is None
    ]
    return ", ".join([*unknown[:_MOST_SHOWN], "…"] if len(unknown) > _MOST_SHOWN else unknown)
