"""Finds which rows are on a page of the inventory, and how many fulfil its filter (P2).

Each statement is built once for a sort and the conditions of a filter, which are text: to build it takes
SQLAlchemy as long as PostgreSQL takes to execute it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, literal_column, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.grid import MOST_COUNTED, Sort
from models.paging import LARGEST_PAGE, Page, Position, Wanted
from models.people.callers import OfAccount
from store.fleet.grid_conditions import OF_ACCOUNT, Conditions
from store.fleet.grid_tables import FILTERED, SEARCHED, InventoryRow
from store.paging import Keys, Statement, built_once

NEAR = 5_000
"""Rows of a sort that are looked through, before all that fulfil the filter are found."""
NEXT = 200
"""The same where words are looked for, which no index of a sort holds."""
FEW = 2_000
"""Rows that are found, then sorted. Where there are more, the list is read in its sort, in which one of so
many is soon met.
"""
_KEYS = {
    Sort.DEVICE: ("by_device", "slot"),
    Sort.NUMBER: ("by_number",),
    Sort.ICCID: ("by_iccid",),
    Sort.EMPLOYEE: ("by_employee",),
    Sort.PROVIDER: ("by_provider",),
    Sort.NEWEST: ("newest",),
}
_Sorted = tuple[Keys, Statement]
"""A statement, and the keys that its page is sorted by."""


@dataclass(frozen=True)
class Found:
    """The ids of a page of rows."""

    page: Page[int]
    number: int | None = None
    """How many rows fulfil the filter: at least so many, if more than `MOST_COUNTED`. None: not known yet."""
    many: bool = False
    """Whether many of the next rows do."""


async def find(
    connection: AsyncConnection, scope: OfAccount, conditions: Conditions, sort: Sort, wanted: Wanted
) -> Found:
    """The wanted page. Raises `Refused` (`page_cursor_invalid`)."""
    known = {OF_ACCOUNT.key: scope.account_id}
    number = None
    if conditions.facets:
        for looked in (_near, _next):
            near = await looked(connection, known, conditions, sort, wanted)
            if near is not None:
                return near
        few, number = await _few(connection, known, conditions, sort, wanted)
        if few is not None:
            return Found(few, number)
        number = number if number > MOST_COUNTED else None
    page = await _keys(sort).page(connection, _in_sort(conditions, sort), wanted, known)
    return Found(page.of(_id), number)


async def number_of(
    connection: AsyncConnection, scope: OfAccount, conditions: Conditions, sort: Sort, found: Found
) -> int:
    """How many rows fulfil the filter, up to `MOST_COUNTED` + 1 at least."""
    known = {OF_ACCOUNT.key: scope.account_id}
    number = found.number
    if number is None and found.many:
        number = await connection.scalar(_count_of_next(conditions, sort, NEAR), known) or 0
        number = number if number > MOST_COUNTED else None
    return await connection.scalar(_count(conditions), known) or 0 if number is None else number


async def _near(
    connection: AsyncConnection, known: dict[str, Any], conditions: Conditions, sort: Sort, wanted: Wanted
) -> Found | None:
    """The page, if it is full of rows that are near in the sort, or the list ends there."""
    if wanted.limit is None or wanted.limit > LARGEST_PAGE or not (conditions.exact or conditions.of_group):
        return None
    keys, statement = _near_ones(conditions, sort, NEAR, first=wanted.after is None)
    begins = _keys(sort).position(wanted)  # a parameter of the rows that are looked through
    page = await keys.page(connection, statement, Wanted(wanted.limit), {**known, **begins})
    ended = bool(page) and page[0].seen < NEAR
    if not ended and page.following is None:
        return None
    certain = conditions.exact and (page[0].number > MOST_COUNTED or (ended and wanted.after is None))
    return Found(page.of(_id), page[0].number if certain else None)


async def _next(
    connection: AsyncConnection, known: dict[str, Any], conditions: Conditions, sort: Sort, wanted: Wanted
) -> Found | None:
    """The page, if it is full of the next rows of the sort: to find all rows with a word that most have takes
    longer than anything else of a page.
    """
    if wanted.limit is None or wanted.limit > LARGEST_PAGE or not conditions.of_words:
        return None
    keys, statement = _of_next(conditions, sort, NEXT, first=wanted.after is None)
    begins = _keys(sort).position(wanted)
    page = await keys.page(connection, statement, Wanted(wanted.limit), {**known, **begins})
    return None if page.following is None else Found(page.of(_id), many=True)


async def _few(
    connection: AsyncConnection, known: dict[str, Any], conditions: Conditions, sort: Sort, wanted: Wanted
) -> tuple[Page[int] | None, int]:
    """The page, if there are few rows: all are found, then sorted; and their number, up to `FEW` + 1."""
    keys, statement, total = _few_ones(conditions, sort, FEW)
    page = await keys.page(connection, statement, wanted, known)
    if page:
        number = page[0].total
    elif wanted.after is None:
        number = 0
    else:
        number = await connection.scalar(total, known) or 0
    return (page.of(_id) if number <= FEW else None), number


def _keys(sort: Sort, of: Any = InventoryRow) -> Keys:
    """The keys of a sort, none of which can be NULL."""
    return Keys(*(getattr(of, name) for name in (*_KEYS[sort.key], "id")), descending=sort.descending)


@built_once
def _near_ones(conditions: Conditions, sort: Sort, most: int, *, first: bool) -> _Sorted:
    names = ("id", *_KEYS[sort.key], *FILTERED)
    next_ones = select(*(getattr(InventoryRow, name) for name in names)).where(*conditions.base)
    near = _keys(sort).of(next_ones, _part(most, first=first)).subquery("inventory_rows")
    fulfilled = func.count().filter(*conditions.had)
    looked_through = select(func.count().label("seen"), fulfilled.label("number")).select_from(near)
    seen = looked_through.cte("looked_through")
    statement = select(near.c.id, seen.c.seen, seen.c.number).join(seen, true())
    return _keys(sort, near.c), statement.where(*conditions.had, *_of_group(conditions))


@built_once
def _of_next(conditions: Conditions, sort: Sort, most: int, *, first: bool) -> _Sorted:
    near = _next_ones(conditions, sort, most, first=first)
    return _keys(sort, near.c), select(near.c.id).where(*conditions.asked)


@built_once
def _count_of_next(conditions: Conditions, sort: Sort, most: int) -> Select[int]:
    first = _next_ones(conditions, sort, most, first=True)
    return _count_of(select(first.c.id).where(*conditions.asked))


def _next_ones(conditions: Conditions, sort: Sort, most: int, *, first: bool) -> Subquery:
    """The next rows of a sort, with all that facets and words ask of them, under the table's own name. All
    columns of the table would take longer to be written into the statement than to be read.
    """
    names = dict.fromkeys(("id", *_KEYS[sort.key], *SEARCHED))
    next_ones = select(*(getattr(InventoryRow, name) for name in names)).where(*conditions.base)
    return _keys(sort).of(next_ones, _part(most, first=first)).subquery("inventory_rows")


def _part(most: int, *, first: bool) -> Wanted:
    """So many rows as `Keys.of` takes them: the first ones, or after a position, which is a parameter."""
    beginning: Position | None = None if first else ()
    return Wanted(most - 1, beginning)


@built_once
def _few_ones(conditions: Conditions, sort: Sort, most: int) -> tuple[Keys, Statement, Select[int]]:
    """The few rows, and their number."""
    columns = [getattr(InventoryRow, name) for name in ("id", *_KEYS[sort.key])]
    found = select(*columns).where(*conditions.by_facets).limit(most + 1).cte("found")
    total = select(func.count()).select_from(found)
    statement = select(found.c.id, total.scalar_subquery().label("total"))
    return _keys(sort, found.c), statement, total


@built_once
def _in_sort(conditions: Conditions, _: Sort) -> Statement:
    """The rows, for a list that is read in its sort."""
    if conditions.exact or conditions.of_group:
        return select(InventoryRow.id).where(*conditions.by_traits, *_of_group(conditions))
    return select(InventoryRow.id).where(*conditions.by_facets)


@built_once
def _count(conditions: Conditions) -> Select[int]:
    return _count_of(select(InventoryRow.id).where(*conditions.by_facets))


def _count_of(rows: Select[int]) -> Select[int]:
    """How many rows these are, up to `MOST_COUNTED` + 1."""
    return select(func.count()).select_from(rows.limit(MOST_COUNTED + 1).subquery())


def _of_group(conditions: Conditions) -> list[ColumnElement[bool]]:
    """Whether a row that may be in a group is: each is looked up. A join would read all rows of the sort."""
    if not conditions.of_group:
        return []
    facets = " AND ".join(conditions.facets).replace("inventory_rows.", "member.")
    looked_up = f"(SELECT {facets} FROM inventory_rows member WHERE member.id = inventory_rows.id)"  # noqa: S608
    return [literal_column(looked_up)]


def _id(row: Any) -> int:
    return int(row.id)
