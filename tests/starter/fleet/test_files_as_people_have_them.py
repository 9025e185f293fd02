"""A fleet comes from the files that people have: French Excel, workbooks, exports with other headings."""

from pathlib import Path

import pytest

from models.errors import Refused
from models.files.table import SentFile
from models.refusals.declared import fields
from starter.cli import imports
from store.session import Database
from tests.builders import OPERATOR, DataDesks, as_csv, empty_slot, iccid, line, run, world
from tests.files.workbooks import Cell, workbook
from tests.starter.printed_words import Commands
from tests.starter.shell import Shell
from wording.french.import_commands import WORDS

FRENCH = (
    "Société;Nom du terminal;Emplacement;N° de téléphone;Opérateur;Type de SIM;N° de carte;Salarié;"
    "Courriel\r\n"
    f"Acmé;Téléphone 1;1;+33639980001;Orange;physique;{iccid(1)};Éloïse Lefèvre;eloise@acme.example\r\n"
)


@pytest.mark.covers("R10", "R12")
async def test_a_dry_run_in_a_shell_shows_what_became_of_each_column(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "excel-francais.csv"
    file.write_bytes(FRENCH.encode("cp1252"))
    refused = shell.process("fleet", "import", str(file), "--dry-run", code=2)
    assert "missing: iccid; not known: N° de carte (7)" in refused.err
    asked = ("fleet", "import", str(file), "--map", "n° de carte=iccid")
    tried = shell.process(*asked, "--dry-run", columns=120)
    assert "read as Windows-1252" in tried.err
    assert "Société" in tried.err
    told = [tuple(part.strip() for part in row.strip("│").split("│")) for row in tried.out.splitlines()]
    assert ("Société", "account", "a usual heading") in told
    assert ("N° de carte", "iccid", "by --map") in told
    assert "Read as Windows-1252 text; between the columns: ;" in tried.out
    assert "a dry run, nothing is written" in tried.out
    assert shell.lines("fleet", "list") == []
    read = shell.json(*asked)["read"]
    assert (read["encoding"], read["separator"], read["format"]) == ("Windows-1252", ";", "csv")
    (found,) = shell.lines("fleet", "list")
    assert (found["account"], found["device"]) == ("Acmé", "Téléphone 1")
    assert found["sim"]["employee"].startswith("Éloïse")


@pytest.mark.covers("R10")
async def test_a_workbook_is_imported_as_the_file_is(database: Database) -> None:
    desks = DataDesks(database)
    row: list[Cell] = [str(value) for value in line(1).values()]
    row[2] = 1  # a number, as a spreadsheet has it
    report = await desks.fleet.import_fleet(OPERATOR, workbook([list(line(1)), row]))
    assert report.read is not None
    assert report.read.format == "xlsx"
    again = await desks.fleet.import_fleet(OPERATOR, as_csv(line(1)))
    assert again.changes == 0


@pytest.mark.covers("R9")
async def test_a_number_in_a_workbook_has_lost_the_digits_of_its_iccid(database: Database) -> None:
    row: list[Cell] = [str(value) for value in line(1).values()]
    row[6] = int(iccid(1))
    with pytest.raises(Refused, match="Line 2: iccid: a spreadsheet has written the ICCID as a number"):
        await DataDesks(database).fleet.import_fleet(OPERATOR, workbook([list(line(1)), row]))


@pytest.mark.covers("R12")
async def test_what_belongs_to_a_column_that_the_file_does_not_have_stays(database: Database) -> None:
    desks = await world(database, line(1), line(2), empty_slot(3))
    before = await desks.fleet.lines(OPERATOR)
    kept = ("account", "device", "slot", "msisdn", "provider", "sim_type", "iccid")
    file = as_csv(line(1), line(2), empty_slot(3), columns=kept)
    assert (await desks.fleet.import_fleet(OPERATOR, file)).changes == 0
    assert await desks.fleet.lines(OPERATOR) == before
    moved = as_csv(
        line(1, employee_name="Zoë", employee_email="z@acme.example"), columns=(*kept, "employee_name")
    )
    report = await desks.fleet.import_fleet(OPERATOR, moved)
    assert (report.created, report.changed) == ({"employees": 1}, {"lines": 1})
    first = (await desks.fleet.lines(OPERATOR))[0]
    assert first.sim is not None
    assert (first.sim.employee, first.sim.distributor) == ("Zoë", "Telvia")
    assert first.groups == ("Lyon", "Sales")
    emptied = as_csv(line(1, management_groups=""), columns=(*kept, "management_groups"))
    await desks.fleet.import_fleet(OPERATOR, emptied)
    assert (await desks.fleet.lines(OPERATOR))[0].groups == ()


@pytest.mark.covers("R11")
async def test_look_alikes_in_a_file_are_one_account_one_group_and_one_person(database: Database) -> None:
    desks = DataDesks(database)
    one = {"employee_name": "Zo\u00eb Çelik", "employee_email": "", "management_groups": "Entrep\u00f4t"}
    other = {
        "account": "Ac\u200bme\u00a0",
        "provider": "Oran\u2060ge",
        "distributor": "\u202aTelvia\u202c",
        "employee_name": "Zoe\u0308\u00a0 Çelik",
        "employee_email": "",
        "management_groups": "Entrepo\u0302t\u200d",
    }
    rows = as_csv(line(1, **one), line(2, **other))
    report = await desks.fleet.import_fleet(OPERATOR, SentFile(rows))
    one_each = {"accounts": 1, "providers": 1, "distributors": 1, "groups": 1, "employees": 1}
    assert {what: report.created[what] for what in one_each} == one_each
    names = await run(database, "SELECT name FROM accounts UNION SELECT name FROM management_groups")
    assert {row.name for row in names} == {"Acme", "Entrep\u00f4t"}


def test_what_a_dry_run_says_of_the_columns_is_in_french_too() -> None:
    said = Commands(
        Path(imports.__file__).parent, {"imports": {"print_read"}, "map_hints": {"mapping_options"}}
    )
    assert said.translated() == set(WORDS)
    assert said.untranslated() <= {("mapping_options", "entries")}
    for english, french in WORDS.items():
        assert fields(english) == fields(french)
        assert english != french
