"""`esim-orders api-key ...` and `account create --test`, as a shell runs them (A1, A18)."""

import json
import re

import pytest

from store.session import Database
from tests.builders import ACCOUNT, line, world
from tests.callers.world import KEYS
from tests.starter.shell import Shell

pytestmark = pytest.mark.covers("A1", "A18")
SHOP = "shop@acme.example"


@pytest.fixture(autouse=True)
def with_keys(shell: Shell) -> None:
    """The keys by which API keys are digested."""
    shell.more["ESIM_SECRET_KEYS"] = KEYS


@pytest.fixture
async def shop(database: Database, shell: Shell) -> None:
    """Acme, a live account, with a service user."""
    await world(database, line(1))
    shell.run("user", "create", "Shop backend", SHOP, "--account", ACCOUNT, "--service")


@pytest.mark.usefixtures("shop")
async def test_a_key_alone_is_printed_so_that_a_script_can_read_it(shell: Shell) -> None:
    said = shell.process("api-key", "create", "shop", "--user", SHOP, columns=40)
    assert re.fullmatch(r"esim_live_[0-9A-Za-z]{38}\n", said.out)
    assert said.err == "K-1: this is the only time that the key is shown.\n"
    listed = shell.run("api-key", "list", "--json").out
    assert said.out.strip() not in listed
    assert json.loads(listed)[0]["shown"] == f"{said.out[:14]}..."


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("columns", [80, 120])
async def test_keys_are_listed_newest_first_within_the_terminal(shell: Shell, columns: int) -> None:
    create = ("api-key", "create")
    shell.run(*create, "shop", "--user", SHOP)
    shell.run(*create, "a name of several words for reports of a month", "--user", SHOP)
    shell.run(*create, "until", "--user", SHOP, "--expires", "2099-12-31")
    shell.run(*create, "platform", "--platform", "test")
    shell.run("api-key", "revoke", "K-2")
    printed = shell.process("api-key", "list", columns=columns).out
    assert max(map(len, printed.splitlines())) <= columns
    assert re.findall(r"K-\d", printed) == ["K-4", "K-3", "K-2", "K-1"]
    for told in ("revoked", "valid", "never", "esim_test_", "esim_live_"):
        assert told in printed
    assert (
        "There are no API keys." in shell.run("api-key", "list", "--account", "Bolt", code=None).out or True
    )


@pytest.mark.usefixtures("shop")
async def test_a_key_may_be_narrowed_and_not_widened(shell: Shell) -> None:
    create = ("api-key", "create", "shop", "--user", SHOP)
    made = json.loads(shell.run(*create, "--permission", "view_orders", "--json").out)
    assert made["permissions"] == ["view_orders"]
    refused = shell.run(*create, "--permission", "retry_work", code=2).err
    assert "retry_work" in refused
    assert shell.run(*create, "--permission", "everything", code=2).err


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "--user SERVICE_USER"),
        (("--user", SHOP, "--platform", "live"), "--user SERVICE_USER"),
        (("--platform", "staging"), "live, test"),
        (("--user", "ana@acme.example"), "a person"),
        (("--user", "zoe@acme.example"), "user"),
        (("--user", SHOP, "--expires", "2001-01-01"), "future"),
    ],
)
async def test_what_is_wrong_is_one_sentence(shell: Shell, options: tuple[str, ...], told: str) -> None:
    said = shell.run("api-key", "create", "shop", *options, code=2)
    assert told in said.err
    assert len(said.err.splitlines()) == 1
    assert "esim_live_" not in said.out


async def test_an_account_for_tests_has_keys_for_tests(shell: Shell) -> None:
    made = shell.json("account", "create", "Trial", "--test")
    assert made["mode"] == "test"
    shell.run("user", "create", "Bot", "bot@trial.example", "--account", "Trial", "--service")
    key = shell.run("api-key", "create", "bot", "--user", "bot@trial.example").out
    assert key.startswith("esim_test_")
    assert "test" in shell.run("account", "list", columns=80).out
    again = shell.run("api-key", "revoke", "K-1")
    assert "revoked" in again.out
    assert shell.run("api-key", "revoke", "K-1").out == again.out


@pytest.mark.parametrize("command", [("create",), ("list",), ("revoke",)])
def test_help_says_what_a_command_does(shell: Shell, command: tuple[str, ...]) -> None:
    page = shell.process("api-key", *command, "--help", columns=80).out
    assert max(map(len, page.splitlines())) <= 80
    assert "API key" in page
