"""Reads a list page by page, by the values it is sorted by (A6).

    keys = Keys(OrderRow.placed_at, OrderRow.id, descending=True)
    rows = await keys.page(connection, statement, wanted)      # Page[Row]; rows.following

All sort keys are NOT NULL and have one direction, so one index serves the sort and the condition
`(placed_at, id) < (:a, :b)`, however far the list has been read.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Select, literal, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.paging import Page, Position, Wanted


class Keys:
    """The columns that a list is sorted by; the last one is unique."""

    def __init__(self, *columns: Any, descending: bool = False) -> None:
        self._columns = columns
        self._descending = descending

    async def page(
        self, connection: AsyncConnection, statement: Select[*tuple[Any, ...]], wanted: Wanted
    ) -> Page[Any]:
        """Execute the statement for the wanted part of the list. Raises `Refused` (`page_cursor_invalid`)."""
        named = [column.label(f"_key_{place}") for place, column in enumerate(self._columns)]
        rows = list(await connection.execute(self.of(statement, wanted).add_columns(*named)))
        if wanted.limit is None or len(rows) <= wanted.limit:
            return Page(rows)
        shown = rows[: wanted.limit]
        last = (shown[-1]._mapping[name.name] for name in named)
        return Page(shown, tuple(v.isoformat() if isinstance(v, datetime) else v for v in last))

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


def _value(column: Any, value: str | int) -> Any:
    try:
        if isinstance(column.type, DateTime):
            return literal(datetime.fromisoformat(str(value)), column.type)
        return literal(column.type.python_type(value), column.type)
    except (TypeError, ValueError):
        raise Refused.because("page_cursor_invalid") from None
