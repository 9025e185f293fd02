"""`esim-orders fleet|catalogue|profile|user`, as a shell runs them."""

from pathlib import Path

import pytest

from models.orders.rules import TARGETS
from sandbox.postgres import ThrowAwayPostgres
from store.session import Database
from tests.builders import ANA, acknowledge, as_csv, empty_slot, iccid, item, line, place, process, world
from tests.starter.shell import ROOT, Shell

FLEET, CATALOGUE = str(ROOT / "sandbox" / "fleet.csv"), str(ROOT / "sandbox" / "catalogue.csv")


@pytest.mark.covers("F1", "F8", "F10")
async def test_from_the_sandboxs_files_to_an_offer(shell: Shell) -> None:
    tried = shell.process("fleet", "import", FLEET, "--dry-run")
    assert "a dry run, nothing is written" in tried.out
    assert "200 lines" in tried.out
    assert "There are no such lines." in shell.run("fleet", "list").out
    assert shell.json("fleet", "import", FLEET)["created"]["lines"] == 200
    assert "nothing is new or different" in shell.run("fleet", "import", FLEET).out
    assert shell.json("catalogue", "import", CATALOGUE)["created"]["packs"] == 11
    assert "Orange Classic (withdrawn)" in shell.run("catalogue", "list", columns=160).out
    acme = ("--account", "Acme Logistics")
    shell.run("user", "create", "Ana", "ana@acme-logistics.example", *acme)
    assert "ana@acme-logistics.example" in shell.run("user", "list").out
    offered = shell.run("fleet", "actions", "+33639980000", "--user", "ana@acme-logistics.example").out
    assert "Switch to eSIM" in offered
    for provider, eligible in (("Orange", 3), ("SFR", 1), ("Bouygues Telecom", 0)):
        of_acme = shell.lines("fleet", "list", *acme)
        some = next(found for found in of_acme if found["provider"] == provider and found["sim"])
        shop = shell.json("order", "shop", some["msisdn"], "--user", "U-1")
        assert len(shop["packs"]) == eligible
        assert (shop["chosen"] is not None) == (eligible == 1)


@pytest.mark.covers("F17", "F19", "F21")
async def test_lines_and_sims_are_shown(database: Database, shell: Shell) -> None:
    await world(database, line(1), line(2, sim_type="esim"), empty_slot(3))
    order = await place(database)
    await acknowledge(database, order)
    for columns in (80, 120):
        listed = shell.process("fleet", "list", columns=columns).out
        assert "SIM-Temp" in listed
        assert "empty" in listed
        assert "+33639980001" in listed
        assert max(map(len, listed.splitlines())) <= columns
    shown = shell.run("fleet", "show", "L-1", columns=80).out
    assert "SIM-Temp" in shown
    assert iccid(1) in shown
    assert order.order_id in shown
    as_json = shell.json("fleet", "show", "+33639980001")
    assert as_json["temporary"]["state"] == "temporary"
    assert as_json["open_order"] == order.order_id
    await process(database, order, iccid(900))
    assert "discarded since" in shell.run("fleet", "show", "S-1").out
    assert shell.json("fleet", "show", iccid(1))["state"] == "discarded"
    assert "SIM-Temp" not in shell.run("fleet", "list").out
    assert "The slot is empty." in shell.run("fleet", "show", "L-3").out


async def test_a_long_list_is_cut_and_says_so(database: Database, shell: Shell) -> None:
    await world(database, *(empty_slot(n) for n in range(103)))
    said = shell.run("fleet", "list")
    assert said.out.count("+3363998") == 100
    assert "There are more than 100 lines" in said.err
    assert len(shell.lines("fleet", "list")) == 103
    assert shell.run("fleet", "list", "--limit", "3", "--group", "Sales").out.count("+3363998") == 3
    assert shell.run("fleet", "list", "--limit", "103").err == ""


@pytest.mark.covers("F3", "F41", "F61")
async def test_profiles(database: Database, shell: Shell) -> None:
    await world(database)
    assert "no" in shell.run("profile", "create", "Clerk").out
    assert shell.json("profile", "show", "Clerk")["enabled"] == []
    assert shell.json("profile", "enable", "Clerk", "switch_to_esim", "replace_esim:2")["enabled"] == [
        *TARGETS[:3],
        "replace_esim:2",
    ]
    shell.run("profile", "disable", "Clerk", "switch_to_esim:1")
    listed = shell.run("profile", "list").out
    assert "3 of 9" in listed
    assert "9 of 9" in listed
    assert "yes" in shell.run("profile", "show", "Clerk").out
    shell.run("user", "create", "Bo", "bo@acme.example", "--profile", "Clerk")
    not_enabled = shell.run("fleet", "actions", "L-1", "--user", "bo@acme.example").out
    assert "contact your administrator" in not_enabled


async def test_refusals_are_one_line_each_and_exit_2(database: Database, shell: Shell) -> None:
    await world(database)
    wrong = shell.folder / "wrong.csv"
    wrong.write_bytes(as_csv(line(2, slot=4), line(3), line(4, msisdn="1")))
    said = shell.process("fleet", "import", str(wrong), code=2)
    assert said.out == ""
    assert [told[:7] for told in said.err.splitlines()] == ["Line 2:", "Line 4:"]
    for arguments, sentence in (
        (("fleet", "import", str(shell.folder / "nowhere.csv")), "is not there."),
        (("catalogue", "import", str(shell.folder)), "is a folder."),
        (("fleet", "import", "/dev/null"), "The first line must name the columns"),
        (("fleet", "import", "/dev/zero"), "The file has more than 64 MB; split it."),
        (("fleet", "show", "L-99"), "There is no such line in the account."),
        (("fleet", "show", "S-99"), "There is no such SIM in the account."),
        (("fleet", "actions", "L-1", "--user", "nobody"), "There is no such user in the account."),
        (("fleet", "actions", "L-99", "--user", ANA), "There is no such line in the account."),
        (("fleet", "list", "--account", "Nobody"), "There is no such account."),
        (("profile", "enable", "Default", "everything"), "A target is"),
        (("user", "create", "Ana", ANA), "This e-mail address cannot be that of a new user"),
    ):
        said = shell.run(*arguments, code=2)
        assert sentence in said.err
        assert len(said.err.splitlines()) == 1 + ("esim-orders account create NAME" in said.err)


async def test_names_are_printed_as_they_are(database: Database, shell: Shell) -> None:
    await world(
        database, line(device="[red]Lift[/] :smile:", employee_name="\u0141ucja [b]"), packs=(item(),)
    )
    said = shell.run("fleet", "list").out
    assert "[red]Lift[/]" in said
    assert ":smile:" in said


def test_a_database_that_is_away_is_one_sentence_and_exit_3(
    postgres: ThrowAwayPostgres, tmp_path: Path
) -> None:
    for url, sentence in (
        ("postgresql+asyncpg://esim@127.0.0.1:1/esim", "does not answer"),
        (postgres.url(), "run `esim-orders db upgrade`"),
        (postgres.url("nowhere"), "no database of this name"),
        ("nonsense", "ESIM_DATABASE_URL must look like"),
    ):
        said = Shell(tmp_path, url).process("fleet", "list", code=3)
        assert sentence in said.err
        assert len(said.err.splitlines()) == 1
