"""The inventory as a grid: every filter, sort and page, the CSV, saved views."""

import asyncio
import csv
import io
import re
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

from models.errors import NotFound, Refused
from models.fleet.file import COLUMNS
from models.fleet.grid import SHIPPED, Column, InventoryFilter, InventoryQuery, RowState, Sort
from models.fleet.rows import GridRow
from models.people.callers import By, Caller, Role
from starter import callers
from starter.fleet.edits import FleetEditDesk
from starter.fleet.inventory import InventoryDesk
from starter.fleet.saved_views import SavedViewDesk
from starter.people.erasure import erase
from store.codes import request_steps
from store.fleet import grid_ids
from store.session import Database
from tests.builders import (
    ACCOUNT,
    OPERATOR,
    DataDesks,
    acknowledge,
    ana,
    as_csv,
    cancel,
    empty_slot,
    iccid,
    line,
    place,
    process,
    run,
)
from tests.fleet_grid import all_rows, busy_world, fulfils, mixed_world, written_anew

FILTERS: dict[str, tuple[Any, ...]] = {
    "provider": ("Orange", "SFR", "Nobody"),
    "sim_type": ("physical", "esim"),
    "state": tuple(RowState),
    "order": ("open", "none", "submitted", "provider_processing"),
    "code": ("present", "requested", "none"),
    "employee": ("none", "E-1", "employee2@acme.example", "Élodie Durand", "E-999"),
    "group": ("Lyon", "Sales", "Nowhere"),
    "device": ("Phone 1", "D-2"),
    "distributor": ("Telvia", "Other"),
    "slot": (1, 2, 3),
    "to_do": (True,),
}
WAYS = {"few": {"NEAR": 1}, "near": {"FEW": 0, "NEAR": 100}, "many": {"FEW": 0, "NEAR": 1}}
"""The three ways by which rows are found: of few, near ones, and of many in their sort."""


APART = pytest.mark.parametrize("apart", [3, pytest.param(1, marks=pytest.mark.night)], ids=["some", "all"])
"""By day each pair of conditions is looked for in one of the ways, at night in all."""


def conditions(first: int = 0, apart: int = 1) -> list[InventoryFilter]:
    """Each condition alone, and each two together: of these pairs the first one, and those so far apart."""
    single = [{name: value} for name, values in FILTERS.items() for value in values]
    pairs = [one | other for one, other in combinations(single, 2) if set(one).isdisjoint(other)]
    return [InventoryFilter(**given) for given in ({}, *single, *pairs[first::apart])]


@pytest.mark.covers("P2", "F17")
@APART
@pytest.mark.parametrize("way", WAYS)
async def test_every_filter_finds_what_people_read_in_the_rows(
    database: Database, monkeypatch: pytest.MonkeyPatch, way: str, apart: int
) -> None:
    caller = await busy_world(database)
    everything = await all_rows(database, caller)
    everything += await all_rows(database, caller, InventoryFilter(state=RowState.DISCARDED))
    assert {row.state for row in everything} >= {RowState.ACTIVE, RowState.EMPTY, RowState.DISCARDED}
    for name, number in WAYS[way].items():
        monkeypatch.setattr(grid_ids, name, number)
    desk, found = InventoryDesk(database), 0
    for chosen in conditions([*WAYS].index(way) % apart, apart):
        expected = {row.name for row in everything if fulfils(row, chosen)}
        rows = await all_rows(database, caller, chosen, Sort.NEWEST_DOWN)
        assert len(rows) == len({row.id for row in rows})
        assert {row.name for row in rows} == expected, chosen
        found += bool(rows)
        _, count = await desk.counted(caller, InventoryQuery(**chosen.model_dump()), limit=2)
        assert (count.number, count.more) == (len(expected), False), chosen
    assert found > 100 / apart


@pytest.mark.covers("P2")
@pytest.mark.parametrize("sort", Sort)
async def test_every_sort_shows_each_row_once_page_by_page(
    database: Database, monkeypatch: pytest.MonkeyPatch, sort: Sort
) -> None:
    caller = await busy_world(database)
    chosen = InventoryFilter(provider="Orange")
    few = [row.name for row in await all_rows(database, caller, chosen, sort)]
    for name, number in WAYS["many"].items():
        monkeypatch.setattr(grid_ids, name, number)
    rows = await all_rows(database, caller, chosen, sort)
    assert [row.name for row in rows] == few
    assert len(set(few)) == len(few) == 5
    cell: Callable[[GridRow], str] = lambda row: row.cell(Column(sort.key))  # noqa: E731
    if sort.key is Sort.NEWEST:
        cell = lambda row: str(max(row.sim_id or 0, row.temporary_id or 0)).zfill(9)  # noqa: E731
    cells = [cell(row).lower().replace("é", "e") for row in rows if cell(row)]
    assert cells == sorted(cells, reverse=sort.descending)


