"""Links in mails: who has the token may do one thing about one SIM, until it ends."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from models.errors import NotFound, Refused
from models.orders.lifecycle import OrderKind
from models.people.callers import AllAccounts, By
from store import events
from store.codes import links, notifications
from store.session import Database
from tests.builders import acknowledge, iccid, place, process, run
from tests.qr_world import DAY, FILE, QrWorld, qr_world, staged


async def found(qr: QrWorld, token: str, purpose: str = "upload", **how: Any) -> links.Link:
    async with qr.database.reading() as connection:
        return await links.find(connection, token, purpose, **how)


async def refused(qr: QrWorld, token: str, purpose: str = "upload", **how: Any) -> str:
    """Why the link is dead."""
    with pytest.raises(Refused) as dead:
        await found(qr, token, purpose, **how)
    (refusal,) = dead.value.refusals
    assert token not in refusal.sentence or not token
    return refusal.code


async def told(qr: QrWorld, key: str = "n") -> tuple[str, str]:
    """A notification of the code of S-1; its id and the token of its link."""
    version = (await qr.take(1)).version.id
    notification = await qr.notify(version, key=key)
    return notification.id, await qr.download_link(notification, version)


async def test_a_link_says_what_it_is_for_and_only_its_digest_is_kept(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    token = await qr.upload_link(request)
    assert await qr.upload_link(request) != token
    link = await found(qr, token)
    assert (link.sim_id, link.account_id, link.request_id) == (1, qr.account_id, request)
    assert link.recipient == f"contact:{qr.contacts[0]}"
    assert timedelta(hours=23) < link.expires_at - datetime.now(UTC) <= DAY
    (row, _) = await run(database, "SELECT token FROM links ORDER BY id")
    assert row.token == hashlib.sha256(token.encode()).digest()
    assert len(token) >= 43


@pytest.mark.covers("F60")
async def test_a_link_that_is_none(database: Database) -> None:
    qr = await qr_world(database)
    token = await qr.upload_link(await qr.asked())
    wrong = ["", "x", token[:-1], token + "A", token.lower(), "\0", "\ud800", "é" * 10_000, "../" + token]
    assert {await refused(qr, text) for text in wrong} == {"link_unknown"}
    assert await refused(qr, token, "download") == "link_unknown"
    assert await refused(qr, token, "") == "link_unknown"


@pytest.mark.covers("F60")
@pytest.mark.parametrize("purpose", ["upload", "download"])
async def test_a_link_expires(database: Database, purpose: str) -> None:
    qr = await qr_world(database)
    token = await qr.upload_link(await qr.asked()) if purpose == "upload" else (await told(qr))[1]
    await run(database, "UPDATE links SET expires_at = now() + interval '1 minute'")
    await found(qr, token, purpose)
    await run(database, "UPDATE links SET expires_at = now()")
    assert await refused(qr, token, purpose) == "link_expired"
    assert await refused(qr, token, purpose, even_if_over=True) == "link_expired"


async def test_an_upload_link_ends_with_its_request(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    token = await qr.upload_link(request)
    await qr.again(request)
    await found(qr, token)  # the letters of all rounds can be answered
    await qr.withdraw(request)
    late = await qr.upload_link(request)  # of a mail that was on its way
    for ended in (token, late):
        assert await refused(qr, ended) == "request_over"
        assert await refused(qr, ended, lock=True) == "request_over"
        assert (await found(qr, ended, even_if_over=True)).request_id == request
    other = await qr.asked(1, "b")
    token = await qr.upload_link(other)
    await qr.take_by_link(token)
    with pytest.raises(Refused) as over:
        await found(qr, token)
    assert over.value.refusals[0].sentence.startswith(
        "The request is over: the QR code has been imported already"
    )


@pytest.mark.covers("F60")
async def test_a_download_link_shows_one_version_until_it_is_revoked(database: Database) -> None:
    qr = await qr_world(database)
    first, token = await told(qr)
    second = await qr.download_link(await qr.notify(1, key="other"), 1)
    async with database.reading() as connection:
        assert (
            await notifications.notification(connection, AllAccounts(), first)
        ).link_expires_at is not None
    async with database.transaction() as connection:
        await notifications.revoke(connection, first, By("operator"))
    assert await refused(qr, token, "download") == "link_revoked"
    assert (await found(qr, second, "download")).version_id == 1
    async with database.reading() as connection:
        assert (await notifications.notification(connection, AllAccounts(), first)).link_expires_at is None
        with pytest.raises(NotFound):
            await notifications.notification(connection, AllAccounts(), "qr-notification-aaaaaaaaaaaaaaaa")
    await qr.take(1, 2)
    assert await refused(qr, second, "download") == "link_revoked"


async def test_a_link_made_too_late_is_dead(database: Database) -> None:
    qr = await qr_world(database)
    version = (await qr.take(1)).version.id
    notification = await qr.notify(version)
    await qr.take(1, 2)
    assert await refused(qr, await qr.download_link(notification, version), "download") == "link_revoked"


async def test_the_links_of_a_discarded_sim_are_dead(database: Database) -> None:
    qr = await qr_world(database)
    version = (await qr.take(1)).version.id
    notification = await qr.notify(version)
    download = await qr.download_link(notification, version)
    request = await qr.asked()
    upload = await qr.upload_link(request)
    order = await place(database, 1, OrderKind.REPLACE_ESIM)
    await acknowledge(database, order)
    await process(database, order, iccid(900))
    late = await qr.download_link(notification, version)
    assert await refused(qr, upload) == "request_over"
    for token in (download, late):
        assert await refused(qr, token, "download") == "link_revoked"


async def test_uses_are_counted_for_a_while(database: Database) -> None:
    qr = await qr_world(database)
    first = await found(qr, await qr.upload_link(await qr.asked()))
    other = await found(qr, await qr.upload_link(str(first.request_id)))
    async with database.transaction() as connection:
        for link, happened in ((first, "link.checked"), (first, "link.refused"), (other, "link.checked")):
            about = ("sim:1", f"link:{link.id}")
            await events.append(connection, 1, about, "contact:1", (happened, {}))
        about = ("sim:1", f"link:{first.id}")
        await events.append(connection, 1, about, "contact:1", ("qr.import_refused", {}))
    async with database.reading() as connection:
        assert await links.recent_uses(connection, first.id, timedelta(minutes=1)) == 2
        assert await links.recent_uses(connection, first.id, timedelta(0)) == 0
        assert await links.recent_uses(connection, 10**6, timedelta(minutes=1)) == 0


async def test_what_was_checked_is_kept_for_its_link_for_a_day(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    link, other = [await found(qr, await qr.upload_link(request)) for _ in "ab"]
    async with database.transaction() as connection:
        file = await links.stage(connection, qr.keys, link, staged(1, "tiff", FILE))
        typed = await links.stage(connection, qr.keys, link, staged(2, "typed", None))
    async with database.transaction() as connection:
        assert await links.staged(connection, qr.keys, link, file) == staged(1, "tiff", FILE)
        assert await links.staged(connection, qr.keys, link, typed) == staged(2, "typed", None)
        for whose, upload in ((other, file), (link, "x"), (link, "\0"), (link, "\ud800"), (link, "")):
            with pytest.raises(NotFound) as unknown:
                await links.staged(connection, qr.keys, whose, upload)
            assert unknown.value.refusals[0].code == "upload_unknown"
    await run(
        database, "UPDATE qr_uploads SET uploaded_at = now() - interval '25 hours' WHERE id = :id", id=file
    )
    async with database.transaction() as connection:
        with pytest.raises(NotFound):
            await links.staged(connection, qr.keys, link, file)
        await links.staged(connection, qr.keys, link, typed)
    assert len(await run(database, "SELECT id FROM qr_uploads")) == 1


@pytest.mark.parametrize(
    "bound",
    [
        {"purpose": "upload"},
        {"purpose": "upload", "recipient": "contact:1"},
        {"purpose": "download"},
        {"purpose": "print", "recipient": "contact:1"},
    ],
)
async def test_a_link_is_bound_to_what_it_is_for(database: Database, bound: dict[str, Any]) -> None:
    qr = await qr_world(database)
    with pytest.raises(IntegrityError):
        async with database.transaction() as connection:
            await links.mint(connection, account_id=qr.account_id, sim_id=1, expires_after=DAY, **bound)
