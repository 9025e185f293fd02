"""Employees and groups of lines, edited one by one and in bulk: all lines of a call or none (F63)."""

import asyncio

import pytest

from models.errors import NotFound, Refused
from models.fleet.edits import MAX_LINES
from models.fleet.inventory import LineView
from models.people.callers import AllAccounts, By, Role
from starter.codes.book import CodeBook
from starter.fleet.desk import FleetDesk
from starter.fleet.edits import FleetEditDesk
from store import events
from store.locks import lock_subject
from store.orders import steps
from store.session import Database
from tests.builders import (
    ACCOUNT,
    OPERATOR,
    acknowledge,
    ana,
    as_csv,
    empty_slot,
    iccid,
    line,
    place,
    process,
    run,
    world,
)
from tests.qr_world import codes_of


async def shown(database: Database, number: int = 1) -> LineView:
    return await FleetDesk(database).line(OPERATOR, f"L-{number}")


async def users_of(database: Database, *numbers: int) -> list[str | None]:
    """Who uses the SIMs in place of these lines."""
    lines = [await shown(database, number) for number in numbers]
    return [found.sim.employee if found.sim else None for found in lines]


@pytest.mark.covers("F63")
async def test_an_employee_is_named_by_address_name_or_id(database: Database) -> None:
    await world(database, line(1), line(2), line(3))
    edits, caller = FleetEditDesk(database), await ana(database)
    for named, expected in (
        ("EMPLOYEE2@acme.example", "Employee 2"),
        ("employee 3", "Employee 3"),
        ("E-1", "Employee 1"),
        (None, None),
    ):
        done = await edits.set_employee(caller, ["+33639980001"], named)
        assert done.changed == (1,)
        assert await users_of(database, 1) == [expected]
        again = await edits.set_employee(caller, ["L-1"], named)
        assert (again.lines, again.changed) == (1, ())


@pytest.mark.covers("F63")
async def test_many_lines_get_a_new_employee_in_one_call(database: Database) -> None:
    await world(database, line(1), line(2), line(3))
    edits, caller = FleetEditDesk(database), await ana(database)
    named = ["L-1", "+33639980002", "L-1", " 1 "]
    tried = await edits.set_employee(caller, named, "lea@acme.example", name="Lea", dry_run=True)
    assert (tried.lines, tried.changed, tried.created, tried.dry_run) == (2, (1, 2), {"employees": 1}, True)
    assert await users_of(database, 1, 2) == ["Employee 1", "Employee 2"]
    done = await edits.set_employee(caller, named, "lea@acme.example", name="Lea")
    assert done == tried.model_copy(update={"dry_run": False})
    assert await users_of(database, 1, 2, 3) == ["Lea", "Lea", "Employee 3"]
    known = await edits.set_employee(caller, ["L-3"], "LEA@acme.example", name="Lea")
    assert (known.changed, known.created) == ((3,), {})
    with pytest.raises(Refused) as refused:
        await edits.set_employee(caller, ["L-3"], "lea@acme.example", name="Leo")
    assert codes_of(refused) == ["employee_exists"]


@pytest.mark.covers("F63")
async def test_groups_are_those_of_the_line_and_of_its_sim(database: Database) -> None:
    await world(database, line(1), line(2, management_groups="Paris"), empty_slot(3))
    edits, caller = FleetEditDesk(database), await ana(database)
    lines = ["L-1", "L-2", "L-3"]
    for mode, groups, expected in (
        ("add", ["Paris"], [("Lyon", "Paris", "Sales"), ("Paris",), ("Lyon", "Paris", "Sales")]),
        ("remove", ["Sales", "Paris"], [("Lyon",), (), ("Lyon",)]),
        ("set", ["Paris", " Sales "], [("Paris", "Sales")] * 3),
        ("set", [], [()] * 3),
    ):
        await edits.set_groups(caller, lines, groups, mode)
        found = [await shown(database, number) for number in (1, 2, 3)]
        assert [line.groups for line in found] == expected
        assert [line.sim.groups for line in found if line.sim] == expected[:2], "an empty slot has no SIM"
        assert (await edits.set_groups(caller, lines, groups, mode)).changed == ()


