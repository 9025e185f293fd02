"""A fleet file is taken over as a whole, once; or every wrong row is told and nothing happens."""

import time

import pytest

from models.fleet.inventory import SimState
from models.imports import ImportReport
from models.orders.rules import TARGETS
from starter.catalogue.desk import CatalogueDesk
from starter.fleet.desk import FleetDesk
from store.session import Database
from tests.builders import (
    OPERATOR,
    DataDesks,
    acknowledge,
    as_csv,
    cancel,
    empty_slot,
    iccid,
    item,
    line,
    place,
    process,
    refused_fleet,
    run,
    world,
)


async def test_a_fleet_is_taken_over(database: Database) -> None:
    desks = DataDesks(database)
    report = await desks.fleet.import_fleet(
        OPERATOR,
        as_csv(
            line(1, device="Phone"),
            line(2, device="Phone", slot=2, sim_type="eSIM", employee_email="", management_groups=""),
            empty_slot(3, device="Phone", slot=3, provider="SFR"),
            line(4, account="Other", employee_name="", employee_email=""),
        ),
    )
    assert report.model_copy(update={"read": None}) == ImportReport(
        rows=4,
        created={
            "accounts": 2,
            "providers": 2,
            "distributors": 2,
            "devices": 2,
            "groups": 4,
            "employees": 2,
            "lines": 4,
            "SIMs": 3,
        },
    )
    first, second, third, other = await desks.fleet.lines(OPERATOR)
    assert (first.account, first.device, first.slot, first.msisdn) == ("Acme", "Phone", 1, "+33639980001")
    assert first.groups == ("Lyon", "Sales")
    assert first.sim is not None
    assert first.sim.iccid == iccid(1)
    assert (first.sim.kind, first.sim.state) == ("physical", "active")
    assert (first.sim.provider, first.sim.distributor) == ("Orange", "Telvia")
    assert (first.sim.employee, first.sim.groups) == ("Employee 1", ("Lyon", "Sales"))
    assert second.sim is not None
    assert (second.sim.kind, second.sim.employee, second.groups) == ("esim", "Employee 2", ())
    assert (third.slot, third.provider, third.sim) == (3, "SFR", None)
    assert (other.account, other.sim and other.sim.employee) == ("Other", None)


@pytest.mark.covers("F39")
async def test_a_new_account_has_its_default_profile(database: Database) -> None:
    desks = await world(database)
    (profile,) = await desks.profiles.profiles(OPERATOR, "Acme")
    assert profile.is_default
    assert profile.enabled == TARGETS


async def test_the_same_file_again_changes_nothing(database: Database) -> None:
    desks = DataDesks(database)
    content = as_csv(line(1), line(2, employee_email=""), empty_slot(3), line(4, management_groups=""))
    await desks.fleet.import_fleet(OPERATOR, content)
    before = await desks.fleet.lines(OPERATOR)
    again = await desks.fleet.import_fleet(OPERATOR, content)
    assert (again.rows, again.changes) == (4, 0)
    assert await desks.fleet.lines(OPERATOR) == before


async def test_a_dry_run_tells_all_and_keeps_nothing(database: Database) -> None:
    desks = DataDesks(database)
    content = as_csv(line(1), line(2))
    tried = await desks.fleet.import_fleet(OPERATOR, content, dry_run=True)
    assert tried.dry_run
    assert await desks.fleet.lines(OPERATOR) == []
    assert await run(database, "SELECT 1 FROM accounts") == []
    done = await desks.fleet.import_fleet(OPERATOR, content)
    assert (tried.created, tried.changed) == (done.created, done.changed)


async def test_a_later_file_updates_what_may_change(database: Database) -> None:
    desks = await world(database, line(1), empty_slot(2), line(3))
    changed = line(
        1,
        provider="SFR",
        distributor="Mobilis",
        employee_name="Renamed",
        management_groups="Lyon; Night ;;Lyon",
    )
    report = await desks.fleet.import_fleet(
        OPERATOR, as_csv(changed, line(2), line(3, employee_email="", employee_name=""))
    )
    assert report.changed == {"lines": 3, "employees": 1}
    first, second, third = await desks.fleet.lines(OPERATOR)
    assert first.sim is not None
    assert (first.provider, first.groups) == ("SFR", ("Lyon", "Night"))
    assert (first.sim.provider, first.sim.distributor) == ("SFR", "Mobilis")
    assert (first.sim.employee, first.sim.groups) == ("Renamed", ("Lyon", "Night"))
    assert second.sim is not None
    assert second.sim.iccid == iccid(2)
    assert third.sim is not None
    assert third.sim.employee is None


async def test_names_are_the_same_whatever_their_case(database: Database) -> None:
    desks = await world(database)
    again = await desks.fleet.import_fleet(
        OPERATOR,
        as_csv(line(1, provider="ORANGE", distributor="telvia", employee_email="EMPLOYEE1@acme.example")),
    )
    assert again.changes == 0


@pytest.mark.parametrize(
    "content",
    [
        as_csv(line()),
        b"\xef\xbb\xbf" + as_csv(line()),
        as_csv(line(), delimiter=";"),
        as_csv(line()).replace(b"\r\n", b"\n"),
        b"\r\n \r\n" + as_csv(line()) + b"\r\n,,,,,,,,,,\r\n\r\n",
        as_csv(line(), columns=tuple(reversed(line()))),
        as_csv(line()).replace(b"msisdn", b" MSISDN "),
        as_csv(line(msisdn=" +33 6 39 98 00 01 ", iccid=iccid(1) + "F", sim_type="Physical")),
    ],
    ids=["plain", "bom", "semicolon", "unix", "blank lines", "order", "header", "spelling"],
)
async def test_spreadsheets_write_csv_in_many_ways(database: Database, content: bytes) -> None:
    desks = DataDesks(database)
    await desks.fleet.import_fleet(OPERATOR, content)
    (found,) = await desks.fleet.lines(OPERATOR)
    assert found.sim is not None
    assert (found.msisdn, found.sim.iccid, found.groups) == ("+33639980001", iccid(1), ("Lyon", "Sales"))


