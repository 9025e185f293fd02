"""The detail of a device, why an action is absent, the history, and the search box."""

import pytest

from models.errors import NotFound, Refused
from models.fleet.grid import InventoryQuery
from models.fleet.rows import HitKind
from models.orders.lifecycle import OrderKind
from models.orders.notes import note_of
from models.orders.rules import Action
from models.paging import Page
from models.people.callers import Role
from starter import callers
from starter.fleet.inventory import InventoryDesk
from store.session import Database
from tests.builders import (
    ACCOUNT,
    OPERATOR,
    DataDesks,
    ana,
    iccid,
    place,
    run,
)
from tests.fleet_grid import busy_world


@pytest.mark.covers("P4", "P5", "F1", "F4", "F5", "F6", "F7", "F45", "F46", "F47", "F55")
async def test_a_device_shows_its_three_slots_with_what_may_be_done(database: Database) -> None:
    caller = await busy_world(database)
    desk = InventoryDesk(database)
    one, two = await desk.device(caller, "Phone 1"), await desk.device(caller, "Phone 2")
    assert [slot.slot for slot in one.slots] == [1, 2, 3]
    assert [slot.line and slot.line.msisdn for slot in one.slots] == ["+33639980001", None, "+33639980006"]
    assert one.slots[0].actions == (Action.GENERATE_QR_CODE,)  # its order is open
    assert one.slots[0].code is not None
    assert one.slots[0].code.version == 1
    assert one.slots[2].actions == ()  # empty
    assert two.slots[0].line is not None
    assert two.slots[0].line.temporary is not None
    assert two.slots[0].actions == ()
    # another slot of the device has no pack of its provider
    assert two.slots[1].actions == (Action.GENERATE_QR_CODE,)
    assert two.slots[1].code is not None
    assert two.slots[1].code.request is not None
    with pytest.raises(NotFound):
        await desk.device(caller, "Phone 99")


@pytest.mark.covers("P5")
async def test_an_administrator_asks_why_an_action_is_absent(database: Database) -> None:
    await busy_world(database)
    desks, desk = DataDesks(database), InventoryDesk(database)
    for name in (Role.ADMINISTRATOR, Role.VIEWER):
        await desks.users.create_user(OPERATOR, ACCOUNT, name, f"{name}@acme.example", role=name)
    adam = await callers.user(database, "administrator@acme.example")
    of_ana = await desk.why_not(adam, "L-1", "ana@acme.example")
    assert [refusal.code for refusal in of_ana.of(Action.REPLACE_ESIM)] == ["open_order"]
    assert of_ana.of(Action.GENERATE_QR_CODE) == ()
    of_ben = await desk.why_not(adam, "L-7", "viewer@acme.example")
    assert [refusal.code for refusal in of_ben.of(Action.REPLACE_ESIM)] == ["not_permitted"]
    with pytest.raises(Refused):
        await desk.why_not(await ana(database), "L-1", "ana@acme.example")


@pytest.mark.covers("P4")
async def test_the_history_of_a_device_is_that_of_its_lines_and_sims(database: Database) -> None:
    caller = await busy_world(database)
    desk = InventoryDesk(database)
    found, after = [], None
    while True:
        page = await desk.history(caller, "Phone 2", limit=2, after=after)
        found += list(page)
        after = page.following
        if after is None:
            break
    types = [entry.type for entry in found]
    assert types.index("esim.temporary_created") < types.index("order.submitted")
    assert {entry.slot for entry in found} == {1, 2}
    assert any(entry.type == "qr.requested" and entry.slot == 2 for entry in found)
    assert any(entry.actor_name and "ana@acme.example" in entry.actor_name for entry in found)
    discarded = await desk.history(caller, iccid(4))
    assert "sim.discarded" in [entry.type for entry in discarded]


@pytest.mark.covers("P3")
@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        (iccid(3), HitKind.SIM, "S-3"),
        (iccid(3)[-5:], HitKind.SIM, "S-3"),
        (iccid(90)[-6:], HitKind.SIM, "S-7"),
        (iccid(4), HitKind.SIM, "S-4"),
        ("+33 6 39 98 00 07", HitKind.LINE, "L-7"),
        ("06.39.98.00.07", HitKind.LINE, "L-7"),
        ("0033639980007", HitKind.LINE, "L-7"),
        ("39980007", HitKind.LINE, "L-7"),
        ("elod dur", HitKind.EMPLOYEE, "E-"),
        ("Durand", HitKind.LINE, "L-4"),
        ("elodie.durand@", HitKind.EMPLOYEE, "E-"),
        ("ana@acme", HitKind.USER, "U-1"),
        ("phone 7", HitKind.LINE, "L-7"),
        ("7", HitKind.LINE, "L-7"),
        (" po 47", HitKind.ORDER, "order-"),
        ("PO 4711", HitKind.ORDER, "order-"),
        ("l-7", HitKind.LINE, "L-7"),
        ("S-3", HitKind.SIM, "S-3"),
        ("U-1", HitKind.USER, "U-1"),
        ("D-2", HitKind.DEVICE, "D-2"),
    ],
)
async def test_the_search_box_says_what_it_found(
    database: Database, typed: str, kind: HitKind, name: str
) -> None:
    caller = await busy_world(database)
    order = await place(database, 7, OrderKind.REPLACE_ESIM)
    await _noted(database, order.order_id, note_of("PO 4711", "Before noon."))
    hits = await InventoryDesk(database).search(caller, typed)
    assert [hit for hit in hits if hit.kind is kind and hit.id.startswith(name)], hits


async def _noted(database: Database, order: str, note: str) -> None:
    """Give the order what was written with it."""
    await run(
        database,
        "WITH note AS (INSERT INTO order_notes (account_id, order_id, text)"
        " SELECT account_id, id, :note FROM orders WHERE id = :id RETURNING id)"
        " UPDATE orders SET note_id = note.id FROM note WHERE orders.id = :id",
        note=note,
        id=order,
    )


@pytest.mark.covers("P3")
async def test_a_number_of_one_digit_or_two_is_no_beginning_of_an_order(database: Database) -> None:
    caller = await busy_world(database)
    await run(
        database,
        "UPDATE inventory_rows SET words = words || '5abcdefghijklmno 58bcdefghijklmno'::tsvector"
        " WHERE line_id = 2",
    )
    for typed in ("L-5", "5", "58"):
        hits = await InventoryDesk(database).search(caller, typed)
        assert "L-2" not in [hit.id for hit in hits], typed


@pytest.mark.covers("P3")
async def test_the_search_box_finds_orders_and_nothing_in_other_words(database: Database) -> None:
    caller = await busy_world(database)
    order = await place(database, 7, OrderKind.REPLACE_ESIM)
    desk = InventoryDesk(database)
    for typed in (order.order_id, order.order_id[:12], order.order_id.removeprefix("order-").upper()):
        hits = await desk.search(caller, typed)
        assert order.order_id in [hit.id for hit in hits if hit.kind is HitKind.ORDER]
        assert len(hits) == 1 or typed != order.order_id, "its number leads to the order alone"
    for odd in ("", "  ", "zzzz", "'\\", "%", "_", "&|!:*", "99999999", "<"):
        assert await desk.search(caller, odd) == [], odd
        assert isinstance(await desk.rows(caller, InventoryQuery.given({"q": odd})), Page)
