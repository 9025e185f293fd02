"""Worlds and checks of the inventory's grid that several tests share."""

from collections.abc import Callable
from typing import Any

from models.fleet.grid import InventoryFilter, InventoryQuery, RowCode, RowOrder, RowState, Sort
from models.fleet.inventory import SimKind
from models.fleet.rows import GridRow
from models.identifiers import reference
from models.orders.lifecycle import OrderKind
from models.people.callers import Caller
from starter.fleet.inventory import InventoryDesk
from store.session import Database
from tests.builders import acknowledge, ana, empty_slot, iccid, line, place, process, run
from tests.qr_world import QrWorld, qr_world

ROWS = "SELECT * FROM inventory_rows ORDER BY id"
ANEW = """
SELECT refresh_inventory((SELECT array_agg(id) FROM lines),
    (SELECT array_agg(id) FROM sims WHERE inventory_line(holder) IS NULL))
"""


async def mixed_world(database: Database) -> QrWorld:
    """Phones with two slots, eSIMs with and without code, an empty slot, two providers."""
    return await qr_world(
        database,
        line(1, sim_type="esim"),
        line(2),
        line(3, sim_type="esim", device="Phone 2", slot=2, provider="SFR", management_groups="Lyon"),
        line(4, employee_name="Élodie Durand", employee_email="elodie.durand@acme.example"),
        line(5, sim_type="esim", employee_name="", employee_email=""),
        empty_slot(6, device="Phone 1", slot=3, provider="SFR"),
        line(7, sim_type="esim", distributor="Other", management_groups=""),
    )


async def written_anew(database: Database) -> tuple[list[Any], list[Any]]:
    """The rows as the triggers left them, and as they are when all of them are written again."""
    kept = await run(database, ROWS)
    await run(database, "DELETE FROM inventory_rows")
    await run(database, ANEW)
    return kept, await run(database, ROWS)


async def all_rows(
    database: Database, caller: Caller, chosen: InventoryFilter | None = None, sort: Sort = Sort.DEVICE
) -> list[GridRow]:
    """The rows, read two at a time."""
    query = InventoryQuery(**({} if chosen is None else chosen.conditions), sort=sort)
    desk, found, after = InventoryDesk(database), [], None
    while True:
        page = await desk.rows(caller, query, limit=2, after=after)
        found += list(page)
        after = page.following
        if after is None:
            return found


def fulfils(row: GridRow, chosen: InventoryFilter) -> bool:
    """Whether a row is one of a filter's, as people read it."""
    wanted = chosen.conditions
    states = {row.state} | ({RowState.TEMPORARY} if row.temporary_id else set())
    orders = {RowOrder.NONE} if row.order_status is None else {RowOrder.OPEN, RowOrder(row.order_status)}
    checks: dict[str, Callable[[Any], bool]] = {
        "provider": lambda value: row.provider == value,
        "sim_type": lambda value: row.sim_type is SimKind(value),
        "state": lambda value: RowState(value) in states,
        "order": lambda value: RowOrder(value) in orders,
        "code": lambda value: row.qr_code is RowCode(value),
        "employee": lambda value: (
            row.employee_id is None
            if value == "none"
            else value in (row.employee_name, row.employee_email, reference("E", row.employee_id or 0))
        ),
        "group": lambda value: value in row.management_groups,
        "device": lambda value: value in (row.device, reference("D", row.device_id or 0)),
        "distributor": lambda value: row.distributor == value,
        "slot": lambda value: row.slot == value,
        "to_do": lambda _: row.open_order is not None or row.qr_code is RowCode.REQUESTED,
    }
    shown = wanted.get("state") is RowState.DISCARDED or row.state is not RowState.DISCARDED
    return shown and all(checks[name](value) for name, value in wanted.items())


async def busy_world(database: Database) -> Caller:
    """One order of each status, a requested code and an imported one."""
    world = await mixed_world(database)
    await world.asked(3, "b")
    await world.take(1)
    await place(database, 1, OrderKind.REPLACE_ESIM)
    await acknowledge(database, await place(database, 2), iccid(90))
    done = await place(database, 4)
    await acknowledge(database, done)
    await process(database, done, iccid(91))
    return await ana(database)
