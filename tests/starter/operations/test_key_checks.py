"""What `doctor` says about the keys of stored codes and files, also about one that was removed too early."""

from dataclasses import replace

import pytest

from models.errors import DecryptionFailed, Refused
from models.people.api_keys import Mode
from settings import Settings
from starter import callers
from starter.operations.component_checks import secret_keys
from starter.operations.readiness import Check
from starter.operations.webhooks import WebhookDesk
from starter.people.api_keys import ApiKeyDesk
from store.codes import links
from store.key_ring import KeyRing
from store.operations import job_steps, jobs
from store.operations.key_checks import ENCRYPTED, keys_in_use
from store.personal import ENCRYPTED as DECLARED
from store.reencryption import reencrypt
from store.row import Row
from store.session import Database
from tests.builders import OPERATOR, run
from tests.qr_world import FILE, QrWorld, qr_world, staged

OLD, NEW = KeyRing.new_key(), KeyRing.new_key()
OLD_ID = OLD.split(":")[0]
MAPPING = ('"sesame"=confirmation_code',)
DIGESTS = {
    ("qr_versions", "fingerprint"),
    ("links", "token"),
    ("order_links", "token"),
    ("api_keys", "digest"),
    ("jobs", "digest"),
}
DIGESTS |= {("sessions", "digest"), ("mailed_tokens", "digest")}
"""Columns with keyed or plain digests: nothing of them is ever decrypted."""


async def checked(qr: QrWorld, keys: str) -> Check:
    return await secret_keys(keys, qr.database)


async def uploaded(qr: QrWorld) -> str:
    """A contact uploads a file, and has not submitted it yet."""
    token = await qr.upload_link(await qr.asked())
    async with qr.database.transaction() as connection:
        link = await links.find(connection, token, "upload")
        return await links.stage(connection, qr.keys, link, staged(7, "pdf", FILE))


@pytest.mark.covers("W8")
async def test_a_key_that_was_removed_before_the_reencryption_is_named(database: Database) -> None:
    before = await qr_world(database, keys=OLD)
    await before.take(1, 1)
    during = replace(before, keys=KeyRing(f"{NEW},{OLD}"))
    await during.take(1, 2)
    assert (await checked(during, f"{NEW},{OLD}")).ok
    early = await checked(during, NEW)
    assert not early.ok
    assert f"encrypted with the key {OLD_ID}, which ESIM_SECRET_KEYS lacks: add it" in early.sentence
    assert early.ids == (OLD_ID,)
    await reencrypt(database, during.keys)
    assert (await checked(during, NEW)).sentence == "The keys of all QR codes and files are there."


@pytest.mark.covers("W8")
async def test_all_missing_keys_are_named(database: Database) -> None:
    qr = await qr_world(database, keys=OLD)
    await qr.take(1, 1)
    await replace(qr, keys=KeyRing(f"{NEW},{OLD}")).take(2, 2)
    both = await checked(qr, KeyRing.new_key())
    assert both.ids == tuple(sorted((OLD_ID, NEW.split(":")[0])))
    assert f"the keys {', '.join(both.ids)}, which" in both.sentence


def test_every_encrypted_column_is_checked() -> None:
    declared = {
        (table.name, column.name)
        for table in Row.metadata.sorted_tables
        for column in table.columns
        if column.info == DECLARED
    }
    assert declared == set(ENCRYPTED) | DIGESTS


async def a_job(database: Database) -> None:
    """An import that waits to be run."""
    async with database.transaction() as connection:
        new = jobs.NewJob(1, "import_fleet", b"a file", None, "a", dry_run=False, mapping=MAPPING)
        await jobs.create(connection, KeyRing(NEW), new, OPERATOR)


async def a_webhook(database: Database) -> None:
    """An endpoint whose secret rotates."""
    desk = WebhookDesk(database, Settings(secret_keys=NEW, webhooks_to_loopback=True))
    made = await desk.create(OPERATOR, "http://127.0.0.1:9/hooks")
    await desk.rotate(OPERATOR, made.view.webhook_id)


@pytest.mark.covers("W8", "A11")
async def test_the_secrets_of_a_webhook_are_encrypted_anew(database: Database) -> None:
    await qr_world(database, keys=NEW)
    await a_webhook(database)
    newest = KeyRing.new_key()
    assert await reencrypt(database, KeyRing(f"{newest},{NEW}")) == 2
    for table in ("webhooks", "webhook_earlier_secrets"):
        (row,) = await run(database, f"SELECT secret FROM {table}")
        assert KeyRing(newest).decrypt("secret of WH-1", row.secret).startswith(b"whsec_")


