"""`esim-orders user ...`, and `--user` before a command."""

import json

import pytest

from store.session import Database
from tests.builders import ACCOUNT, ANA, line, place, world
from tests.starter.shell import Shell

BEN = "ben@acme.example"


@pytest.fixture
async def users(database: Database, shell: Shell) -> None:
    """Ana, who manages Acme, Ben, who may only look, and Cleo of another firm."""
    await world(database, line(1), line(2, account="Bolt"))
    create = ("user", "create")
    shell.run(*create, "Ben", BEN, "--account", ACCOUNT, "--role", "viewer")
    shell.run(*create, "Cleo", "cleo@bolt.example", "--account", "Bolt", "--role", "owner")


@pytest.mark.usefixtures("users")
async def test_users_are_listed_with_their_role(shell: Shell) -> None:
    shell.run("user", "create", "Key", "key@acme.example", "--account", ACCOUNT, "--service")
    desk = ("--role", "provider_desk", "--distributor", "Telvia")
    shell.run("user", "create", "Dora", "dora@telvia.example", "--account", ACCOUNT, *desk)
    printed = shell.run("user", "list", "--account", ACCOUNT, columns=160).out
    for told in ("viewer", "manager (service)", "provider desk of Telvia"):
        assert told in printed
    listed = {user["name"]: user for user in json.loads(shell.run("user", "list", "--json").out)}
    assert (listed["Ana"]["role"], listed["Ana"]["kind"], listed["Ana"]["deactivated_at"]) == (
        "manager",
        "person",
        None,
    )


@pytest.mark.usefixtures("users")
async def test_a_list_cuts_no_word_at_80_columns(shell: Shell) -> None:
    words = (BEN, "cleo@bolt.example", "owner", "viewer", "account", "e-mail")
    narrow = shell.run("user", "list", columns=80).out
    for whole in words:
        assert whole in narrow
    assert max(map(len, narrow.splitlines())) <= 80
    assert "profile" not in narrow
    wide = shell.run("user", "list", columns=120).out
    for whole in (*words, "profile", "language"):
        assert whole in wide

    long = f"{'a' * 60}@acme-logistics.example"
    shell.run("user", "create", "Maximiliane Longname", long, "--account", ACCOUNT)
    below = shell.run("user", "list", columns=80).out
    assert f"  e-mail   {long}\n" in below
    assert "  name     Maximiliane Longname\n" in below


@pytest.mark.covers("F53")
@pytest.mark.usefixtures("users")
async def test_a_deactivated_user_does_nothing_until_activated(shell: Shell) -> None:
    assert "deactivated" in shell.run("user", "deactivate", BEN, columns=160).out
    said = shell.run("--user", BEN, "fleet", "list", code=2)
    assert said.err == "The user is deactivated.\n"
    shell.run("user", "activate", BEN)
    shell.run("--user", BEN, "fleet", "list")


@pytest.mark.usefixtures("users")
async def test_a_command_acts_as_the_user_that_is_named_before_it(shell: Shell, database: Database) -> None:
    order = (await place(database)).order_id
    assert ACCOUNT in shell.run("--user", BEN, "fleet", "list").out
    assert "Bolt" not in shell.run("--user", BEN, "fleet", "list").out
    said = shell.run("--user", "U-2", "profile", "create", "Clerk", code=2)
    assert said.err == "Your role does not allow this: manage profiles. Contact your administrator.\n"
    shell.run("--user", BEN, "order", "show", order)
    theirs = shell.run("--user", "cleo@bolt.example", "order", "show", order, code=2)
    assert theirs.err == f"There is no order {order}.\n"
    assert shell.run("--user", "cleo@bolt.example", "order", "list").out == "There are no orders.\n"
    assert ": see operations." in shell.run("--user", ANA, "doctor", code=2).err
    assert ": erase people." in shell.run("--user", ANA, "person", "erase", BEN, "--yes", code=2).err


@pytest.mark.usefixtures("users")
async def test_roles_are_set_by_who_has_as_much(shell: Shell) -> None:
    assert "administrator" in shell.run("user", "set-role", ANA, "administrator", columns=160).out
    shell.run("--user", ANA, "user", "set-role", BEN, "support")
    said = shell.run("--user", BEN, "user", "set-role", BEN, "owner", code=2)
    assert ": manage users." in said.err
    unknown = shell.run("user", "set-role", BEN, "boss", code=2)
    assert "owner, administrator, manager, viewer, support, provider_desk" in unknown.err


@pytest.mark.covers("F41")
@pytest.mark.usefixtures("users")
async def test_a_user_gets_another_name_and_another_profile(shell: Shell) -> None:
    shell.run("profile", "create", "Clerk", "--account", ACCOUNT)
    assert shell.json("user", "set-name", BEN, "Benno")["name"] == "Benno"
    assert "Clerk" in shell.run("user", "set-profile", BEN, "Clerk", columns=160).out
    assert "no such profile" in shell.run("user", "set-profile", "cleo@bolt.example", "Clerk", code=2).err
