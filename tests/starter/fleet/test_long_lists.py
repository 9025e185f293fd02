"""Lists of many rows begin before they are read to the end; what they print can be imported again."""

import asyncio
import csv
import io
import json
import os
import sys
from pathlib import Path

import pytest

from models.fleet.file import COLUMNS
from starter.cli.long_lists import FIRST_PART, PART
from starter.fleet.desk import FleetDesk
from store.session import Database
from tests.builders import OPERATOR, as_csv, empty_slot, line, place, run, world
from tests.starter.shell import ROOT, Shell

MANY = FIRST_PART + 3 * PART + 7


async def many_lines(database: Database) -> None:
    rows = (empty_slot(number, device=f"Phone {number:05d}") for number in range(MANY))
    await FleetDesk(database).import_fleet(OPERATOR, as_csv(*rows))


async def test_every_line_is_listed_once_in_every_form(database: Database, shell: Shell) -> None:
    await many_lines(database)
    numbers = [f"+3363998{number:04d}" for number in range(MANY)]
    assert [found["msisdn"] for found in shell.lines("fleet", "list")] == numbers
    listed = shell.run("fleet", "list", "--csv").out
    assert [row["msisdn"].lstrip("'") for row in csv.DictReader(io.StringIO(listed))] == numbers
    table = shell.run("fleet", "list", "--limit", str(MANY)).out
    assert [word for word in table.split() if word.startswith("+3363998")] == numbers
    some = FIRST_PART + 5
    assert len(shell.lines("fleet", "list", "--limit", str(some))) == some


async def test_a_list_is_printed_while_it_is_read(database: Database, shell: Shell) -> None:
    await many_lines(database)
    command = [sys.executable, "-m", "starter.cli", "fleet", "list", "--json"]
    where = {"ESIM_DATA_DIR": str(shell.folder), "ESIM_DATABASE_URL": shell.url}
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=os.environ | where, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    first = json.loads(await process.stdout.readline())
    # the pipe is full: the rest is read when this one has been written
    rename = "UPDATE devices SET name = 'Zz last' WHERE name = :name RETURNING id"
    await run(database, rename, name=f"Phone {MANY - 1:05d}")
    rest = [json.loads(row) async for row in process.stdout]
    assert await process.wait() == 0
    assert first["device"] == "Phone 00000"
    assert len(rest) == MANY - 1
    assert rest[-1]["device"] == "Zz last"


async def test_a_fleet_that_was_exported_is_imported_as_it_is(
    database: Database, shell: Shell, tmp_path: Path
) -> None:
    await world(
        database,
        line(1, employee_name="Chloé, Durand", management_groups="Sales;Lyon"),
        line(2, sim_type="esim"),
        empty_slot(3),
    )
    exported = shell.run("fleet", "list", "--csv").out
    assert exported.splitlines()[0] == ",".join(COLUMNS)
    file = tmp_path / "fleet.csv"
    file.write_text(exported, newline="")
    assert "nothing is new or different" in shell.run("fleet", "import", str(file)).out


async def test_no_cell_is_a_formula(database: Database, shell: Shell) -> None:
    await world(database, line(1, employee_name="=HYPERLINK(A1)", management_groups="@Sales;-Lyon"))
    await place(database, note="+cmd|x")
    for command in (("fleet", "list"), ("order", "list"), ("qr", "list")):
        for row in csv.reader(io.StringIO(shell.run(*command, "--csv").out)):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert "'=HYPERLINK(A1)" in shell.run("fleet", "list", "--csv").out


async def test_orders_and_requests_have_their_columns(database: Database, shell: Shell) -> None:
    await world(database)
    order = await place(database)
    (row,) = csv.DictReader(io.StringIO(shell.run("order", "list", "--csv").out))
    assert (row["order"], row["status"], row["placed_by"]) == (order.order_id, "submitted", "U-1")
    assert [found["id"] for found in shell.lines("order", "list")] == [order.order_id]
    assert shell.run("order", "list", "--json", "--held").out == ""
    assert shell.run("qr", "list", "--csv").out.startswith("request,account,sim,status,")
    refused = shell.run("fleet", "list", "--csv", "--account", "Nobody", code=2)
    assert refused.out == "", "no header above a refusal"
    assert shell.run("qr", "list", "--json").out == ""


@pytest.mark.parametrize("command", [("fleet", "list"), ("order", "list"), ("qr", "list")])
async def test_two_forms_at_once_are_refused(command: tuple[str, ...], shell: Shell) -> None:
    said = shell.run(*command, "--json", "--csv", code=2)
    assert "exclude each other" in said.err