async def test_decomposed_letters_are_the_same_name(database: Database) -> None:
    desks = DataDesks(database)
    await desks.fleet.import_fleet(OPERATOR, as_csv(line(device="Zoe\u0308")))
    again = await desks.fleet.import_fleet(OPERATOR, as_csv(line(device="Zo\u00eb")))
    assert again.changes == 0


@pytest.mark.covers("F21")
async def test_a_discarded_sim_does_not_come_back(database: Database) -> None:
    desks = await world(database)
    order = await place(database)
    await acknowledge(database, order)
    await process(database, order, iccid(900))
    (said,) = await refused_fleet(desks.fleet, as_csv(line(1)))
    assert "this SIM is discarded, and that cannot be undone" in said
    (elsewhere,) = await refused_fleet(desks.fleet, as_csv(line(5, iccid=iccid(1))))
    assert "this SIM is discarded" in elsewhere


async def test_while_an_order_is_open_its_sims_and_provider_stay(database: Database) -> None:
    desks = await world(database)
    order = await place(database)
    await acknowledge(database, order, iccid(900))
    for row, sentence in (
        (line(1, provider="SFR"), "provider: the line has an open order"),
        (line(1, iccid=iccid(7)), "iccid: the line has an open order"),
        (empty_slot(1), "iccid: the line has an open order"),
        (line(5, iccid=iccid(900)), "iccid: this is the temporary eSIM of an open order."),
    ):
        (said,) = await refused_fleet(desks.fleet, as_csv(row))
        assert sentence in said
    await cancel(database, order)
    assert (await desks.fleet.import_fleet(OPERATOR, as_csv(line(1, provider="SFR")))).changed == {"lines": 1}


@pytest.mark.covers("F54")
async def test_employee_and_groups_may_change_while_an_order_is_open(database: Database) -> None:
    desks = await world(database)
    order = await place(database)
    await acknowledge(database, order)
    moved = line(1, employee_name="Zoé", employee_email="zoe@acme.example", management_groups="Paris")
    await desks.fleet.import_fleet(OPERATOR, as_csv(moved))
    await process(database, order, iccid(900))
    found = await desks.fleet.line(OPERATOR, "+33639980001")
    assert found.sim is not None
    assert (found.sim.iccid, found.sim.employee, found.sim.groups) == (iccid(900), "Zoé", ("Paris",))


async def test_a_sim_in_stock_is_put_on_an_empty_slot_of_its_account(database: Database) -> None:
    desks = await world(database, empty_slot(1), empty_slot(2, account="Other"))
    for number in (1, 2):
        await run(
            database,
            "INSERT INTO sims (account_id, iccid, kind, state, provider_id) "
            "SELECT account_id, :iccid, 'physical', 'in_stock', provider_id FROM lines WHERE id = :line",
            iccid=iccid(number),
            line=number,
        )
    (said,) = await refused_fleet(desks.fleet, as_csv(line(1, iccid=iccid(2))))
    assert "iccid: this SIM is in use elsewhere already." in said
    assert (await desks.fleet.import_fleet(OPERATOR, as_csv(line(1)))).changed == {"lines": 1}
    found = await desks.fleet.line(OPERATOR, "L-1")
    assert found.sim is not None
    assert (found.sim.iccid, found.sim.state) == (iccid(1), SimState.ACTIVE)


@pytest.mark.covers("F49")
async def test_a_wrong_check_digit_is_a_warning(database: Database) -> None:
    wrong = iccid(1)[:-1] + ("0" if iccid(1)[-1] != "0" else "1")
    report = await FleetDesk(database).import_fleet(
        OPERATOR, as_csv(line(1, iccid=wrong), empty_slot(2, distributor="X"))
    )
    assert tuple(warning.sentence for warning in report.warnings) == (
        f"Line 2: The check digit of ICCID {wrong} is wrong; it is kept, compare it with the card.",
        "Line 3: the slot is empty; distributor and employee belong to a SIM and are left out.",
    )
    assert report.created["SIMs"] == 1
    assert report.created["distributors"] == 1


async def test_two_imports_at_once(database: Database) -> None:
    desks = await world(database)
    async with database.transaction() as connection:
        await connection.exec_driver_sql("SELECT pg_advisory_xact_lock(6145319)")
        (said,) = await refused_fleet(desks.fleet, as_csv(line(1, provider="SFR")))
    assert said == "Another import is running; import again when it has ended."
    assert (await desks.fleet.import_fleet(OPERATOR, as_csv(line(1, provider="SFR")))).changed == {"lines": 1}


async def test_5000_lines_are_a_matter_of_seconds(database: Database) -> None:
    content = as_csv(*(line(n, device=f"Phone {n // 3}", slot=n % 3 + 1) for n in range(5000)))
    told: list[tuple[str, int, int]] = []
    began = time.monotonic()
    report = await FleetDesk(database).import_fleet(
        OPERATOR, content, progress=lambda *step: told.append(step)
    )
    assert time.monotonic() - began < 20
    assert (report.created["lines"], report.created["SIMs"]) == (5000, 5000)
    assert told[0] == ("Reading", 0, 5000)
    assert told[-1][1] == told[-1][2]
    await CatalogueDesk(database).import_catalogue(OPERATOR, as_csv(item()))
