"""What waits for a person, and what was replaced: told without opening one SIM after another."""

import pytest

from models.errors import NotFound, Refused
from models.orders.lifecycle import HoldReason
from models.paging import Wanted
from models.people.callers import AllAccounts, By, OfAccount
from store import lookups
from store.codes import waiting
from store.people import contacts
from store.session import Database
from tests.qr_world import QrWorld, codes_of, hold, qr_world


@pytest.fixture
async def qr(database: Database) -> QrWorld:
    return await qr_world(database)


async def test_held_requests_and_notifications_are_listed(qr: QrWorld) -> None:
    request, other = await qr.asked(), await qr.asked(2, key="b")
    await qr.withdraw(other)
    imported = await qr.take(2)
    told = await qr.notify(imported.version.id, 2)
    await hold(qr, request, HoldReason.NO_QR_CODE)
    await hold(qr, told.id, HoldReason.MAIL_REJECTED)
    async with qr.database.reading() as connection:
        everything = await waiting.waiting(connection, AllAccounts())
        opened = await waiting.waiting(connection, AllAccounts(), open_only=True)
        held = await waiting.waiting(connection, OfAccount(qr.account_id), held=True)
        assert await waiting.held_count(connection, AllAccounts()) == 2
        assert await waiting.waiting(connection, OfAccount(qr.account_id + 1)) == []
        assert len(await waiting.waiting(connection, AllAccounts(), wanted=Wanted(1))) == 1
    assert {found.id for found in everything} == {request, other, told.id}
    assert {found.id for found in opened} == {found.id for found in held} == {request, told.id}
    first = next(found for found in held if found.id == request)
    assert (first.sim_id, first.status, first.held_reason, first.round) == (1, "requested", "no_qr_code", 1)
    assert first.requested_by == f"user:{qr.user_id}"
    (seen,) = (await qr.history(2)).notifications
    assert (seen.state, seen.held_reason) == ("held", "mail_rejected")


async def test_an_import_says_what_it_replaced_and_events_name_the_versions_number(qr: QrWorld) -> None:
    await qr.take(2, number=9)
    first = await qr.take()
    assert (first.replaced, first.dead_links) == (None, 0)
    told = await qr.notify(first.version.id)
    await qr.download_link(told, first.version.id)
    second = await qr.take(number=2)
    assert (second.replaced, second.dead_links) == (1, 1)
    events = (await qr.history()).events
    (created,) = [event.data for event in events if event.type == "notification.created"]
    assert created["version"] == 1
    same = await qr.take(number=2)
    assert (same.changed, same.replaced) == (False, None)


async def test_a_phone_number_names_the_sim_in_place_of_its_line(qr: QrWorld) -> None:
    async with qr.database.reading() as connection:
        line = await lookups.find_line(connection, AllAccounts(), "L-1")
        holder = (await lookups.find_sim(connection, AllAccounts(), "S-1")).holder
        assert holder == line.subject
        msisdn = "+33639980001"
        found = await lookups.find_sim(connection, OfAccount(line.account_id), msisdn)
        assert found == await lookups.find_sim(connection, AllAccounts(), "S-1")
        with pytest.raises(NotFound):
            await lookups.find_sim(connection, OfAccount(line.account_id + 1), msisdn)
        with pytest.raises(NotFound):
            await lookups.find_sim(connection, AllAccounts(), "+33699999999")


async def test_a_contact_that_there_is_already_is_named(qr: QrWorld) -> None:
    async with qr.database.transaction() as connection:
        known = await contacts.find(connection, AllAccounts(), "codes@telvia.example")
        with pytest.raises(Refused, match=rf"already, C-{known.id}; `contact edit`") as refused:
            await contacts.add(
                connection,
                qr.account_id,
                "Telvia",
                name="X",
                email="CODES@telvia.example",
                roles=(),
                by=By("operator"),
            )
        assert codes_of(refused) == ["contact_exists"]
        other = await contacts.find(connection, AllAccounts(), "more@telvia.example")
        with pytest.raises(Refused, match=f"C-{known.id};"):
            await contacts.edit(
                connection,
                other.id,
                name=None,
                email="codes@telvia.example",
                add_roles=(),
                remove_roles=(),
                by=By("operator"),
            )
        assert await contacts.distributors(connection, OfAccount(qr.account_id)) == ["Telvia"]
