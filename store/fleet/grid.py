"""Reads the inventory page by page: which rows, then what is shown of them (P2).

At most seven statements a page, however many rows it has: what the filter names, then the ids of the rows by
`inventory_rows` (most filters are answered by the first of three ways), then these rows with their names, and
how many fulfil the filter, unless that is known by then.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Select,
    String,
    bindparam,
    func,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.fleet.grid import MOST_COUNTED, InventoryFilter, RowCode, RowState, Sort
from models.fleet.inventory import SimKind
from models.fleet.rows import Count, GridRow
from models.paging import Page, Wanted
from models.people.callers import OfAccount
from store.fleet import grid_ids
from store.fleet.grid_conditions import of_filter
from store.fleet.grid_tables import InventoryRow
from store.fleet.tables import DeviceRow, LineGroupRow, LineRow, SimGroupRow, SimRow
from store.orders.tables import OrderRow
from store.people.tables import AccountRow, DistributorRow, EmployeeRow, GroupRow, ProviderRow


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
    if conditions is None:
        return Page()
    return (await grid_ids.find(connection, scope, conditions, sort, wanted)).page


async def counted(
    connection: AsyncConnection, scope: OfAccount, chosen: InventoryFilter, sort: Sort, wanted: Wanted
) -> tuple[Page[GridRow], Count]:
    """The wanted page, and how many rows fulfil the filter, counted up to `MOST_COUNTED`."""
    conditions = await of_filter(connection, scope, chosen)
    if conditions is None:
        return Page(), Count(number=0)
    found = await grid_ids.find(connection, scope, conditions, sort, wanted)
    number = await grid_ids.number_of(connection, scope, conditions, sort, found)
    shown = Page(await of_ids(connection, scope, found.page), found.page.following)
    return shown, Count(number=min(number, MOST_COUNTED), more=number > MOST_COUNTED)


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
