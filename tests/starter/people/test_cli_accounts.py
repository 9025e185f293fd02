"""`esim-orders account ...` and `fleet set-...`, as a shell runs them."""

from pathlib import Path

import pytest

from store.session import Database
from tests.builders import ANA, OPERATOR, empty_slot, line, world
from tests.starter.shell import Shell


@pytest.mark.covers("F67", "F66", "F65")
async def test_an_account_is_created_renamed_closed_and_opened_again(shell: Shell) -> None:
    assert "There are no accounts." in shell.run("account", "list").out
    made = shell.json("account", "create", "Nord", "--language", "fr", "--contact", "office@nord.example")
    assert made == {
        "id": 1,
        "name": "Nord",
        "language": "fr",
        "contact_email": "office@nord.example",
        "sender_name": None,
        "closed_at": None,
        "mode": "live",
        "open_orders": 0,
    }
    shell.run("account", "create", "Sud")
    assert "Sud-Ouest" in shell.run("account", "rename", "Sud", "Sud-Ouest").out
    assert "closed" in shell.run("account", "close", "Nord").out
    assert shell.json("account", "set-language", "Nord", "en")["language"] == "en"
    assert shell.json("account", "set-contact", "Nord", "none")["contact_email"] is None
    for columns in (80, 120):
        listed = shell.process("account", "list", columns=columns).out
        assert max(map(len, listed.splitlines())) <= columns
        assert "closed" in listed
        assert "Sud-Ouest" in listed
    assert shell.json("account", "reopen", "Nord")["closed_at"] is None
    assert [account["name"] for account in shell.json("account", "list")] == ["Nord", "Sud-Ouest"]


@pytest.mark.covers("F67")
async def test_what_is_wrong_with_an_account_is_one_sentence(database: Database, shell: Shell) -> None:
    await world(database)
    for arguments, sentence in (
        (("create", "Acme"), "There is an account of this name already."),
        (("create", ""), "A name has 1 to 200 characters"),
        (("create", "New", "--language", "de"), "There is no such language"),
        (("create", "New", "--contact", "nobody"), "This is not an e-mail address."),
        (("rename", "Nowhere", "New"), "There is no such account."),
        (("close", "Nowhere"), "There is no such account."),
        (("set-contact", "Acme", "nobody"), "This is not an e-mail address."),
    ):
        said = shell.run("account", *arguments, code=2)
        assert sentence in said.err
        assert said.out == ""
    refused = shell.run("--user", ANA, "account", "close", "Acme", code=2)
    assert ": manage accounts." in refused.err
    shell.run("account", "close", "Acme")
    assert "The account is closed" in shell.run("--user", ANA, "fleet", "list", code=2).err
    french = shell.run("--language", "fr", "--user", ANA, "fleet", "list", code=2)
    assert "Le compte est fermé" in french.err


@pytest.mark.covers("F63")
async def test_employees_and_groups_of_lines_are_set(
    database: Database, shell: Shell, tmp_path: Path
) -> None:
    await world(database, line(1), line(2), line(3))
    employee = ("fleet", "set-employee")
    tried = shell.run(*employee, "L-1", "L-2", "--employee", "E-3", "--dry-run")
    assert tried.out == "2 lines given; a dry run, nothing is written; it would change L-1, L-2.\n"
    assert "changed: L-1, L-2." in shell.run(*employee, "L-1", "L-2", "--employee", "E-3").out
    assert "nothing is different" in shell.run(*employee, "L-1", "--employee", "Employee 3").out
    assert shell.json("fleet", "show", "L-1")["sim"]["employee"] == "Employee 3"
    shell.run(*employee, "+33639980001", "--employee", "none")
    assert shell.json("fleet", "show", "L-1")["sim"]["employee"] is None
    named = tmp_path / "lines.txt"
    named.write_text("\ufeffL-1\n\n+33639980002\n")
    added = shell.json(*employee, "--file", str(named), "--employee", "lea@acme.example", "--name", "Lea")
    assert added == {"lines": 2, "changed": [1, 2], "created": {"employees": 1}, "dry_run": False}

    groups = ("fleet", "set-groups")
    piped = shell.process(*groups, "-", "--groups", "Paris; Lyon", "--create", typed="L-1\nL-3\n")
    assert piped.out == "2 lines given; changed: L-1, L-3; new: 1 group.\n"
    assert shell.json("fleet", "show", "L-3")["sim"]["groups"] == ["Lyon", "Paris"]
    shell.process(*groups, "--file", "-", "--groups", "Lyon", "--remove", typed="L-1\n")
    shell.run(*groups, "L-2", "--groups", "Paris", "--add")
    shell.run(*groups, "L-3", "--groups", "")
    listed = {found["id"]: found["groups"] for found in shell.lines("fleet", "list")}
    assert listed == {1: ["Paris"], 2: ["Lyon", "Paris", "Sales"], 3: []}


@pytest.mark.covers("F63")
async def test_a_refused_edit_says_why_and_changes_nothing(
    database: Database, shell: Shell, tmp_path: Path
) -> None:
    desks = await world(database, line(1), empty_slot(2))
    before = await desks.fleet.lines(OPERATOR)
    binary = tmp_path / "binary"
    binary.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00L-1")
    for arguments, sentence in (
        (("set-employee", "L-1"), "Say who uses the SIMs"),
        (("set-employee", "--employee", "none"), "Name at least one line."),
        (("set-employee", "L-1", "L-2", "--employee", "none"), "no SIM in the slot of: L-2."),
        (("set-employee", "L-1", "L-9", "--employee", "none"), "number 2 of those named"),
        (("set-employee", "L-1", "--employee", "x@y.example"), "no such employee"),
        (("set-employee", "--file", str(tmp_path / "none.txt"), "--employee", "none"), "is not there"),
        (("set-employee", "--file", str(binary), "--employee", "none"), "cannot be read"),
        (("set-groups", "L-1"), "Say which groups"),
        (("set-groups", "L-1", "--groups", "Sales", "--add", "--remove"), "either added or removed"),
        (("set-groups", "L-1", "--groups", "Sales;Nowhere"), "To make them: --create."),
        (("set-groups", "L-1", "--groups", "", "--add"), "at least one group"),
    ):
        said = shell.run("fleet", *arguments, code=2)
        assert sentence in said.err
        assert said.out == ""
    assert await desks.fleet.lines(OPERATOR) == before
