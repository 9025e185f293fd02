"""A mapping that is kept for an account: its next export is imported without one (R12)."""

import shlex
from pathlib import Path

import pytest

from models.errors import NotFound, Refused
from models.files.table import SentFile
from models.people.callers import Caller, Role
from starter.operations.mappings import MappingDesk
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, DataDesks, ana, iccid, line, run, world
from tests.starter.shell import Shell

pytestmark = pytest.mark.covers("R12")
KIND = "import_fleet"
CARD = "N° de la carte SIM"
MAPPING = ("Appareil mobile=device", "N° de la carte SIM=iccid", '"1"=slot', '"physical"=sim_type')


def _export(number: int, heading: str = CARD) -> bytes:
    """An export of a device management, which knows neither account nor slot."""
    row = f"Poste {number};+3363998{number:04d};Orange;{iccid(number)}"
    return f"Appareil mobile;Téléphone;Opérateur;{heading}\r\n{row}\r\n".encode("cp1252")


async def _ana_as(database: Database, role: Role) -> Caller:
    await run(database, f"UPDATE users SET role = '{role}' RETURNING 1")
    return await ana(database)


async def test_in_a_shell_the_second_export_needs_no_map(
    shell: Shell, database: Database, tmp_path: Path
) -> None:
    await world(database, line(1))
    await run(database, "INSERT INTO accounts (name) VALUES ('Bolt') RETURNING 1")
    first, second = tmp_path / "january.csv", tmp_path / "february.csv"
    first.write_bytes(_export(60))
    second.write_bytes(_export(61))
    refused = shell.process("fleet", "import", str(first), code=2)
    added = refused.err.splitlines()[-1].partition(": ")[2]
    assert shlex.split(added) == [
        *("--account", "ACCOUNT", "--map", "Appareil mobile=device", "--map", '"1"=slot'),
        *("--map", '"physical"=sim_type', "--map", "N° de la carte SIM=iccid"),
    ]
    asked = ("fleet", "import", str(first), *shlex.split(added.replace("ACCOUNT", ACCOUNT)), "--save-map")
    shell.process(*asked, "--dry-run")
    assert "No mapping is saved" in shell.process("account", "mappings", ACCOUNT).out
    shell.process(*asked)
    (saved,) = shell.json("account", "mappings", ACCOUNT)
    assert (saved["kind"], set(saved["entries"])) == (KIND, set(MAPPING))
    assert "N° de la carte SIM=iccid" in shell.process("account", "mappings", ACCOUNT).out
    again = shell.process("fleet", "import", str(second), "--account", ACCOUNT, "--dry-run", columns=160)
    assert "The mapping saved on 20" in again.err
    assert "by the saved mapping" in again.out
    assert shell.json("fleet", "import", str(second), "--account", ACCOUNT)["created"]["lines"] == 1
    shell.process("fleet", "import", str(second), code=2)  # no account is named: nothing is used
    shell.process("account", "delete-mapping", ACCOUNT, KIND)
    assert "No mapping is saved" in shell.process("account", "delete-mapping", ACCOUNT, KIND, code=2).err
    shell.process("fleet", "import", str(second), "--account", ACCOUNT, code=2)


async def test_where_several_accounts_may_be_meant_a_mapping_is_saved_for_none(database: Database) -> None:
    desks = await world(database, line(1))
    file = SentFile(_export(60), (*MAPPING, f'"{ACCOUNT}"=account'), save=True)
    await run(database, "INSERT INTO accounts (name) VALUES ('Bolt') RETURNING 1")
    with pytest.raises(Refused) as refused:
        await desks.fleet.import_fleet(OPERATOR, file)
    assert [reason.code for reason in refused.value.refusals] == ["account_needed"]
    assert (await desks.fleet.lines(OPERATOR))[0].device != "Poste 60"


async def test_the_first_import_saves_its_mapping_for_the_account_that_it_creates(database: Database) -> None:
    file = SentFile(_export(60), (*MAPPING, '"New"=account'), save=True)
    await DataDesks(database).fleet.import_fleet(OPERATOR, file)
    (saved,) = await MappingDesk(database).mappings(OPERATOR, "New")
    assert '"New"=account' in saved.entries


async def test_a_user_keeps_it_for_the_own_account_alone_and_it_is_recorded(database: Database) -> None:
    desks = await world(database, line(1))
    adam = await _ana_as(database, Role.ADMINISTRATOR)
    mappings = MappingDesk(database)
    for _ in range(2):
        await desks.fleet.import_fleet(adam, SentFile(_export(60), MAPPING, save=True))
    wrong = SentFile(_export(61), (*MAPPING, '"Ana"=employee_name'), save=True)
    with pytest.raises(Refused, match="keeps no value of employee_name"):
        await desks.fleet.import_fleet(adam, wrong)
    assert len(await desks.fleet.lines(adam)) == 2, "all rows or none, with the mapping"
    later = await desks.fleet.import_fleet(adam, SentFile(_export(62, "Karte"), ("Karte=iccid",), save=True))
    assert "does not have" not in " ".join(note.sentence for note in later.warnings)
    (saved,) = await mappings.mappings(adam)
    assert set(saved.entries) == {*MAPPING, "Karte=iccid"} - {"N° de la carte SIM=iccid"}
    viewer = await _ana_as(database, Role.VIEWER)
    with pytest.raises(Refused, match="does not allow"):
        await mappings.mappings(viewer)
    with pytest.raises(Refused, match="does not allow"):
        await mappings.delete(viewer, None, KIND)
    adam = await _ana_as(database, Role.ADMINISTRATOR)
    await mappings.delete(adam, None, KIND)
    with pytest.raises(NotFound):
        await mappings.delete(adam, None, KIND)
    with pytest.raises(Refused, match="import_catalogue"):
        await mappings.delete(adam, None, "place_orders")
    events = await run(
        database, "SELECT type, data, actor FROM events WHERE type LIKE 'account.mapping%' ORDER BY id"
    )
    assert [(event.type, event.data) for event in events] == [
        ("account.mapping_saved", {"kind": KIND}),
        ("account.mapping_saved", {"kind": KIND}),
        ("account.mapping_deleted", {"kind": KIND}),
    ]
    assert {event.actor for event in events} == {adam.actor}
