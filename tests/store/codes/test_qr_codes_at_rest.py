"""Codes in the database: unreadable, for ever, and encrypted again with another key."""

import asyncio
import base64
import hashlib
from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.errors import DecryptionFailed, Refused
from models.people.callers import AllAccounts
from store.codes import codes as qr_codes
from store.codes import links
from store.key_ring import KeyRing
from store.reencryption import reencrypt
from store.session import Database, constraint_of
from tests.builders import line, run
from tests.qr_world import FILE, MATCHING_ID, attempt, code, codes_of, qr_world, shown, staged


async def everything(database: Database) -> str:
    """All rows of all tables as text, binary columns as they are and in hexadecimal."""
    tables = await run(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    written = []
    for table in tables:
        for row in await run(database, f"SELECT * FROM {table.tablename}"):
            for value in row:
                binary = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                written += [binary.decode(errors="replace"), binary.hex()]
    return "\n".join(written)


async def test_neither_code_nor_file_nor_token_can_be_read_in_the_database(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    token = await qr.upload_link(request)
    async with database.transaction() as connection:
        link = await links.find(connection, token, "upload")
        upload = await links.stage(connection, qr.keys, link, staged(7, "pdf", FILE, "CONFIRM-STAGED"))
        await links.staged(connection, qr.keys, link, upload)
    version = (await qr.take_by_link(token)).version.id
    download = await qr.download_link(await qr.notify(version), version)
    await qr.take(1, 2, confirmation_code="CONFIRM-0815")
    dump = await everything(database)
    assert request in dump
    assert b"boss@acme.example".hex() in dump
    profile = code(1).profile
    secrets = [
        "QR-SECRET",
        "smdp.example.com",
        "SECRET-IN-FILE",
        "CONFIRM-0815",
        "CONFIRM-STAGED",
        token,
        download,
    ]
    secrets += [hashlib.sha256(text.encode()).hexdigest() for text in (profile, str(code(1)), MATCHING_ID)]
    for secret in secrets:
        for spelled in (secret, secret.encode().hex(), base64.b64encode(secret.encode()).decode()[:-4]):
            assert spelled.lower() not in dump.lower()


async def test_without_the_right_keys_no_code_is_shown_or_taken(database: Database) -> None:
    qr = await qr_world(database)
    version = (await qr.take(1)).version.id
    none, wrong = KeyRing(""), KeyRing(KeyRing.new_key())
    async with database.reading() as connection:
        for keys, error in ((none, Refused), (wrong, DecryptionFailed)):
            for call in (
                qr_codes.current(connection, AllAccounts(), keys, 1),
                qr_codes.version(connection, AllAccounts(), keys, version),
                qr_codes.original(connection, AllAccounts(), keys, version),
            ):
                with pytest.raises(error):
                    await call
        assert (await qr_codes.current_version(connection, AllAccounts(), 1)).id == version
    with pytest.raises(Refused) as missing:
        await replace(qr, keys=none).take(2, 2)
    assert codes_of(missing) == ["secret_keys_missing"]
    assert await qr.happened(2) == []


SWAP = """
UPDATE qr_versions SET {column} = other.{column} FROM qr_versions AS other
WHERE other.id <> qr_versions.id AND qr_versions.id IN (:first, :second) AND other.id IN (:first, :second)
"""


@pytest.mark.parametrize("column", ["code", "confirmation_code", "original"])
@pytest.mark.parametrize("second_sim", [1, 2])
async def test_what_was_moved_to_another_version_or_sim_is_not_decrypted(
    database: Database, column: str, second_sim: int
) -> None:
    qr = await qr_world(database)
    first = (await qr.take(1, 1, confirmation_code="4711")).version.id
    second = (await qr.take(second_sim, 2, confirmation_code="4712")).version.id
    await run(database, SWAP.format(column=column), first=first, second=second)
    async with database.reading() as connection:
        for version in (first, second):
            read = qr_codes.original if column == "original" else qr_codes.version
            with pytest.raises(DecryptionFailed) as moved:
                await read(connection, AllAccounts(), qr.keys, version)
            assert "moved to another record" in str(moved.value)
    mended = await qr.take(second_sim, 2)
    if column != "original":
        assert mended.changed
        assert (await shown(qr, second_sim))[0] == str(code(2))


@pytest.mark.covers("F59")
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM qr_versions", "cannot be deleted"),
        ("TRUNCATE qr_versions CASCADE", "TRUNCATE is not allowed"),
        ("UPDATE qr_versions SET number = 9", "cannot be changed"),
        ("UPDATE qr_versions SET sim_id = 2", "cannot be changed"),
        ("UPDATE qr_versions SET imported_by = 'nobody'", "cannot be changed"),
        ("UPDATE qr_versions SET request_id = NULL", "cannot be changed"),
        ("UPDATE qr_versions SET imported_at = now()", "cannot be changed"),
        ("UPDATE qr_versions SET file_type = 'png'", "cannot be changed"),
        ("UPDATE qr_versions SET original = NULL", "ck_qr_versions_original"),
        ("UPDATE events SET actor = 'nobody'", "is append-only"),
        ("DELETE FROM events", "is append-only"),
        ("TRUNCATE events", "is append-only"),
        ("UPDATE qr_versions SET current = true", "uq_current_qr_version"),
    ],
)
async def test_versions_and_events_are_for_ever(database: Database, statement: str, said: str) -> None:
    qr = await qr_world(database)
    await qr.asked()
    await qr.take(1, 1)
    await qr.take(1, 2)
    before = await qr.history()
    with pytest.raises(DBAPIError) as failure:
        await run(database, statement)
    assert said in str(failure.value.orig)
    assert await qr.history() == before