@pytest.mark.covers("F63")
async def test_a_group_that_there_is_not_is_made_only_where_that_is_said(database: Database) -> None:
    await world(database)
    edits, caller = FleetEditDesk(database), await ana(database)
    for mode in ("set", "add", "remove"):
        with pytest.raises(Refused) as refused:
            await edits.set_groups(caller, ["L-1"], ["Sales", "Nowhere"], mode, create=mode == "remove")
        assert codes_of(refused) == ["unknown_group"]
        assert "number 2 " in str(refused.value)
        assert "Nowhere" not in str(refused.value)
    tried = await edits.set_groups(caller, ["L-1"], ["Nantes"], "add", create=True, dry_run=True)
    assert (tried.created, tried.changed) == ({"groups": 1}, (1,))
    assert await run(database, "SELECT name FROM management_groups WHERE name = 'Nantes'") == []
    await edits.set_groups(caller, ["L-1"], ["Nantes"], "add", create=True)
    assert (await shown(database)).groups == ("Lyon", "Nantes", "Sales")
    for wrong, code in ((["a;b"], "group_name_invalid"), (["a\nb"], "name_invalid"), ([], "no_groups")):
        with pytest.raises(Refused) as refused:
            await edits.set_groups(caller, ["L-1"], wrong, "add", create=True)
        assert codes_of(refused) == [code]
    with pytest.raises(Refused) as refused:
        await edits.set_groups(caller, ["L-1"], [], "replace")
    assert codes_of(refused) == ["groups_mode_unknown"]


@pytest.mark.covers("F63")
async def test_every_wrong_line_is_named_and_none_is_edited(database: Database) -> None:
    desks = await world(database, line(1), line(2), empty_slot(3), empty_slot(4), line(5, account="Other"))
    edits, caller = FleetEditDesk(database), await ana(database)
    before = await desks.fleet.lines(OPERATOR)
    for lines, code, named in (
        (["L-1", "L-99", "+33639980002", "nonsense", "L-5"], "unknown_lines", "number 2, 4, 5 of"),
        (["L-99"], "unknown_line", "no such line"),
        (["L-1", "L-3", "L-4"], "slots_empty", "L-3, L-4"),
        ([], "no_lines", "at least one"),
        ([f"L-{number}" for number in range(MAX_LINES + 1)], "too_many_lines", "1,000"),
    ):
        with pytest.raises(Refused) as refused:
            await edits.set_employee(caller, lines, None)
        assert codes_of(refused) == [code]
        assert named in str(refused.value)
    with pytest.raises(Refused) as refused:
        await edits.set_employee(OPERATOR, ["L-1", "L-5"], None)
    assert codes_of(refused) == ["several_accounts"]
    for employee, name, code in (
        ("nobody@acme.example", None, "unknown_employee"),
        ("E-99", None, "unknown_employee"),
        ("employee5@acme.example", None, "unknown_employee"),
        (None, "Lea", "employee_email_needed"),
        ("lea", "Lea", "email_invalid"),
        ("\0", None, "unknown_employee"),
    ):
        with pytest.raises(Refused) as refused:
            await edits.set_employee(caller, ["L-1", "L-2"], employee, name=name)
        assert codes_of(refused) == [code]
    assert await desks.fleet.lines(OPERATOR) == before


async def test_a_name_of_several_employees_is_asked_about(database: Database) -> None:
    await world(database, line(1), line(2, employee_name="Employee 1"))
    with pytest.raises(Refused) as refused:
        await FleetEditDesk(database).set_employee(OPERATOR, ["L-1"], "Employee 1")
    assert codes_of(refused) == ["employee_ambiguous"]
    assert "E-1, E-2" in str(refused.value)


@pytest.mark.covers("F63")
async def test_who_may_only_look_edits_nothing(database: Database) -> None:
    desks = await world(database)
    await desks.users.create_user(OPERATOR, ACCOUNT, "Ben", "ben@acme.example", role=Role.VIEWER)
    ben = await ana(database, "ben@acme.example")
    edits = FleetEditDesk(database)
    for call in (edits.set_employee(ben, ["L-1"], None), edits.set_groups(ben, ["L-1"], [])):
        with pytest.raises(Refused) as refused:
            await call
        assert codes_of(refused) == ["not_permitted"]
    with pytest.raises(NotFound):
        await edits.set_employee(ben, ["L-99"], None)


