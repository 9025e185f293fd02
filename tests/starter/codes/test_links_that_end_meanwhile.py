"""A link that ends while a deed is done with it: the deed has no effect, whichever moment that is (S4)."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused, Unavailable
from models.identifiers import reference
from models.orders.lifecycle import OrderKind
from models.people.callers import By, LinkBearer
from qr.draw import png
from starter.codes.link_desk import LinkDesk
from starter.desks import Desks
from starter.people.contacts import ContactDesk
from starter.people.erasure import erase
from store.codes import link_ends, links, notifications
from store.session import Database
from tests.builders import OPERATOR, acknowledge, iccid, place, process, run
from tests.callers.world import KEYS, open_desks
from tests.qr_world import QrWorld, code, qr_world

Ending = Callable[[QrWorld], Awaitable[None]]
Call = Callable[[Desks, LinkBearer, str], Awaitable[Any]]

UPLOADS: dict[str, Call] = {
    "check": lambda d, b, _: d.links.check(b, png(code(2)), "code.png"),
    "check_code": lambda d, b, _: d.links.check_code(b, str(code(2))),
    "send": lambda d, b, upload: d.links.send(b, upload),
    "notify_manager": lambda d, b, _: d.links.notify_manager(b),
    "upload_page": lambda d, b, _: d.links.upload_page(b),
    "over": lambda d, b, _: d.links.over(b),
}
DOWNLOADS: dict[str, Call] = {
    "reveal": lambda d, b, _: d.links.reveal(b),
    "download": lambda d, b, _: d.links.download(b),
    "download_page": lambda d, b, _: d.links.download_page(b),
}
CALLS = UPLOADS | DOWNLOADS
PAGES = frozenset({"upload_page", "over", "download_page"})
"""They read, and change nothing."""
AT_ONCE = PAGES | {"notify_manager"}
"""They have their effect in the first transaction; all others record the deed in one before."""


class Interrupted(Database):
    """Something else is committed before the second of the desk's transactions."""

    def __init__(self, url: str, ending: Callable[[], Awaitable[None]]) -> None:
        super().__init__(url)
        self.opened = 0
        self._ending = ending

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        await self._interrupt()
        async with super().transaction() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        await self._interrupt()
        async with super().reading() as connection:
            yield connection

    async def _interrupt(self) -> None:
        self.opened += 1
        if self.opened == 2:
            await self._ending()


async def revoked(qr: QrWorld) -> None:
    for (link_id,) in await run(qr.database, "SELECT id FROM links"):
        async with qr.database.transaction() as connection:
            await link_ends.revoke(connection, link_id, By("operator"))


async def expired(qr: QrWorld) -> None:
    await run(qr.database, "UPDATE links SET expires_at = esim_now()")


async def edited(qr: QrWorld, **changes: Any) -> None:
    contact = reference("C", qr.contacts[0])
    await ContactDesk(qr.database).edit_contact(OPERATOR, None, contact, **changes)


async def role_lost(qr: QrWorld) -> None:
    await edited(qr, remove_roles=["esim_qr_code"])


async def address_changed(qr: QrWorld) -> None:
    await edited(qr, email="new@telvia.example")


async def contact_erased(qr: QrWorld) -> None:
    await qr.take()  # an open request needs the contact
    await erase(OPERATOR, qr.database, f"contact:{qr.contacts[0]}")


async def sim_discarded(qr: QrWorld) -> None:
    order = await place(qr.database, 1, OrderKind.REPLACE_ESIM)
    await acknowledge(qr.database, order)
    await process(qr.database, order, iccid(900))


async def notification_revoked(qr: QrWorld) -> None:
    for (told,) in await run(qr.database, "SELECT id FROM qr_notifications"):
        async with qr.database.transaction() as connection:
            await notifications.revoke(connection, told, By("operator"))


async def version_replaced(qr: QrWorld) -> None:
    await qr.take(1, 3)


OF_BOTH: tuple[Ending, ...] = (revoked, expired, sim_discarded)
ENDINGS = [
    (name, ending) for name in UPLOADS for ending in (*OF_BOTH, role_lost, address_changed, contact_erased)
]
ENDINGS += [
    (name, ending) for name in DOWNLOADS for ending in (*OF_BOTH, notification_revoked, version_replaced)
]

