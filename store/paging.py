"""Reads a list page by page, by the values it is sorted by (A6).

    keys = Keys(OrderRow.placed_at, OrderRow.id, descending=True)
    rows = await keys.page(connection, statement, wanted)      # Page[Row]; rows.following

All sort keys are NOT NULL and have one direction, so one index serves the sort and the condition
`(placed_at, id) < (:a, :b)`, however far the list has been read.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    ScalarSelect,
    Select,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.identifiers import storable
from models.paging import MOST_COUNTED, Page, Wanted
from models.people.callers import OfAccount, Scope
from store.people.tables import AccountRow

Statement = Select[*tuple[Any, ...]]
built_once = lru_cache(maxsize=64)
"""For a function that makes the statement of a list, of a scope without ids (`store.scopes.shaped`) and of
what is chosen: to build a statement of thirty columns takes SQLAlchemy longer than PostgreSQL to execute it.
"""
_PARTS: WeakKeyDictionary[Statement, dict[tuple[int, int | None, bool], Statement]] = WeakKeyDictionary()
"""The statements of parts of a list, by that of the list: by the number of its keys, how many records, and
whether they follow a position. A list has one sequence.
"""


class Keys:
    """The columns that a list is sorted by; the last one is unique."""

    def __init__(self, *columns: Any, descending: bool = False) -> None:
        self._columns = columns
        self._descending = descending

    async def page(
        self,
        connection: AsyncConnection,
        statement: Statement,
        wanted: Wanted,
        known: Mapping[str, Any] | None = None,
    ) -> Page[Any]:
        """Execute the statement for the wanted part of the list, with these parameters. Raises `Refused`
        (`page_cursor_invalid`).
        """
        after = self.position(wanted)
        parts = _PARTS.setdefault(statement, {})
        which = (len(self._columns), wanted.limit, wanted.after is None)
        if which not in parts:
            named = (column.label(f"key_{place}") for place, column in enumerate(self._columns))
            parts[which] = self.of(statement, wanted).add_columns(*named)
        rows = list(await connection.execute(parts[which], {**(known or {}), **after}))
        return cut(rows, wanted, lambda row: row[-len(self._columns) :])

    def of(self, statement: Statement, wanted: Wanted) -> Statement:
        """The statement, sorted, from the position on, with one record more than wanted. Its parameters are
        those of `position`.
        """
        sort = [column.desc() if self._descending else column for column in self._columns]
        sorted_ = statement.order_by(*sort)
        if wanted.limit is not None:
            sorted_ = sorted_.limit(most(wanted.limit + 1))
        if wanted.after is None:
            return sorted_
        values = [
            bindparam(f"after_{place}", type_=column.type) for place, column in enumerate(self._columns)
        ]
        here, after = tuple_(*self._columns), tuple_(*values)
        first, begins = self._columns[0], values[0]
        # the second condition follows from the first; without it a join is not read from there on
        if self._descending:
            return sorted_.where(here < after, first <= begins)
        return sorted_.where(here > after, first >= begins)

    def position(self, wanted: Wanted) -> dict[str, Any]:
        """The position as parameters. Raises `Refused` (`page_cursor_invalid`)."""
        if wanted.after is None:
            return {}
        if len(wanted.after) != len(self._columns):
            raise Refused.because("page_cursor_invalid")
        values = map(_value, self._columns, wanted.after)
        return {f"after_{place}": value for place, value in enumerate(values)}


def most(records: int) -> ColumnElement[int]:
    """A limit that is part of the statement's text: without its value PostgreSQL has no good plan that it
    could keep, and plans the statement again for each call, which takes longer than executing it. `unique`: a
    statement within another one has a limit of its own.
    """
    return bindparam("most", records, Integer, literal_execute=True, unique=True)


def among(column: Any, ids: Any, of: Any = BigInteger) -> ColumnElement[bool]:
    """Whether a column is one of some ids of this type, a parameter. PostgreSQL does not see how many they
    are, and so keeps its plan instead of making one for each call.
    """
    some = cast(select(ids).scalar_subquery(), ARRAY(of))
    found: ColumnElement[bool] = column == any_(some)
    return found


def by_account(scope: Scope, *columns: Any) -> Keys:
    """Keys of a list that is sorted by account first, where the scope has several; the statement has joined
    the accounts.
    """
    return Keys(*columns) if isinstance(scope, OfAccount) else Keys(AccountRow.name, *columns)


def up_to(rows: Select[*tuple[Any, ...]], most: Any = MOST_COUNTED) -> ScalarSelect[int]:
    """How many such rows there are, counted up to `most`, as a column: a list never counts everything."""
    few = literal_column(str(most)) if isinstance(most, int) else most
    return select(func.count()).select_from(rows.limit(few).subquery()).scalar_subquery()


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
        return _typed(column, value)
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
    if isinstance(column.type, Integer):
        most = 2**63 if isinstance(column.type, BigInteger) else 2**31
        if not -most <= typed < most:
            raise ValueError("a number that the column does not hold")
    if isinstance(typed, str) and not storable(typed):
        raise ValueError("a text that no column holds")
    return typed