@pytest.mark.covers("P2", "F17", "F18", "F20", "F22")
async def test_the_rows_follow_every_change_of_what_they_show(database: Database) -> None:
    world = await mixed_world(database)
    caller, desks = await ana(database), DataDesks(database)

    async def check(name: str, **cells: Any) -> GridRow:
        kept, anew = await written_anew(database)
        assert kept == anew
        chosen = InventoryFilter(state=RowState.DISCARDED) if cells.get("state") == "discarded" else None
        (row,) = [row for row in await all_rows(database, caller, chosen) if row.name == name]
        assert {column: getattr(row, column) for column in cells} == cells
        return row

    await check("L-2", iccid=iccid(2), employee_name="Employee 2", open_order=None, qr_code=None)
    order = await place(database, 2)
    await check("L-2", open_order=order.order_id, order_status="submitted", temporary_id=None)
    await acknowledge(database, order)
    row = await check("L-2", order_status="provider_processing", iccid=iccid(2), temporary_iccid=None)
    assert row.mark == "SIM-Temp"
    await FleetEditDesk(database).set_employee(caller, ["L-2"], "E-1")
    await FleetEditDesk(database).set_groups(caller, ["L-2"], ["Paris"], create=True)
    await check("L-2", employee_name="Employee 1", management_groups=("Paris",))
    await process(database, order, iccid(92))
    await check("L-2", iccid=iccid(92), sim_type="esim", temporary_id=None, open_order=None, qr_code="none")
    await check("S-2", iccid=iccid(2), state="discarded", management_groups=(), slot=None)
    cancelled = await place(database, 4)
    await acknowledge(database, cancelled)
    await cancel(database, cancelled)
    await check("L-4", iccid=iccid(4), temporary_id=None, open_order=None)
    asked = await world.asked(1)
    await check("L-1", qr_code="requested")
    async with database.transaction() as connection:
        await request_steps.withdraw(connection, asked, By("operator"))
    await check("L-1", qr_code="none")
    await world.take(1)
    await check("L-1", qr_code="present")
    again = as_csv(line(5, provider="SFR", sim_type="esim"), empty_slot(8), line(9, device="Phone 8", slot=2))
    await desks.fleet.import_fleet(OPERATOR, again)
    await check("L-5", provider="SFR", sim_type="esim")
    await check("L-8", device="Phone 8", slot=1, state="empty", sim_id=None)
    await erase(OPERATOR, database, "employee1@acme.example")
    row = await check("L-1", employee_id=None, employee_name=None)
    left = await run(database, "SELECT words::text, facets FROM inventory_rows WHERE id = 2")
    assert not {"employee1", "employee/1"} & set(re.split(r"[^a-z0-9/]+", str(left)))


@pytest.mark.covers("P2")
async def test_the_query_string_is_the_whole_state(database: Database) -> None:
    query = InventoryQuery.parse("q=Phone&provider=Orange&slot=1&to_do=true&sort=-iccid&columns=iccid,device")
    assert InventoryQuery.parse(query.address()) == query
    assert (query.columns, query.sort.turned) == ((Column.ICCID, Column.DEVICE), Sort.ICCID)
    assert InventoryQuery.parse("").address() == ""
    for wrong in ("colour=red", "sort=colour", "slot=4", "columns=colour", "state=odd", "q=%00"):
        with pytest.raises(Refused) as refused:
            InventoryQuery.parse(wrong)
        assert refused.value.refusals[0].code == "input_invalid"
    for shipped in SHIPPED.values():
        assert InventoryQuery.parse(shipped.address()) == shipped
    caller = await busy_world(database)
    page = await InventoryDesk(database).rows(caller, query, limit=1)
    with pytest.raises(Refused):
        await InventoryDesk(database).rows(
            caller, InventoryQuery(), after=(*(page.following or ()), "x", "y")
        )


@pytest.mark.covers("P2")
async def test_the_views_that_ship_show_what_their_names_say(database: Database) -> None:
    caller = await busy_world(database)
    desk = InventoryDesk(database)
    shown = {name: [row.name for row in await desk.rows(caller, query)] for name, query in SHIPPED.items()}
    assert set(shown["to_do"]) == {"L-1", "L-2", "L-3"}
    assert shown["temporary"] == ["L-2"]
    assert set(shown["without_code"]) == {"L-4", "L-5", "L-7"}


async def _csv(database: Database, caller: Caller, query: InventoryQuery) -> str:
    return "".join([part async for part in await InventoryDesk(database).csv(caller, query)])


@pytest.mark.covers("P2")
async def test_the_csv_has_what_is_filtered_and_can_be_imported_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("starter.fleet.inventory.ROWS_OF_CSV", 2)
    caller = await busy_world(database)
    await run(database, "UPDATE devices SET name = '=1+1' WHERE name = 'Phone 5'")
    query = InventoryQuery(
        provider="Orange", sim_type="esim", columns=tuple(Column(name) for name in COLUMNS)
    )
    found = await _csv(database, caller, query)
    rows = list(csv.DictReader(io.StringIO(found)))
    assert found.splitlines()[0] == ",".join(COLUMNS)
    assert [row["msisdn"] for row in rows][-1] == "'+33639980007"
    assert {row["device"] for row in rows} == {"Phone 1", "Phone 4", "'=1+1", "Phone 7"}
    plain = found.replace("'+", "+").replace("'=1+1", "=1+1").encode()
    report = await DataDesks(database).fleet.import_fleet(OPERATOR, plain)
    assert (report.rows, report.created, report.changed) == (4, {}, {})


