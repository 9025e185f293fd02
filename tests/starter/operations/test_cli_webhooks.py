"""`esim-orders webhook ...`: made, shown, tried, sent again, in two languages (A11)."""

import asyncio
import json
from pathlib import Path

import pytest

from store.key_ring import KeyRing
from store.session import Database
from tests.builders import run, world
from tests.starter.shell import Shell
from tests.webhooks.hooked import happens
from tests.webhooks.receiver import a_receiver

pytestmark = pytest.mark.covers("A11", "A16")
NOWHERE = "http://127.0.0.1:9/hooks"


@pytest.fixture
def hooks(shell: Shell) -> Shell:
    """A shell of a sandbox: webhooks may be on the same machine."""
    shell.more |= {"ESIM_SECRET_KEYS": KeyRing.new_key(), "ESIM_WEBHOOKS_TO_LOOPBACK": "true"}
    return shell


async def test_a_webhook_from_making_to_deleting(hooks: Shell, database: Database, tmp_path: Path) -> None:
    await world(database)
    made = hooks.run("webhook", "create", NOWHERE, "--type", "order.processed", "--description", "Shop")
    assert made.out.startswith("whsec_")
    assert made.err == "WH-1: this is the only time that the secret is shown.\n"

    listed = hooks.run("webhook", "list")
    assert "WH-1" in listed.out
    assert "order.processed" in listed.out
    assert made.out.strip() not in listed.out + hooks.run("webhook", "show", "WH-1", "--json").out
    edited = json.loads(hooks.run("webhook", "edit", "WH-1", "--all-types", "--json").out)
    assert edited["types"] == []

    tried = hooks.run("webhook", "test", "WH-1", code=1)
    assert tried.out.startswith("WH-1: the connection failed: nothing listens there")
    await happens(database)
    await run(database, "UPDATE webhooks SET epoch = esim_epoch(), xid = pg_current_xact_id()")
    again = hooks.run("webhook", "replay", "WH-1", "--from", "2020-01-01T00:00", "--to", "2030-01-01")
    assert "events are sent again." in again.out
    assert "to be sent again" in hooks.run("webhook", "attempts", "WH-1", "--waiting").out

    rotated = json.loads(hooks.run("webhook", "rotate", "WH-1", "--json").out)
    assert rotated["secret"].startswith("whsec_")
    assert rotated["secret_rotates_until"]
    assert "disabled" in hooks.run("webhook", "disable", "WH-1").out
    assert "enabled" in hooks.run("webhook", "enable", "WH-1", "--skip-missed").out
    assert hooks.run("webhook", "delete", "WH-1").out == "WH-1 is deleted.\n"
    assert hooks.run("webhook", "show", "WH-1", code=2).err.startswith("There is no such webhook.")
    assert hooks.run("webhook", "list").out == "There are no webhooks.\n"


@pytest.mark.parametrize(("language", "failing"), [("en", "enabled"), ("fr", "activé")])
async def test_a_list_breaks_no_address_and_shows_no_query(
    hooks: Shell, database: Database, language: str, failing: str
) -> None:
    await world(database)
    address = "http://127.0.0.1:9/" + "a-rather-long-path/" * 4
    hooks.run("webhook", "create", f"{address}?token=word")
    hooks.run(
        "webhook", "create", NOWHERE, "--type", "order.provider_processing", "--description", "Shop, EU"
    )
    for columns in (80, 120, 200):
        listed = hooks.run("--language", language, "webhook", "list", columns=columns).out
        for whole in (f"{address}?…", NOWHERE, "order.provider_processing", failing):
            assert whole in listed
        assert "token" not in listed
    assert max(map(len, listed.splitlines())) <= 200
    shown = json.loads(hooks.run("webhook", "show", "WH-1", "--json").out)
    assert shown["url"] == f"{address}?…"
    assert "word" not in str(shown)


async def test_a_replay_says_how_many_events_and_that_a_disabled_webhook_gets_them_later(
    hooks: Shell, database: Database
) -> None:
    await world(database)
    hooks.run("webhook", "create", NOWHERE, "--type", "line.groups_changed")
    span = ("webhook", "replay", "WH-1", "--from", "2020-01-01T00:00")
    none = hooks.run(*span).out
    assert none == "WH-1: no event is sent again.\n"
    await happens(database)
    await run(database, "UPDATE webhooks SET epoch = esim_epoch(), xid = pg_current_xact_id()")
    assert hooks.run(*span).out == "WH-1: 1 event is sent again.\n"
    await happens(database)
    await run(database, "UPDATE webhooks SET epoch = esim_epoch(), xid = pg_current_xact_id()")
    hooks.run("webhook", "disable", "WH-1")
    assert hooks.run(*span).out == (
        "WH-1: 2 events are sent again.\nIt is disabled: nothing is sent until it is enabled.\n"
    )
    french = hooks.run("--language", "fr", *span).out
    assert "Il est désactivé" in french


async def test_types_may_have_commas(hooks: Shell, database: Database) -> None:
    await world(database)
    made = hooks.run("webhook", "create", NOWHERE, "--type", "order.processed, order.refused", "--json")
    assert json.loads(made.out)["types"] == ["order.processed", "order.refused"]
    await happens(database)
    listed = hooks.run("events", "--type", "line.groups_changed,order.processed", "--json")
    assert [item["type"] for item in json.loads(listed.out)] == ["line.groups_changed"]
    deleted = json.loads(hooks.run("webhook", "delete", "WH-1", "--json").out)
    assert deleted == {"webhook": "WH-1", "deleted": True}


async def test_a_receiver_that_redirects_is_told_so(hooks: Shell, database: Database) -> None:
    await world(database)
    async with a_receiver() as receiver:
        receiver.always(302)
        hooks.run("webhook", "create", receiver.url)
        said = await asyncio.to_thread(hooks.run, "webhook", "test", "WH-1", code=1)
    assert said.out.startswith("WH-1: status 302, and redirects are not followed, ")


async def test_in_french(hooks: Shell, database: Database) -> None:
    await world(database)
    hooks.run("webhook", "create", NOWHERE)
    said = hooks.run("--language", "fr", "webhook", "test", "WH-1", code=1)
    assert "la connexion a échoué" in said.out
    hooks.run("webhook", "disable", "WH-1")
    assert "désactivé" in hooks.run("--language", "fr", "webhook", "list").out
    refused = hooks.run("--language", "fr", "webhook", "create", "https://10.0.0.1/", code=2)
    assert "n\u2019est pas publique" in refused.err