CODES: dict[Ending, set[str]] = {expired: {"link_expired"}, sim_discarded: {"link_revoked", "request_over"}}
"""Why the deed is refused; where it says nothing here, because the link is revoked."""


async def opened(qr: QrWorld, url: str, call: str) -> tuple[LinkBearer, str]:
    """A link with which the call would succeed, and what was uploaded with it."""
    if call in DOWNLOADS:
        version = (await qr.take(1)).version.id
        return LinkBearer(await qr.download_link(await qr.notify(version), version)), ""
    token = await qr.upload_link(await qr.asked())
    desks = await open_desks(qr.database, url)
    upload = await desks.links.check_code(LinkBearer(token), str(code(1)))
    if call == "notify_manager":
        await qr.take_by_link(token)
    return LinkBearer(token), upload.upload_id


async def effects(database: Database) -> list[Any]:
    """All that a deed could change."""
    return [
        *await run(database, "SELECT id, current FROM qr_versions ORDER BY id"),
        *await run(database, "SELECT id FROM qr_uploads ORDER BY id"),
        *await run(database, "SELECT id, status FROM qr_requests ORDER BY id"),
        *await run(database, "SELECT id, revoked_at FROM qr_notifications ORDER BY id"),
    ]


def test_every_call_of_the_desk_is_here() -> None:
    assert set(CALLS) == {
        name for name, _ in inspect.getmembers(LinkDesk, inspect.isfunction) if name[0] != "_"
    }


@pytest.mark.covers("S4")
@pytest.mark.parametrize(("call", "ending"), [(call, end) for call, end in ENDINGS if call not in AT_ONCE])
async def test_a_link_that_ends_between_the_transactions_of_a_deed_has_no_effect(
    database: Database, database_url: str, call: str, ending: Ending
) -> None:
    qr = await qr_world(database, keys=KEYS)
    bearer, upload = await opened(qr, database_url, call)
    before: list[Any] = []

    async def end() -> None:
        await ending(qr)
        before.extend(await effects(database))

    interrupted = Interrupted(database_url, end)
    try:
        with pytest.raises(Refused) as refused:
            await CALLS[call](await open_desks(interrupted, database_url), bearer, upload)
    finally:
        await interrupted.close()
    assert {reason.code for reason in refused.value.refusals} <= CODES.get(ending, {"link_revoked"})
    assert before
    assert await effects(database) == before


@pytest.mark.parametrize("call", sorted(PAGES))
async def test_a_page_has_no_moment_in_between(database: Database, database_url: str, call: str) -> None:
    qr = await qr_world(database, keys=KEYS)
    bearer, upload = await opened(qr, database_url, call)
    interrupted = Interrupted(database_url, lambda: revoked(qr))
    try:
        await done(CALLS[call](await open_desks(interrupted, database_url), bearer, upload))
    finally:
        await interrupted.close()
    assert interrupted.opened == 1


@pytest.mark.covers("S4")
@pytest.mark.parametrize("call", sorted(set(CALLS) - PAGES))
async def test_a_link_that_a_deed_has_found_does_not_end_before_its_effect(
    database: Database, database_url: str, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    qr = await qr_world(database, keys=KEYS)
    bearer, upload = await opened(qr, database_url, call)
    found: list[links.Link] = []
    ending: list[asyncio.Task[None]] = []
    find = links.find

    async def then_end(*args: Any, **how: Any) -> links.Link:
        found.append(await find(*args, **how))
        if len(found) == (1 if call in AT_ONCE else 2):
            ending.append(asyncio.create_task(revoked(qr)))
            await until_it_waits(database, ending[0])
        return found[-1]

    monkeypatch.setattr(links, "find", then_end)
    await done(CALLS[call](await open_desks(database, database_url), bearer, upload))
    await ending[0]
    with pytest.raises(Refused):
        await CALLS[call](await open_desks(database, database_url), bearer, upload)


async def done(call: Awaitable[Any]) -> None:
    """The call has had its effect in the database; its workflow is not signalled, as there is no Temporal."""
    try:
        await call
    except Unavailable:
        return


async def until_it_waits(database: Database, ending: asyncio.Task[None]) -> None:
    waiting = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
    async with asyncio.timeout(10):
        while (await run(database, waiting))[0][0] == 0:
            assert not ending.done(), "the link was revoked after the deed had found it"
