"""Codes of SIMs: on one SIM at most, kept for ever, unreadable in the database."""

import asyncio

import pytest

from models.codes.requests import Imported, RequestStatus
from models.errors import NotFound, Refused
from models.orders.lifecycle import OrderKind
from models.people.callers import AllAccounts
from store.codes import codes, imports, links, notifications
from store.session import Database
from tests.builders import acknowledge, iccid, line, place, process, run
from tests.qr_world import FILE, attempt, code, codes_of, qr_world, shown


async def test_a_code_is_shown_as_it_came_with_its_file(database: Database) -> None:
    qr = await qr_world(database)
    async with database.reading() as connection:
        with pytest.raises(NotFound) as none:
            await codes.current(connection, AllAccounts(), qr.keys, 1)
    assert codes_of(none) == ["no_qr_code_yet"]
    imported = await qr.take(1, 1)
    assert (imported.changed, imported.manager, imported.warnings) == (True, "ana@acme.example", ())
    assert await shown(qr) == (str(code(1)), 1)
    async with database.reading() as connection:
        assert await codes.original(connection, AllAccounts(), qr.keys, imported.version.id) == FILE
    typed = await qr.take(2, 2, file_type="typed", original=None)
    async with database.reading() as connection:
        assert await codes.original(connection, AllAccounts(), qr.keys, typed.version.id) is None


@pytest.mark.covers("F59")
async def test_a_new_code_does_not_erase_the_one_before(database: Database) -> None:
    qr = await qr_world(database)
    first = await qr.take(1, 1)
    await qr.take(1, 2, original=b"second file")
    assert await shown(qr) == (str(code(2)), 2)
    versions = (await qr.history()).versions
    assert [(version.number, version.current) for version in versions] == [(2, True), (1, False)]
    async with database.reading() as connection:
        before = await codes.version(connection, AllAccounts(), qr.keys, first.version.id)
        assert (before.code, before.version.current) == (code(1), False)
        assert await codes.original(connection, AllAccounts(), qr.keys, first.version.id) == FILE
    back = await qr.take(1, 1)
    assert (back.changed, back.version.number) == (True, 3)
    assert await qr.happened() == ["qr.imported"] * 3