@pytest.mark.covers("P2")
async def test_views_are_saved_renamed_and_deleted_by_their_own_user_alone(database: Database) -> None:
    await mixed_world(database)
    desk, caller = SavedViewDesk(database), await ana(database)
    await DataDesks(database).users.create_user(
        OPERATOR, ACCOUNT, "Ben", "ben@acme.example", role=Role.VIEWER
    )
    ben = await callers.user(database, "ben@acme.example")
    orange = await desk.save(caller, "Orange", InventoryQuery(provider="Orange", sort=Sort.ICCID_DOWN))
    assert orange.query == "provider=Orange&sort=-iccid"
    empty = await desk.save(caller, "Empty", InventoryQuery(state=RowState.EMPTY))
    assert (await desk.save(caller, "Orange", InventoryQuery(slot=2))).id == orange.id
    await desk.make_default(caller, orange.view_id)
    await desk.make_default(caller, empty.view_id)
    assert [(view.name, view.is_default) for view in await desk.views(caller)] == [
        ("Empty", True),
        ("Orange", False),
    ]
    with pytest.raises(Refused) as refused:
        await desk.rename(caller, empty.view_id, "Orange")
    assert refused.value.refusals[0].code == "view_exists"
    assert (await desk.rename(caller, empty.view_id, "Free slots")).name == "Free slots"
    assert await desk.views(ben) == []
    for call in (desk.rename(ben, orange.view_id, "Mine"), desk.delete(ben, orange.view_id)):
        with pytest.raises(NotFound):
            await call
    await desk.make_default(caller, None)
    await desk.delete(caller, orange.view_id)
    assert [(view.name, view.is_default) for view in await desk.views(caller)] == [("Free slots", False)]


@pytest.mark.covers("P2")
async def test_a_shared_view_is_everyones_and_its_owners_and_administrators_to_change(
    database: Database,
) -> None:
    await mixed_world(database)
    desk, owner = SavedViewDesk(database), await ana(database)
    people = DataDesks(database).users
    callers_of = {}
    for name, role in (("ben", Role.MANAGER), ("vera", Role.VIEWER), ("adam", Role.ADMINISTRATOR)):
        await people.create_user(OPERATOR, ACCOUNT, name.title(), f"{name}@acme.example", role=role)
        callers_of[name] = await callers.user(database, f"{name}@acme.example")
    ben, vera, adam = callers_of.values()
    view = await desk.save(owner, "Orange", InventoryQuery(provider="Orange"))
    await desk.save(ben, "Orange", InventoryQuery(slot=2))
    assert await desk.views(vera) == []
    await desk.share(owner, view.view_id)
    (seen,) = await desk.views(vera)
    assert (seen.id, seen.own, seen.shared, seen.saved_by) == (view.id, False, True, "Ana")
    assert [(each.name, each.own) for each in await desk.views(ben)] == [("Orange", True), ("Orange", False)]
    await desk.make_default(owner, view.view_id)
    await desk.make_default(vera, view.view_id)
    for call in (desk.rename(ben, view.view_id, "Mine"), desk.unshare(vera, view.view_id)):
        with pytest.raises(Refused) as refused:
            await call
        assert refused.value.refusals[0].parameters == {"permission": "manage_users"}
    own = await desk.save(vera, "Own", InventoryQuery(slot=1))
    with pytest.raises(Refused) as refused:
        await desk.share(vera, own.view_id)
    assert refused.value.refusals[0].parameters == {"permission": "edit_inventory"}
    renamed = await desk.rename(adam, view.view_id, "All of Orange")
    assert (renamed.name, renamed.own) == ("All of Orange", False)
    await desk.unshare(adam, view.view_id)
    assert [each.name for each in await desk.views(vera)] == ["Own"]
    assert [each.is_default for each in await desk.views(owner)] == [True], "it stays their own default"
    await desk.share(owner, view.view_id)
    assert [each.is_default for each in await desk.views(vera)] == [False, False], "not given back"
    await desk.make_default(vera, view.view_id)
    await desk.delete(adam, view.view_id)
    assert await desk.views(owner) == []
    assert [(each.name, each.is_default) for each in await desk.views(vera)] == [("Own", False)]


@pytest.mark.covers("P2")
async def test_views_that_are_changed_at_once_are_changed_one_after_another(database: Database) -> None:
    await mixed_world(database)
    desk, caller = SavedViewDesk(database), await ana(database)
    saved = [await desk.save(caller, name, InventoryQuery(slot=1)) for name in ("A", "B", "C", "D")]
    renamed = await asyncio.gather(
        *(desk.rename(caller, view.view_id, "Same") for view in saved), return_exceptions=True
    )
    assert [type(each) for each in renamed].count(Refused) == 3
    await asyncio.gather(*(desk.make_default(caller, view.view_id) for view in saved))
    assert [view.is_default for view in await desk.views(caller)].count(True) == 1