async def test_one_code_cannot_be_the_present_one_of_two_sims_whoever_writes(database: Database) -> None:
    qr = await qr_world(database)
    await qr.take(1, 1)
    await qr.take(2, 2)
    steal = "UPDATE qr_versions SET fingerprint = (SELECT fingerprint FROM qr_versions WHERE sim_id = 1)"
    with pytest.raises(IntegrityError) as failure:
        await run(database, steal)
    assert constraint_of(failure.value) == "uq_current_qr_code"


# --- another key ------------------------------------------------------------------------------------------


async def test_everything_is_encrypted_again_with_the_first_key(database: Database) -> None:
    old, new = KeyRing.new_key(), KeyRing.new_key()
    sims = range(1, 13)  # more than a batch
    qr = await qr_world(database, *(line(number, sim_type="esim") for number in sims), keys=old)
    for sim in sims:
        await qr.take(sim, sim)
    await qr.take(1, 101, file_type="typed", original=None)
    token = await qr.upload_link(await qr.asked())
    async with database.transaction() as connection:
        link = await links.find(connection, token, "upload")
        upload = await links.stage(connection, qr.keys, link, staged(7, "png", FILE, "4711"))
    both, after = replace(qr, keys=KeyRing(f"{new},{old}")), replace(qr, keys=KeyRing(new))
    with pytest.raises(Refused):
        await both.take(2, 3)
    await both.take(2, 102)
    assert await reencrypt(database, both.keys) == 14
    assert await reencrypt(database, both.keys) == 0
    for sim in sims:
        assert (await shown(after, sim))[0] == str(code(sim + 100 if sim < 3 else sim))
    versions = [version.id for version in (await qr.history()).versions]
    async with database.reading() as connection:
        originals = [
            await qr_codes.original(connection, AllAccounts(), after.keys, version) for version in versions
        ]
        assert originals == [None, FILE]
        assert await links.staged(connection, after.keys, link, upload) == staged(7, "png", FILE, "4711")
    with pytest.raises(Refused) as refused:
        await after.take(4, 3)
    assert codes_of(refused) == ["code_on_another_sim"]
    assert (await after.take(3, 3)).changed is False
    with pytest.raises(DecryptionFailed):
        await shown(qr)


async def test_codes_are_taken_while_everything_is_encrypted_again(database: Database) -> None:
    old, new = KeyRing.new_key(), KeyRing.new_key()
    sims = range(1, 8)
    qr = await qr_world(database, *(line(number, sim_type="esim") for number in sims), keys=old)
    for sim in sims:
        await qr.take(sim, sim)
    both = replace(qr, keys=KeyRing(f"{new},{old}"))
    _, *outcomes = await asyncio.gather(
        reencrypt(database, both.keys),
        *(attempt(both.take(sim, sim + 20)) for sim in (1, 2, 3)),
        *(attempt(both.take(sim, other)) for sim, other in ((4, 5), (5, 6), (6, 7), (7, 4))),
    )
    assert [getattr(outcome, "changed", outcome) for outcome in outcomes] == [
        *[True] * 3,
        *["code_on_another_sim"] * 4,
    ]
    await reencrypt(database, both.keys)
    codes = [(await shown(replace(qr, keys=KeyRing(new)), sim))[0] for sim in sims]
    assert codes == [str(code(number)) for number in (21, 22, 23, 4, 5, 6, 7)]


async def test_a_missing_key_stops_the_new_encryption_and_changes_nothing(database: Database) -> None:
    qr = await qr_world(database)
    await qr.take(1)
    with pytest.raises(DecryptionFailed):
        await reencrypt(database, KeyRing(KeyRing.new_key()))
    assert await shown(qr) == (str(code(1)), 1)


@pytest.mark.covers("F62")
async def test_who_lacks_a_key_in_use_takes_in_no_code_that_may_be_on_another_sim(
    database: Database,
) -> None:
    """Half way through a rotation that left a process behind."""
    qr = await qr_world(database)
    behind = replace(qr, keys=KeyRing(KeyRing.new_key()))
    await qr.take(sim=1, number=1)
    with pytest.raises(DecryptionFailed):
        await behind.take(sim=2, number=1)
    assert (await qr.history(2)).versions == ()
    assert (await behind.take(sim=1, number=2)).changed  # a SIM's own code may be damaged, and is mended