@pytest.mark.covers("F35")
async def test_a_link_gives_a_code_once(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    token = await qr.upload_link(request)
    imported = await qr.take_by_link(token)
    assert (imported.ended_request, imported.version.request_id) == (request, request)
    assert imported.manager == "ana@acme.example"
    (event,) = [event for event in (await qr.history()).events if event.type == "qr.imported"]
    contact = f"contact:{qr.contacts[0]}"
    assert (event.actor, imported.version.imported_by) == (contact, contact)
    about = {"request_id": request, "link_id": 1}
    assert event.data == {"version": 1, "file_type": "pdf", "how": "link", **about}
    with pytest.raises(Refused) as over:
        await qr.take_by_link(token)
    assert codes_of(over) == ["request_over"]
    repeated = await qr.take(1, actor=contact, request_id=request)
    assert (repeated.changed, repeated.version.number) == (False, 1)
    assert repeated.manager == "ana@acme.example"
    for changes in ({"number": 2, "actor": contact}, {"actor": "contact:999"}):
        with pytest.raises(Refused) as over:
            await qr.take(1, request_id=request, **changes)
        assert codes_of(over) == ["request_over"]
    assert await shown(qr) == (str(code(1)), 1)


async def test_a_users_import_answers_the_open_request(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    token = await qr.upload_link(request)
    imported = await qr.take(1)
    assert (imported.ended_request, imported.version.request_id) == (request, request)
    assert (await qr.history()).requests[0].status is RequestStatus.IMPORTED
    with pytest.raises(Refused) as over:
        await qr.take_by_link(token, 2)
    assert codes_of(over) == ["request_over"]


async def test_the_same_code_again_keeps_nothing_new_but_answers_a_request(database: Database) -> None:
    qr = await qr_world(database)
    first = await qr.take(1)
    again = await qr.take(1, original=b"another picture of it")
    assert (again.changed, again.version, again.ended_request) == (False, first.version, None)
    assert await qr.happened() == ["qr.imported"]
    request = await qr.asked()
    answered = await qr.take_by_link(await qr.upload_link(request))
    assert (answered.changed, answered.ended_request) == (False, request)
    assert (await qr.history()).requests[0].status is RequestStatus.IMPORTED
    assert len((await qr.history()).versions) == 1
    corrected = await qr.take(1, code=code(1, tail="$$1"))
    assert (corrected.changed, corrected.version.number) == (True, 2)


@pytest.mark.covers("F62")
async def test_a_code_is_on_one_sim_of_all_accounts(database: Database) -> None:
    ours, theirs = line(1, sim_type="esim"), line(2, account="Other", sim_type="esim")
    qr = await qr_world(database, ours, theirs)
    await qr.take(1, 1)
    await qr.take(2, 2)
    for wrong in (code(1), code(1, smdp="SMDP.Example.COM"), code(1, tail="$1.2.3$1")):
        with pytest.raises(Refused) as refused:
            await qr.take(2, code=wrong)
        assert codes_of(refused) == ["code_on_another_sim"]
        assert "S-1" not in str(refused.value)
        async with database.reading() as connection:
            with pytest.raises(Refused):
                await imports.refuse_conflict(connection, qr.keys, 2, wrong)
    assert await shown(qr, 2) == (str(code(2)), 1)
    await qr.take(1, 3)
    moved = await qr.take(2, 1)
    assert moved.warnings == ("Another SIM had this code before; make sure that it is not installed there.",)
    assert (await qr.take(2, 4, code=code(1, smdp="other.example.com"))).warnings == ()


@pytest.mark.covers("F62")
async def test_the_code_of_a_discarded_sim_is_of_no_use_to_another(database: Database) -> None:
    qr = await qr_world(database)
    await qr.take(1, 1)
    order = await place(database, 1, OrderKind.REPLACE_ESIM)
    await acknowledge(database, order)
    await process(database, order, iccid(900))
    (esim,) = await run(database, "SELECT id FROM sims WHERE holder = 'line:1'")
    with pytest.raises(Refused) as refused:
        await qr.take(esim.id, 1)
    assert codes_of(refused) == ["code_on_another_sim"]
    with pytest.raises(Refused) as refused:
        await qr.take(1, 2)
    assert codes_of(refused) == ["sim_discarded"]
    await qr.take(esim.id, 2)
    assert [version.number for version in (await qr.history(1)).versions] == [1], "it is kept"
    with pytest.raises(Refused) as refused:
        await shown(qr, 1)
    assert codes_of(refused) == ["sim_discarded"]


@pytest.mark.covers("F25")
async def test_a_physical_sim_has_no_code(database: Database) -> None:
    qr = await qr_world(database, line(1))
    with pytest.raises(Refused) as refused:
        await qr.take(1)
    assert codes_of(refused) == ["esim_needed"]
    with pytest.raises(NotFound):
        await qr.take(10**6)


async def test_a_new_code_makes_what_was_told_of_the_one_before_useless(database: Database) -> None:
    qr = await qr_world(database)
    version = (await qr.take(1, 1)).version.id
    told = await qr.notify(version)
    token = await qr.download_link(told, version)
    other = (await qr.take(2, 2)).version.id
    elsewhere = await qr.download_link(await qr.notify(other, 2, "other"), other)
    async with database.reading() as connection:
        assert (await links.find(connection, token, "download")).version_id == version
    await qr.take(1, 3)
    async with database.reading() as connection:
        with pytest.raises(Refused) as revoked:
            await links.find(connection, token, "download")
        assert codes_of(revoked) == ["link_revoked"]
        assert (await notifications.notification(connection, AllAccounts(), told.id)).state == "revoked"
        assert (await links.find(connection, elsewhere, "download")).version_id == other
    assert (await qr.happened())[-2:] == ["notification.revoked", "qr.imported"]


# --- at once ----------------------------------------------------------------------------------------------


@pytest.mark.covers("F62")
async def test_one_code_for_several_sims_at_once_is_on_one(database: Database) -> None:
    sims = range(1, 7)
    qr = await qr_world(database, *(line(number, sim_type="esim") for number in sims))
    for number in range(3):
        outcomes = await asyncio.gather(*(attempt(qr.take(sim, number)) for sim in sims))
        assert outcomes.count("code_on_another_sim") == len(sims) - 1
        (winner,) = [outcome.version.sim_id for outcome in outcomes if isinstance(outcome, Imported)]
        assert (await shown(qr, winner))[0] == str(code(number))


async def test_several_codes_for_one_sim_at_once_are_versions_one_by_one(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    outcomes = await asyncio.gather(*(qr.take(1, number) for number in range(8)))
    numbers = sorted(outcome.version.number for outcome in outcomes)
    assert numbers == list(range(1, 9))
    assert [outcome.ended_request for outcome in outcomes].count(request) == 1
    versions = (await qr.history()).versions
    assert [version.current for version in versions] == [True] + [False] * 7


async def test_one_code_for_one_sim_at_once_is_one_version(database: Database) -> None:
    qr = await qr_world(database)
    outcomes = await asyncio.gather(*(qr.take(1, 1) for _ in range(8)))
    assert [outcome.changed for outcome in outcomes].count(True) == 1
    assert len((await qr.history()).versions) == 1


async def test_two_contacts_at_once_have_one_winner(database: Database) -> None:
    qr = await qr_world(database)
    for number in range(1, 9, 2):
        request = await qr.asked(1, f"{number}")
        tokens = [await qr.upload_link(request, contact=contact) for contact in qr.contacts]
        calls = (qr.take_by_link(token, number + place) for place, token in enumerate(tokens))
        outcomes = await asyncio.gather(*map(attempt, calls))
        assert outcomes.count("request_over") == 1
        (won,) = [outcome for outcome in outcomes if isinstance(outcome, Imported)]
        assert (await qr.history()).versions[0] == won.version