@pytest.mark.covers("W8", "A11")
async def test_a_key_that_only_an_earlier_secret_needs_is_in_use(database: Database) -> None:
    await qr_world(database, keys=NEW)
    await a_webhook(database)
    newest = KeyRing.new_key()
    ring = KeyRing(f"{newest},{NEW}")
    again = ring.encrypt("secret of WH-1", b"whsec_")
    await run(database, "UPDATE webhooks SET secret = :again", again=again)
    async with database.reading() as connection:
        found = await keys_in_use(connection, KeyRing(newest))
    assert found.missing == set(KeyRing(NEW).ids)


@pytest.mark.covers("W8", "R12")
async def test_no_value_of_a_mapping_is_stored_in_plain_text(database: Database) -> None:
    await qr_world(database, keys=NEW)
    await a_job(database)
    (row,) = await run(database, "SELECT jobs::text AS stored, input FROM jobs")
    assert "sesame" not in row.stored
    assert b"sesame" not in row.input


@pytest.mark.covers("W8", "A21")
async def test_the_input_of_a_job_is_encrypted_anew(database: Database) -> None:
    await qr_world(database, keys=NEW)
    await a_job(database)
    newest = KeyRing.new_key()
    assert await reencrypt(database, KeyRing(f"{newest},{NEW}")) == 1
    async with database.transaction() as connection:
        work = await job_steps.begin(connection, KeyRing(newest), 1)
    assert work is not None
    assert (work.input, work.mapping) == (b"a file", MAPPING)
    async with database.transaction() as connection:
        new = jobs.NewJob(1, "import_fleet", b"a file", None, "a", dry_run=False, mapping=MAPPING)
        again = await jobs.create(connection, KeyRing(newest), new, OPERATOR)
    assert again.replayed, "a repeat is recognised without the old key"


@pytest.mark.covers("W8", "A1")
async def test_api_keys_that_depend_on_an_old_key_are_named_until_they_are_used(database: Database) -> None:
    qr = await qr_world(database, keys=OLD)
    desk = ApiKeyDesk(database, Settings(secret_keys=OLD))
    used, unused = [await desk.create_platform_key(OPERATOR, name, Mode.LIVE) for name in ("used", "unused")]
    revoked = await desk.create_platform_key(OPERATOR, "revoked", Mode.LIVE)
    await desk.revoke(OPERATOR, revoked.view.key_id)
    both = f"{NEW},{OLD}"
    assert (await checked(qr, OLD)).ids == ()
    assert (await checked(qr, both)).ids == (used.view.key_id, unused.view.key_id)

    await callers.of_key(database, both, callers.Sent(used.key.text))

    during, after = await checked(qr, both), await checked(qr, NEW)
    assert during.ok
    assert f"until they are used: 1 ({unused.view.key_id}); keep it" in during.sentence
    assert not after.ok, "the old key was removed too early"
    assert f"and are refused: {unused.view.key_id}; add it" in after.sentence
    with pytest.raises(Refused):
        await callers.of_key(database, NEW, callers.Sent(unused.key.text))
    await desk.revoke(OPERATOR, unused.view.key_id)
    assert (await checked(qr, NEW)).ids == ()


@pytest.mark.covers("W8")
@pytest.mark.parametrize(("table", "column"), ENCRYPTED)
async def test_a_key_of_a_single_value_is_missed_in_every_column(
    database: Database, table: str, column: str
) -> None:
    qr = await qr_world(database, keys=NEW)
    await uploaded(qr)
    await qr.take(2, 2, confirmation_code="4711")
    await a_job(database)
    await a_webhook(database)
    assert (await checked(qr, NEW)).ok
    await run(database, f"UPDATE {table} SET {column} = :old", old=KeyRing(OLD).encrypt("x", b"y"))
    assert (await checked(qr, NEW)).ids == (OLD_ID,)
    with_both = await checked(qr, f"{NEW},{OLD}")
    assert not with_both.ok, "a value of each key is decrypted"
    assert "moved to another record" in with_both.sentence


@pytest.mark.parametrize("damaged", [b"", b"\x01", b"\xff" * 40])
async def test_a_value_that_names_no_key_is_reported(database: Database, damaged: bytes) -> None:
    qr = await qr_world(database, keys=NEW)
    await qr.take(1, 1)
    await run(database, "UPDATE qr_versions SET code = :damaged", damaged=damaged)
    with pytest.raises(DecryptionFailed, match="does not name its key"):
        async with database.reading() as connection:
            await keys_in_use(connection, qr.keys)
    assert not (await checked(qr, NEW)).ok
