"""Reads the inventory page by page: which rows, then what is shown of them (P2).

At most seven statements a page, however many rows it has: what the filter names, then the ids of the rows by
`inventory_rows` (most filters are answered by the first of three ways), then these rows with their names, and
how many fulfil the filter, unless that is known by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    String,
    Subquery,
    bindparam,
    func,
    literal_column,
    select,
    true,
    union,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.fleet.grid import MOST_COUNTED, InventoryFilter, RowCode, RowState, Sort
from models.fleet.inventory import SimKind
from models.fleet.rows import Count, GridRow
from models.paging import LARGEST_PAGE, Page, Wanted
from models.people.callers import OfAccount
from store.fleet.grid_conditions import Conditions, of_filter
from store.fleet.grid_tables import FILTERED, SEARCHED, InventoryRow
from store.fleet.tables import DeviceRow, LineGroupRow, LineRow, SimGroupRow, SimRow
from store.orders.tables import OrderRow
from store.paging import Keys
from store.people.tables import AccountRow, DistributorRow, EmployeeRow, GroupRow, ProviderRow

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


def keys(sort: Sort, of: Any = InventoryRow) -> Keys:
    """The keys of a sort, none of which can be NULL."""
    return Keys(*(getattr(of, name) for name in (*_KEYS[sort.key], "id")), descending=sort.descending)


@dataclass(frozen=True)
class _Found:
    """The ids of a page of rows."""

    page: Page[int]
    number: int | None = None
    """How many rows fulfil the filter: at least so many, if more than `MOST_COUNTED`. None: not known yet."""
    many: bool = False
    """Whether many of the next rows do."""


async def rows(
    connection: AsyncConnection, scope: OfAccount, chosen: InventoryFilter, sort: Sort, wanted: Wanted
) -> Page[GridRow]:
    """The wanted page of the rows that fulfil the filter. Raises `Refused` (`page_cursor_invalid`)."""
    found = await ids(connection, scope, chosen, sort, wanted)
    return Page(await of_ids(connection, scope, found), found.following)


async def ids(
    connection: AsyncConnection, scope: OfAccount, chosen: InventoryFilter, sort: Sort, wanted: Wanted
) -> Page[int]:
    """The ids of those rows."""
    conditions = await of_filter(connection, scope, chosen)
    return Page() if conditions is None else (await _found(connection, conditions, sort, wanted)).page


async def counted(
    connection: AsyncConnection, scope: OfAccount, chosen: InventoryFilter, sort: Sort, wanted: Wanted
) -> tuple[Page[GridRow], Count]:
    """The wanted page, and how many rows fulfil the filter, counted up to `MOST_COUNTED`."""
    conditions = await of_filter(connection, scope, chosen)
    if conditions is None:
        return Page(), Count(number=0)
    found = await _found(connection, conditions, sort, wanted)
    number = found.number
    if number is None and found.many:
        first = _next_ones(conditions, sort, Wanted(NEAR - 1))
        number = await _count(connection, select(first.c.id).where(*conditions.facets))
        number = number if number > MOST_COUNTED else None
    if number is None:
        number = await _count(connection, select(InventoryRow.id).where(*conditions.by_facets))
    shown = Page(await of_ids(connection, scope, found.page), found.page.following)
    return shown, Count(number=min(number, MOST_COUNTED), more=number > MOST_COUNTED)


async def _count(connection: AsyncConnection, rows: Select[int]) -> int:
    """How many rows these are, up to `MOST_COUNTED` + 1."""
    some = rows.limit(MOST_COUNTED + 1).subquery()
    return await connection.scalar(select(func.count()).select_from(some)) or 0


async def _found(connection: AsyncConnection, conditions: Conditions, sort: Sort, wanted: Wanted) -> _Found:
    number = None
    if conditions.facets:
        for looked in (_near, _next):
            near = await looked(connection, conditions, sort, wanted)
            if near is not None:
                return near
        few, number = await _few(connection, conditions, sort, wanted)
        if few is not None:
            return _Found(few, number)
        number = number if number > MOST_COUNTED else None
    page = await keys(sort).page(connection, _in_sort(conditions), wanted)
    return _Found(page.of(_id), number)


async def _near(
    connection: AsyncConnection, conditions: Conditions, sort: Sort, wanted: Wanted
) -> _Found | None:
    """The page, if it is full of rows that are near in the sort, or the list ends there."""
    if wanted.limit is None or wanted.limit > LARGEST_PAGE or not (conditions.exact or conditions.of_group):
        return None
    columns = {name: getattr(InventoryRow, name) for name in ("id", *_KEYS[sort.key], *FILTERED)}
    next_ones = select(*columns.values()).where(*conditions.base)
    some = keys(sort).of(next_ones, Wanted(NEAR - 1, wanted.after))
    near = some.subquery("inventory_rows")
    fulfilled = func.count().filter(*conditions.traits)
    looked_through = select(func.count().label("seen"), fulfilled.label("number")).select_from(near)
    seen = looked_through.cte("looked_through")
    statement = select(near.c.id, seen.c.seen, seen.c.number).join(seen, true())
    statement = statement.where(*conditions.traits, *_of_group(conditions))
    begins = keys(sort).position(wanted)  # a parameter of the rows that are looked through
    page = await keys(sort, near.c).page(connection, statement, Wanted(wanted.limit), begins)
    ended = bool(page) and page[0].seen < NEAR
    if not ended and page.following is None:
        return None
    known = conditions.exact and (page[0].number > MOST_COUNTED or (ended and wanted.after is None))
    return _Found(page.of(_id), page[0].number if known else None)


async def _next(
    connection: AsyncConnection, conditions: Conditions, sort: Sort, wanted: Wanted
) -> _Found | None:
    """The page, if it is full of the next rows of the sort: to find all rows with a word that most have takes
    longer than anything else of a page.
    """
    if wanted.limit is None or wanted.limit > LARGEST_PAGE or not conditions.of_words:
        return None
    near = _next_ones(conditions, sort, Wanted(NEXT - 1, wanted.after))
    statement = select(near.c.id).where(*conditions.facets)
    begins = keys(sort).position(wanted)
    page = await keys(sort, near.c).page(connection, statement, Wanted(wanted.limit), begins)
    return None if page.following is None else _Found(page.of(_id), many=True)


def _next_ones(conditions: Conditions, sort: Sort, wanted: Wanted) -> Subquery:
    """The next rows of a sort, with all that facets and words ask of them, under the table's own name. All
    columns of the table would take longer to be written into the statement than to be read.
    """
    names = dict.fromkeys(("id", *_KEYS[sort.key], *SEARCHED))
    next_ones = select(*(getattr(InventoryRow, name) for name in names)).where(*conditions.base)
    return keys(sort).of(next_ones, wanted).subquery("inventory_rows")


async def _few(
    connection: AsyncConnection, conditions: Conditions, sort: Sort, wanted: Wanted
) -> tuple[Page[int] | None, int]:
    """The page, if there are few rows: all are found, then sorted; and their number, up to `FEW` + 1."""
    columns = {name: getattr(InventoryRow, name) for name in ("id", *_KEYS[sort.key])}
    found = select(*columns.values()).where(*conditions.by_facets).limit(FEW + 1).cte("found")
    total = select(func.count()).select_from(found).scalar_subquery().label("total")
    page = await keys(sort, found.c).page(connection, select(found.c.id, total), wanted)
    if page:
        number = page[0].total
    elif wanted.after is None:
        number = 0
    else:
        number = await connection.scalar(select(total)) or 0
    return (page.of(_id) if number <= FEW else None), number


def _in_sort(conditions: Conditions) -> Select[int]:
    """The rows, for a list that is read in its sort."""
    if conditions.exact or conditions.of_group:
        return select(InventoryRow.id).where(*conditions.by_traits, *_of_group(conditions))
    return select(InventoryRow.id).where(*conditions.by_facets)


def _of_group(conditions: Conditions) -> list[ColumnElement[bool]]:
    """Whether a row that may be in a group is: each is looked up. A join would read all rows of the sort."""
    if not conditions.of_group:
        return []
    facets = " AND ".join(str(facet) for facet in conditions.facets).replace("inventory_rows.", "member.")
    looked_up = f"(SELECT {facets} FROM inventory_rows member WHERE member.id = inventory_rows.id)"  # noqa: S608
    return [literal_column(looked_up)]


def _id(row: Any) -> int:
    return int(row.id)


async def of_ids(connection: AsyncConnection, scope: OfAccount, found: Sequence[int]) -> list[GridRow]:
    """The rows with these ids, in this sequence; one that has gone is left out."""
    if not found:
        return []
    known = {"account": scope.account_id, "ids": list(found)}
    by_id = {row.id: row for row in await connection.execute(_ROWS, known)}
    return [_view(by_id[one]) for one in found if one in by_id]


def _group_names() -> Any:
    of_line = select(LineGroupRow.group_id).where(LineGroupRow.line_id == InventoryRow.line_id)
    of_sim = select(SimGroupRow.group_id).where(SimGroupRow.sim_id == InventoryRow.sim_id)
    both = union(of_line.correlate(InventoryRow), of_sim.correlate(InventoryRow)).subquery()
    names = func.array_agg(aggregate_order_by(GroupRow.name, GroupRow.name), type_=ARRAY(String))
    return (
        select(names)
        .join(both, both.c.group_id == GroupRow.id)
        .correlate(InventoryRow)
        .scalar_subquery()
        .label("management_groups")
    )


def _rows() -> Select[*tuple[Any, ...]]:
    temporary = aliased(SimRow)
    return (
        select(
            InventoryRow.id,
            InventoryRow.line_id,
            InventoryRow.sim_id,
            InventoryRow.device_id,
            InventoryRow.slot,
            InventoryRow.code,
            InventoryRow.temporary_id,
            InventoryRow.employee_id,
            DeviceRow.name.label("device"),
            LineRow.msisdn,
            ProviderRow.name.label("provider"),
            SimRow.kind.label("sim_type"),
            SimRow.iccid,
            SimRow.state,
            DistributorRow.name.label("distributor"),
            EmployeeRow.name.label("employee_name"),
            EmployeeRow.email.label("employee_email"),
            _group_names(),
            temporary.iccid.label("temporary_iccid"),
            OrderRow.id.label("open_order"),
            OrderRow.status.label("order_status"),
            AccountRow.name.label("account"),
        )
        .join(AccountRow, AccountRow.id == InventoryRow.account_id)
        .outerjoin(LineRow, LineRow.id == InventoryRow.line_id)
        .outerjoin(DeviceRow, DeviceRow.id == InventoryRow.device_id)
        .outerjoin(SimRow, SimRow.id == InventoryRow.sim_id)
        .outerjoin(temporary, temporary.id == InventoryRow.temporary_id)
        .join(ProviderRow, ProviderRow.id == func.coalesce(LineRow.provider_id, SimRow.provider_id))
        .outerjoin(DistributorRow, DistributorRow.id == SimRow.distributor_id)
        .outerjoin(EmployeeRow, EmployeeRow.id == SimRow.employee_id)
        .outerjoin(OrderRow, OrderRow.id == InventoryRow.order_id)
        .where(
            InventoryRow.account_id == bindparam("account"),
            InventoryRow.id == func.any(bindparam("ids", type_=ARRAY(BigInteger))),
        )
    )


_ROWS = _rows()


def _view(row: Any) -> GridRow:
    cells = dict(row._mapping)
    code = cells.pop("code")
    return GridRow(
        **cells
        | {
            "slot": cells["slot"] or None,
            "state": cells["state"] or RowState.EMPTY,
            "management_groups": tuple(cells["management_groups"] or ()),
            "qr_code": (code or RowCode.NONE) if cells["sim_type"] == SimKind.ESIM else None,
        }
    )