@pytest.mark.covers("F63")
async def test_the_story_of_a_line_and_of_its_sim_says_who_edited_them(database: Database) -> None:
    await world(database, line(1), empty_slot(2))
    edits, caller = FleetEditDesk(database), await ana(database)
    await edits.set_employee(caller, ["L-1"], None)
    await edits.set_groups(caller, ["L-1", "L-2"], ["Lyon"])
    await edits.set_groups(caller, ["L-1", "L-2"], ["Lyon"])
    (lyon,) = await run(database, "SELECT id FROM management_groups WHERE name = 'Lyon'")
    grouped = {"mode": "set", "groups": [lyon.id]}
    async with database.reading() as connection:
        of_line = await events.of(connection, AllAccounts(), "line:1")
        assert await events.of(connection, AllAccounts(), "sim:1") == of_line
        of_empty = await events.of(connection, AllAccounts(), "line:2")
    assert [(event.type, event.actor, event.data) for event in of_line] == [
        ("sim.employee_changed", "user:1", {"line": 1, "sim": 1, "employee": None}),
        ("line.groups_changed", "user:1", {"line": 1, "sim": 1, **grouped}),
    ]
    assert [(event.type, event.data) for event in of_empty] == [
        ("line.groups_changed", {"line": 2, **grouped})
    ]
    history = await CodeBook(database).history(OPERATOR, "S-1")
    assert history.events == (), "it is no story of the QR code"


@pytest.mark.covers("F54", "F63")
async def test_the_temporary_esim_takes_an_edit_when_the_order_is_processed(database: Database) -> None:
    await world(database, line(1), line(2, management_groups="Paris"))
    order = await place(database)
    await acknowledge(database, order)
    edits, caller = FleetEditDesk(database), await ana(database)
    await edits.set_employee(caller, ["L-1"], "E-2")
    await edits.set_groups(caller, ["L-1"], ["Paris"])
    during = await shown(database)
    assert during.temporary is not None
    assert (during.temporary.employee, during.temporary.groups) == ("Employee 1", ("Lyon", "Sales"))
    await process(database, order, iccid(900))
    after = (await shown(database)).sim
    assert after is not None
    assert (after.iccid, after.employee, after.groups) == (iccid(900), "Employee 2", ("Paris",))


async def test_an_edit_waits_for_the_step_of_an_order_and_finds_the_sim_that_is_there_then(
    database: Database,
) -> None:
    await world(database, line(1), line(2))
    order = await place(database)
    await acknowledge(database, order)
    async with database.transaction() as connection:
        done = await steps.complete(connection, order.order_id, By("operator"), iccid(900), "test")
        assert done.refusal is None
        editing = asyncio.create_task(FleetEditDesk(database).set_employee(OPERATOR, ["L-2", "L-1"], "E-2"))
        await asyncio.wait([editing], timeout=0.5)
        assert not editing.done()
    assert (await editing).changed == (1,)
    assert await users_of(database, 1) == ["Employee 2"]


async def test_edits_orders_and_imports_of_the_same_lines_at_once_come_to_an_end(database: Database) -> None:
    rows = [line(number) for number in range(1, 11)]
    desks = await world(database, *rows)
    orders = [await place(database, number) for number in range(1, 6)]
    names = [f"L-{number}" for number in range(1, 11)]
    edits = FleetEditDesk(database)
    answers = await asyncio.gather(
        *(edits.set_employee(OPERATOR, names[::-1], f"new{n}@acme.example", name="New") for n in range(3)),
        *(edits.set_groups(OPERATOR, names, [f"G{n}", "Lyon"], create=True) for n in range(3)),
        *(acknowledge(database, order) for order in orders),
        desks.fleet.import_fleet(OPERATOR, as_csv(*({**row, "management_groups": "G1;Z"} for row in rows))),
        return_exceptions=True,
    )
    assert [answer for answer in answers if isinstance(answer, BaseException)] == []
    found = await desks.fleet.lines(OPERATOR)
    assert len({line.groups for line in found}) == 1
    assert len({line.sim.employee for line in found if line.sim and line.sim.employee == "New"}) <= 1


async def test_lines_are_locked_before_their_sims(database: Database) -> None:
    await world(database, line(1), line(2))
    async with database.transaction() as connection:
        assert await lock_subject(connection, 1, "line:2")
        editing = asyncio.create_task(FleetEditDesk(database).set_groups(OPERATOR, ["L-1", "L-2"], []))
        await asyncio.wait([editing], timeout=0.5)
        free = "SELECT id FROM sims ORDER BY id FOR UPDATE SKIP LOCKED"
        assert len(await run(database, free)) == 2
    assert (await editing).changed == (1, 2)


async def test_a_thousand_lines_are_edited_in_one_call(database: Database) -> None:
    await world(database, *(line(number, employee_email="") for number in range(1, MAX_LINES + 1)))
    done = await FleetEditDesk(database).set_employee(
        OPERATOR, [f"L-{number}" for number in range(1, MAX_LINES + 1)], "a@acme.example", name="A"
    )
    assert len(done.changed) == MAX_LINES
