"""Reads a list page by page, by the values it is sorted by (A6).

    keys = Keys(OrderRow.placed_at, OrderRow.id, descending=True)
    rows = await keys.page(connection, statement, wanted)      # Page[Row]; rows.following

All sort keys are NOT NULL and have one direction, so one index serves the sort and the condition
`(placed_at, id) < (:a, :b)`, however far the list has been read.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Date, DateTime, Integer, Select, literal, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.identifiers import storable
from models.paging import Page, Position, Wanted
from models.people.callers import OfAccount, Scope
from store.people.tables import AccountRow

_LARGEST_INTEGER = 2**63 - 1


class Keys:
    """The columns that a list is sorted by; the last one is unique."""

    def __init__(self, *columns: Any, descending: bool = False) -> None:
        self._columns = columns
        self._descending = descending

    async def page(
        self,
        connection: AsyncConnection,
        statement: Select[*tuple[Any, ...]],
        wanted: Wanted,
        known: Mapping[str, Any] | None = None,
    ) -> Page[Any]:
        """Execute the statement for the wanted part of the list, with these parameters. Raises `Refused`
        (`page_cursor_invalid`).
        """
        named = [column.label(f"_key_{place}") for place, column in enumerate(self._columns)]
        rows = list(await connection.execute(self.of(statement, wanted).add_columns(*named), known))
        return cut(rows, wanted, lambda row: tuple(row._mapping[name.name] for name in named))

    def of(self, statement: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
        """The statement, sorted, from the position on, with one record more than wanted."""
        sort = [column.desc() if self._descending else column for column in self._columns]
        sorted_ = statement.order_by(*sort)
        if wanted.limit is not None:
            sorted_ = sorted_.limit(wanted.limit + 1)
        if wanted.after is None:
            return sorted_
        values = tuple_(*self._values(wanted.after))
        place = tuple_(*self._columns)
        return sorted_.where(place < values if self._descending else place > values)

    def _values(self, after: Position) -> list[Any]:
        if len(after) != len(self._columns):
            raise Refused.because("page_cursor_invalid")
        return [_value(column, value) for column, value in zip(self._columns, after, strict=True)]


def by_account(scope: Scope, *columns: Any) -> Keys:
    """Keys of a list that is sorted by account first, where the scope has several; the statement has joined
    the accounts.
    """
    return Keys(*columns) if isinstance(scope, OfAccount) else Keys(AccountRow.name, *columns)


def cut(rows: list[Any], wanted: Wanted, place: Callable[[Any], tuple[Any, ...]]) -> Page[Any]:
    """The wanted rows, of which one more was read to see whether the list continues; `place`: the sort keys
    of a row.
    """
    if wanted.limit is None or len(rows) <= wanted.limit:
        return Page(rows)
    shown = rows[: wanted.limit]
    last = place(shown[-1])
    return Page(shown, tuple(value.isoformat() if isinstance(value, date) else value for value in last))


def _value(column: Any, value: str | int) -> Any:
    try:
        return literal(_typed(column, value), column.type)
    except (TypeError, ValueError, OverflowError):
        raise Refused.because("page_cursor_invalid") from None


def _typed(column: Any, value: str | int) -> Any:
    """The value as PostgreSQL takes it for the column. Raises `ValueError`, `TypeError`, `OverflowError`."""
    if isinstance(column.type, DateTime):
        moment = datetime.fromisoformat(str(value))
        if moment.tzinfo is None:
            raise ValueError("a time without its zone")
        return moment.astimezone(UTC)
    if isinstance(column.type, Date):
        return date.fromisoformat(str(value))
    typed = column.type.python_type(value)
    if isinstance(column.type, Integer) and abs(typed) > _LARGEST_INTEGER:
        raise ValueError("a number that no column holds")
    if isinstance(typed, str) and not storable(typed):
        raise ValueError("a text that no column holds")
    return typed
