"""A mapping that is kept for an account and a kind of file, and is used for later files by itself (R12).

What a file says itself counts first: a mapping sent with it, then a heading that is a column's own name. A
saved entry whose heading the file does not have is not used, and that is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.errors import Refusal, Refused
from models.files.columns import Columns, Mapped, Meanings, parse_mapping, parse_values
from models.files.plain import plain
from models.files.read import How
from models.files.table import MAX_COLUMNS
from models.imports import RowNotes
from models.values import View

MAX_ENTRY = 1000
"""The most characters of an entry that is kept."""
NOT_KEPT = frozenset(
    {
        *("msisdn", "iccid", "employee_name", "employee_email", "order_contact_name", "order_contact_email"),
        *("agent_name", "agent_email", "agent_eid", "name", "phone", "email"),
        *("activation_code", "confirmation_code"),
    }
)
"""Columns whose values may say who a person is, or are secret: no value of theirs is kept."""


class SavedMapping(View):
    """What a mapping said that an account keeps for a kind of file."""

    kind: str
    entries: tuple[str, ...]
    """`THEIRS=ours`, as they were sent."""
    saved_at: datetime


@dataclass(frozen=True)
class Used:
    """What of a saved mapping is used for a file."""

    meanings: Meanings
    values: Mapping[str, str]
    missing: tuple[str, ...]
    """Its headings that the file does not have."""

    @property
    def said(self) -> str:
        """What is used, in words; empty: nothing."""
        headings = [f"{one.heading} = {one.column or '-'}" for one in self.meanings.values()]
        return ", ".join([*headings, *(f'"{value}" = {column}' for column, value in self.values.items())])


def used(
    saved: SavedMapping,
    headings: Sequence[str],
    columns: Columns,
    mapping: Meanings,
    values: Mapping[str, str],
) -> Used:
    """What of the saved mapping holds for a file with these headings. `mapping`, `values`: sent with it."""
    keys = {plain(heading) for heading in headings}
    sent = {*values, *(one.column for one in mapping.values() if one.column)}
    own = {column for column in columns.all if plain(column) in keys}
    known = _still_known(saved.entries, columns)
    kept, missing = dict[str, Mapped](), list[str]()
    for key, one in parse_mapping(known, columns).items():
        if key not in keys:
            if one.column not in sent | own:
                missing.append(one.heading)
        elif key not in mapping and one.column not in sent and not (one.column in own and key != one.column):
            kept[key] = Mapped(one.heading, one.column, How.SAVED)
    given = sent | own | {one.column for one in kept.values() if one.column}
    fixed = {column: value for column, value in parse_values(known, columns).items() if column not in given}
    return Used(kept, fixed, tuple(missing))


def warn_of_saved(line: int, saved: SavedMapping, found: Used, warnings: RowNotes) -> None:
    """Say what of the saved mapping was used, and which of its headings the file does not have."""
    if found.said:
        day = saved.saved_at.date().isoformat()
        warnings.add(line, None, Refusal.of("mapping_used", day=day, used=found.said))
    if found.missing:
        warnings.add(line, None, Refusal.of("mapping_heading_missing", headings=", ".join(found.missing)))


def kept(entries: Sequence[str], saved: SavedMapping | None, columns: Columns) -> tuple[str, ...]:
    """The entries to keep: those that were sent, and of those kept before the ones that mean another heading
    and another column.

    Raises `Refused` (`map_value_not_kept`, `map_too_long`).
    """
    mapping, values = parse_mapping(entries, columns), parse_values(entries, columns)
    private = sorted(NOT_KEPT & values.keys())
    if private:
        raise Refused.because("map_value_not_kept", column=private[0])
    sent = {*values, *(one.column for one in mapping.values() if one.column)}
    before = _still_known(saved.entries if saved else (), columns)
    for key, one in parse_mapping(before, columns).items():
        if key not in mapping and one.column not in sent:
            mapping = {**mapping, key: one}
    sent |= {one.column for one in mapping.values() if one.column}
    values = {
        **{name: value for name, value in parse_values(before, columns).items() if name not in sent},
        **values,
    }
    all_of_them = (
        *(f"{one.heading}={one.column or ''}" for one in mapping.values()),
        *(f'"{value}"={column}' for column, value in values.items()),
    )
    if len(all_of_them) > MAX_COLUMNS or any(len(entry) > MAX_ENTRY for entry in all_of_them):
        raise Refused.because("map_too_long", most=MAX_COLUMNS, characters=MAX_ENTRY)
    return all_of_them


def _still_known(entries: Sequence[str], columns: Columns) -> list[str]:
    """The entries of columns that this version knows."""
    return [entry for entry in entries if entry.rpartition("=")[2] in {"", *columns.all}]
