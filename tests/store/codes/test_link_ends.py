"""A revoked link is dead for every call, and no link outlives the role and the address it was sent to."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models.errors import NotFound, Refused
from models.identifiers import reference
from models.orders.lifecycle import OrderKind
from models.people.callers import AllAccounts, By, LinkBearer
from starter.codes.link_desk import LinkDesk
from starter.people.contacts import ContactDesk
from starter.people.erasure import erase
from store.codes import link_ends, links, notifications
from store.session import Database
from tests.builders import OPERATOR, acknowledge, iccid, place, process, run
from tests.callers.samples import LINKS
from tests.callers.world import KEYS, open_desks
from tests.qr_world import DAY, QrWorld, qr_world, staged

DOWNLOADS = frozenset({"download_page", "reveal", "download"})


async def answers(database: Database, url: str, token: str, calls: frozenset[str]) -> dict[str, str]:
    """What each of these calls of the desk answers to the bearer of the link: `done`, or the refusal."""
    desks = await open_desks(database, url)
    found = {}
    for name in sorted(calls):
        try:
            await LINKS[name](desks, LinkBearer(token))
            found[name] = "done"
        except Refused as refused:
            found[name] = refused.refusals[0].code
    return found


def calls_for(purpose: str) -> frozenset[str]:
    """The public calls of the desk that a link of this purpose is for."""
    public = {name for name, _ in inspect.getmembers(LinkDesk, inspect.isfunction) if name[0] != "_"}
    assert set(LINKS) == public
    return frozenset(public & DOWNLOADS if purpose == "download" else public - DOWNLOADS)


async def by_hand(qr: QrWorld) -> None:
    for (link_id,) in await run(qr.database, "SELECT id FROM links"):
        async with qr.database.transaction() as connection:
            await link_ends.revoke(connection, link_id, By("operator"))


async def with_the_notification(qr: QrWorld) -> None:
    for (told,) in await run(qr.database, "SELECT id FROM qr_notifications"):
        async with qr.database.transaction() as connection:
            await notifications.revoke(connection, told, By("operator"))


async def with_the_version(qr: QrWorld) -> None:
    await qr.take(1, 2)


async def with_the_sim(qr: QrWorld) -> None:
    order = await place(qr.database, 1, OrderKind.REPLACE_ESIM)
    await acknowledge(qr.database, order)
    await process(qr.database, order, iccid(900))


Ending = Callable[[QrWorld], Awaitable[None]]


@pytest.mark.covers("S4")
@pytest.mark.parametrize("ending", [by_hand, with_the_sim])
async def test_a_revoked_upload_link_is_dead_for_every_call_also_after_its_request(
    database: Database, database_url: str, ending: Ending
) -> None:
    qr = await qr_world(database)
    token = await qr.upload_link(await qr.asked())
    await qr.take_by_link(token)
    calls = calls_for("upload")
    assert (await answers(database, database_url, token, frozenset({"over"}))) == {"over": "done"}
    await ending(qr)
    assert await answers(database, database_url, token, calls) == dict.fromkeys(calls, "link_revoked")


@pytest.mark.covers("S4")
async def test_a_revoked_upload_link_is_dead_for_every_call_while_its_request_is_open(
    database: Database, database_url: str
) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    token, other = await qr.upload_link(request), await qr.upload_link(request, contact=qr.contacts[1])
    (link,) = [link for link in (await qr.history()).links if link.recipient == f"contact:{qr.contacts[0]}"]
    for _ in range(2):
        async with database.transaction() as connection:
            await link_ends.revoke(connection, link.id, By("user:1"))
    calls = calls_for("upload")
    assert await answers(database, database_url, token, calls) == dict.fromkeys(calls, "link_revoked")
    assert (await answers(database, database_url, other, frozenset({"upload_page"}))) == {
        "upload_page": "done"
    }
    [event] = [event for event in (await qr.history()).events if event.type == "link.revoked"]
    assert (event.actor, event.data["link_id"], event.data["request_id"]) == ("user:1", link.id, request)


@pytest.mark.covers("S4")
@pytest.mark.parametrize("ending", [by_hand, with_the_notification, with_the_version, with_the_sim])
async def test_a_revoked_download_link_is_dead_for_every_call(
    database: Database, database_url: str, ending: Ending
) -> None:
    qr = await qr_world(database)
    version = (await qr.take(1)).version.id
    token = await qr.download_link(await qr.notify(version), version)
    await ending(qr)
    calls = calls_for("download")
    assert await answers(database, database_url, token, calls) == dict.fromkeys(calls, "link_revoked")


async def test_the_link_of_a_request_that_ended_with_its_sim_only_says_so(
    database: Database, database_url: str
) -> None:
    qr = await qr_world(database, keys=KEYS)
    token = await qr.upload_link(await qr.asked())
    async with database.transaction() as connection:
        link = await links.find(connection, token, "upload")
        upload = await links.stage(connection, qr.keys, link, staged(1, "typed", None))
    await with_the_sim(qr)
    found = await answers(database, database_url, token, calls_for("upload"))
    assert found.pop("over") == "done"
    assert "done" not in found.values()
    desks = await open_desks(database, database_url)
    with pytest.raises(Refused):
        await desks.links.send(LinkBearer(token), upload)


# --- whom a link was sent to ---------------------------------------------------------------------------


async def edited(qr: QrWorld, **changes: Any) -> None:
    contact = reference("C", qr.contacts[0])
    await ContactDesk(qr.database).edit_contact(OPERATOR, None, contact, **changes)


async def erased(qr: QrWorld) -> None:
    await qr.take()  # an open request needs the contact
    await erase(OPERATOR, qr.database, f"contact:{qr.contacts[0]}")


@pytest.mark.covers("S4")
@pytest.mark.parametrize(
    "change",
    [
        lambda qr: edited(qr, remove_roles=["esim_qr_code"]),
        lambda qr: edited(qr, email="new@telvia.example"),
        lambda qr: edited(qr, email="new@telvia.example", name="New", add_roles=["order"]),
        erased,
    ],
    ids=["the role", "the address", "the address and more", "the record"],
)
async def test_a_contact_who_loses_role_or_address_loses_the_links(
    database: Database, database_url: str, change: Ending
) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    token, other = await qr.upload_link(request), await qr.upload_link(request, contact=qr.contacts[1])
    await change(qr)
    calls = calls_for("upload")
    assert await answers(database, database_url, token, calls) == dict.fromkeys(calls, "link_revoked")
    assert (await answers(database, database_url, other, frozenset({"over"})))["over"] == "done"
    ended = [event.data["link_id"] for event in (await qr.history()).events if event.type == "link.revoked"]
    assert ended == [1]


@pytest.mark.covers("S4")
async def test_a_request_is_sent_again_to_the_new_address(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    await qr.upload_link(request)
    await edited(qr, email="new@telvia.example")
    assert (await qr.again(request)).refusals == ()
    token = await mailed(qr, request, "new@telvia.example")
    async with database.reading() as connection:
        assert (await links.find(connection, token, "upload")).request_id == request


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "New"},
        {"add_roles": ["order"]},
        {"remove_roles": ["order"]},
        {"language": "fr"},
        {"email": "CODES@telvia.example"},
    ],
)
async def test_what_does_not_matter_to_a_link_leaves_it_alive(
    database: Database, changes: dict[str, Any]
) -> None:
    qr = await qr_world(database)
    token = await qr.upload_link(await qr.asked())
    await edited(qr, **changes)
    async with database.reading() as connection:
        await links.find(connection, token, "upload")


async def mailed(qr: QrWorld, request: str, address: str) -> str:
    """The token of a link that is mailed to the first contact at this address."""
    async with qr.database.transaction() as connection:
        return await links.mint(
            connection,
            purpose="upload",
            account_id=qr.account_id,
            sim_id=1,
            expires_after=DAY,
            request_id=request,
            recipient=f"contact:{qr.contacts[0]}",
            address=address,
        )


@pytest.mark.covers("S4")
@pytest.mark.parametrize("change", [{"remove_roles": ["esim_qr_code"]}, {"email": "new@telvia.example"}])
async def test_a_link_that_is_mailed_to_what_the_contact_lost_meanwhile_is_dead(
    database: Database, change: dict[str, Any]
) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    alive = await mailed(qr, request, "Codes@telvia.example")
    async with database.reading() as connection:
        await links.find(connection, alive, "upload")
    await edited(qr, **change)
    late = await mailed(qr, request, "codes@telvia.example")
    async with database.reading() as connection:
        with pytest.raises(Refused) as dead:
            await links.find(connection, late, "upload")
    assert dead.value.refusals[0].code == "link_revoked"


async def test_mails_and_edits_of_a_contact_at_once_leave_no_link_to_the_old_address(
    database: Database,
) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    for turn in range(5):
        old, new = f"a{turn}@telvia.example", f"a{turn + 1}@telvia.example"
        await edited(qr, email=old)
        tokens = await asyncio.gather(
            mailed(qr, request, old),
            edited(qr, email=new),
            mailed(qr, request, old),
            mailed(qr, request, new),
        )
        states = {link.state for link in (await qr.history()).links}
        for token in (tokens[0], tokens[2]):
            async with database.reading() as connection:
                with pytest.raises(Refused):
                    await links.find(connection, str(token), "upload")
        assert states <= {"open", "revoked"}


async def test_a_link_of_another_account_does_not_exist(database: Database) -> None:
    await qr_world(database)
    async with database.reading() as connection:
        with pytest.raises(NotFound) as unknown:
            await link_ends.find(connection, AllAccounts(), 10**6)
    assert unknown.value.refusals[0].code == "unknown_link"
