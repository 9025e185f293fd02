"""Requests for QR codes: who may ask, whom, and how a request ends."""

import asyncio
from typing import Any

import pytest

from models.codes.requests import RequestStatus
from models.errors import NotFound, Refused
from models.orders.lifecycle import HoldReason
from models.people.callers import AllAccounts
from starter.people.users import UserDesk
from store import events
from store.codes import request_steps, request_views
from store.session import Database
from tests.builders import OPERATOR, acknowledge, cancel, line, place, run
from tests.qr_world import hold, notification, qr_world, reasons, release

ESIM, CARD = line(1, sim_type="esim"), line(1)


@pytest.mark.covers("F28")
async def test_a_request_goes_to_all_who_have_the_role_or_to_those_chosen(database: Database) -> None:
    qr = await qr_world(database)
    await qr.asked(1, "a")
    await qr.asked(2, "b", contacts=(qr.contacts[1],))
    (every,) = (await qr.history(1)).requests
    (chosen,) = (await qr.history(2)).requests
    assert every.recipients == tuple(f"contact:{contact}" for contact in qr.contacts)
    assert chosen.recipients == (f"contact:{qr.contacts[1]}",)
    assert (every.status, every.round, every.requested_by) == (RequestStatus.REQUESTED, 1, qr.user_id)
    (event,) = (await qr.history(1)).events
    assert (event.type, event.actor) == ("qr.requested", f"user:{qr.user_id}")
    assert event.data == {"round": 1, "contacts": list(qr.contacts), "request_id": every.id}


@pytest.mark.covers("F25", "F26", "F56")
@pytest.mark.parametrize(
    ("sim", "before", "contacts", "refused"),
    [
        (CARD, "SELECT 1", None, ["esim_needed"]),
        (
            ESIM,
            "DELETE FROM contact_roles WHERE role = 'esim_qr_code'",
            None,
            ["no_qr_contact"],
        ),
        (ESIM, "SELECT 1", (), ["no_recipient"]),
        (ESIM, "SELECT 1", "orders_only", ["recipient_lacks_role"]),
        (ESIM, "SELECT 1", (10**6,), ["recipient_lacks_role"]),
        (ESIM, "DELETE FROM profile_targets WHERE target = 'generate_qr_code:1'", None, ["not_enabled"]),
        (ESIM, "DELETE FROM profile_targets WHERE target <> 'generate_qr_code:1'", None, []),
    ],
)
async def test_who_may_ask_for_what_and_whom(
    database: Database, sim: dict[str, object], before: str, contacts: Any, refused: list[str]
) -> None:
    qr = await qr_world(database, sim)
    await run(database, before)
    wanted = (qr.orders_only, qr.contacts[0]) if contacts == "orders_only" else contacts
    result = await qr.ask(contacts=wanted)
    assert reasons(result) == refused
    assert result.state.status is (RequestStatus.REFUSED if refused else RequestStatus.REQUESTED)
    (kept,) = (await qr.history()).requests
    assert kept.refusals == result.refusals
    assert await qr.happened() == ["qr.refused" if refused else "qr.requested"]
    await run(
        database, "INSERT INTO contact_roles SELECT id, 'esim_qr_code' FROM contacts ON CONFLICT DO NOTHING"
    )
    assert await qr.ask(contacts=wanted) == result  # a refusal is for good


async def test_only_what_the_account_has_can_be_asked_for(database: Database) -> None:
    qr = await qr_world(database, ESIM, line(2, account="Other", sim_type="esim"))
    assert reasons(await qr.ask(2)) == ["unknown_sim"]
    assert reasons(await qr.ask(10**6)) == ["unknown_sim"]
    assert reasons(await qr.ask(1, user_id=10**6)) == ["unknown_user"]
    async with database.transaction() as connection:
        (other,) = await run(database, "SELECT id FROM accounts WHERE name = 'Other'")
        theirs = await request_steps.write_email_text(connection, other.id, "Subject", "Text", [])
    assert reasons(await qr.ask(1, email_text_id=theirs)) == ["unknown_email_text"]
    assert await qr.happened(2) == []


async def test_a_request_of_another_account_is_not_answered_and_nothing_of_it_is_told(
    database: Database,
) -> None:
    qr = await qr_world(database, ESIM, line(2, account="Other", sim_type="esim"))
    theirs = await qr.asked()
    bob = await UserDesk(database).create_user(OPERATOR, "Other", "Bob", "bob@other.example")
    answer = await qr.ask(2, request_id=theirs, account_id=bob.account_id, user_id=bob.id)
    assert reasons(answer) == ["key_used_for_request"]
    assert (answer.state.status, answer.state.sim_id) == (RequestStatus.REFUSED, 2)
    assert await qr.happened(2) == []
    assert (await qr.ask()).state.status is RequestStatus.REQUESTED


@pytest.mark.covers("F29", "F30", "F56")
async def test_an_edited_letter_is_kept_and_one_that_would_forge_a_header_is_not(database: Database) -> None:
    qr = await qr_world(database)
    async with database.transaction() as connection:
        cc = ["boss@acme.example", "it@acme.example"]
        letter = await request_steps.write_email_text(connection, qr.account_id, "Please", "We need it.", cc)
        for subject, address in (("Please\r\nBcc: x@evil.example", cc[0]), ("Please", "a@b.example\nTo: x")):
            with pytest.raises(Refused):
                await request_steps.write_email_text(connection, qr.account_id, subject, "Text", [address])
    request = await qr.asked(email_text_id=letter)
    (view,) = (await qr.history()).requests
    assert view.recipients == (*(f"contact:{contact}" for contact in qr.contacts), "cc:1", "cc:2")
    again = await qr.again(request, contacts=(qr.contacts[0],))
    assert again.state.round == 2
    (view,) = (await qr.history()).requests
    assert view.recipients == (f"contact:{qr.contacts[0]}",)
    assert "acme.example" not in str((await qr.history()).events)


async def test_a_request_is_read_as_it_is(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    async with database.reading() as connection:
        seen = (await qr.history()).requests[0]
        assert [(sent.number, sent.cc) for sent in seen.rounds] == [(1, ())]
        assert await request_views.request(connection, AllAccounts(), request) == seen.model_copy(
            update={"rounds": ()}
        )
        assert (await request_views.look(connection, request)).status is RequestStatus.REQUESTED
        assert await request_views.start_facts(connection, 1) == (1, "Orange", "Telvia")
        assert await request_views.find(connection, AllAccounts(), "qr-request-aaaaaaaaaaaaaaaa") is None
        with pytest.raises(NotFound):
            await request_views.request(connection, AllAccounts(), "qr-request-aaaaaaaaaaaaaaaa")
        with pytest.raises(NotFound):
            await request_views.look(connection, "qr-request-aaaaaaaaaaaaaaaa")
        with pytest.raises(NotFound):
            await request_views.start_facts(connection, 10**6)


@pytest.mark.covers("F45")
async def test_a_request_for_a_temporary_esim_does_not_keep_its_order_from_being_cancelled(
    database: Database,
) -> None:
    qr = await qr_world(database, CARD)
    order = await place(database)
    await acknowledge(database, order)
    assert reasons(await qr.ask(2)) == ["sim_temporary"]
    with pytest.raises(Refused) as refused:
        await qr.take(2)
    assert [refusal.code for refusal in refused.value.refusals] == ["sim_temporary"]
    await cancel(database, order)
    assert await run(database, "SELECT id FROM sims WHERE id = 2") == []
    async with database.reading() as connection:
        told = await events.of(connection, AllAccounts(), "sim:2")
    refusals = [event for event in told if event.type == "qr.refused"]
    assert [event.data["codes"] for event in refusals] == [["sim_temporary"]], "kept without the eSIM"


# --- one open request a SIM -------------------------------------------------------------------------------


async def test_a_sim_has_one_open_request(database: Database) -> None:
    qr = await qr_world(database)
    first = await qr.asked(1, "a")
    second = await qr.ask(1, "b")
    assert reasons(second) == ["open_qr_request"]
    assert first in second.refusals[0].sentence
    await qr.asked(2, "c")
    await qr.withdraw(first)
    assert reasons(await qr.ask(1, "b")) == ["open_qr_request"]
    await qr.asked(1, "d")


async def test_of_requests_made_at_once_one_is_accepted(database: Database) -> None:
    qr = await qr_world(database)
    results = await asyncio.gather(*(qr.ask(1, f"key {number}") for number in range(8)))
    assert sorted(map(reasons, results)) == [[]] + [["open_qr_request"]] * 7
    assert sorted(await qr.happened()) == ["qr.refused"] * 7 + ["qr.requested"]


async def test_the_same_request_at_once_is_accepted_once(database: Database) -> None:
    qr = await qr_world(database)
    results = await asyncio.gather(*(qr.ask() for _ in range(8)))
    assert results == [results[0]] * 8
    assert reasons(results[0]) == []
    assert await qr.happened() == ["qr.requested"]


async def test_one_key_for_two_sims_at_once_is_one_request(database: Database) -> None:
    qr = await qr_world(database)
    for number in range(5):
        first, second = await asyncio.gather(qr.ask(1, f"{number}"), qr.ask(2, f"{number}"))
        assert first == second
        await qr.withdraw(first.state.request_id)


# --- sent again -------------------------------------------------------------------------------------------


async def test_a_request_is_sent_again_as_a_new_round(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked(contacts=(qr.contacts[0],))
    once = await qr.again(request, "first", actor=f"user:{qr.user_id}")
    assert once == await qr.again(request, "first", actor=f"user:{qr.user_id}")
    assert (reasons(once), once.state.round) == ([], 2)
    assert (await qr.again(request, "second", contacts=(qr.contacts[1],))).state.round == 3
    assert (await qr.history()).requests[0].recipients == (f"contact:{qr.contacts[1]}",)
    assert await qr.happened() == ["qr.requested", "qr.sent_again", "qr.sent_again"]


async def test_sending_again_asks_the_rules_again(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    user = f"user:{qr.user_id}"
    assert reasons(await qr.again(request, "a", contacts=(qr.orders_only,))) == ["recipient_lacks_role"]
    assert reasons(await qr.again(request, "b", email_text_id=10**6)) == ["unknown_email_text"]
    await run(database, "DELETE FROM profile_targets")
    assert reasons(await qr.again(request, "c", actor=user)) == ["not_enabled"]
    assert reasons(await qr.again(request, "d", actor="operator")) == []
    await run(database, "DELETE FROM contact_roles WHERE role = 'esim_qr_code'")
    assert reasons(await qr.again(request, "e")) == ["no_qr_contact"]
    await qr.withdraw(request)
    over = await qr.again(request, "f")
    assert (reasons(over), over.state.round) == (["already_withdrawn"], 2)
    with pytest.raises(NotFound):
        await qr.again("qr-request-aaaaaaaaaaaaaaaa")


async def test_rounds_asked_for_at_once_are_counted_one_by_one(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    results = await asyncio.gather(*(qr.again(request, f"call {number // 2}") for number in range(8)))
    assert sorted({result.state.round for result in results} | {2}) == [2, 3, 4, 5]
    assert (await qr.history()).requests[0].round == 5


# --- the end ----------------------------------------------------------------------------------------------


async def test_a_request_is_withdrawn_once(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    await hold(qr, request, HoldReason.NO_QR_CODE)
    for _ in range(2):
        result = await qr.withdraw(request)
        assert (result.state.status, reasons(result)) == (RequestStatus.WITHDRAWN, [])
    (view,) = (await qr.history()).requests
    assert (view.status, view.held_reason, view.held_since) == (RequestStatus.WITHDRAWN, None, None)
    assert await qr.happened() == ["qr.requested", "qr.held", "qr.released", "qr.withdrawn"]
    imported = await qr.asked(1, "b")
    await qr.take(1)
    assert reasons(await qr.withdraw(imported)) == ["already_imported"]


async def test_a_request_and_a_notification_are_held_and_released(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    for _ in range(2):
        await hold(qr, request, HoldReason.MAIL_REJECTED)
    assert (await qr.history()).requests[0].held_reason == "mail_rejected"
    for _ in range(2):
        await release(qr, request)
    assert (await qr.history()).requests[0].held_since is None
    assert await qr.happened() == ["qr.requested", "qr.held", "qr.released"]
    version = (await qr.take(2, 2)).version.id
    told = (await qr.notify(version, 2)).id
    await hold(qr, told, HoldReason.MAIL_UNAVAILABLE)
    assert (await notification(qr, told)).state == "held"
    await release(qr, told)
    assert (await notification(qr, told)).state == "waiting"
    for _ in range(2):
        await release(qr, told, given_up=True)
    assert (await notification(qr, told)).state == "given_up"
    assert (await qr.happened(2))[2:] == [
        "notification.held",
        "notification.released",
        "notification.given_up",
    ]
    for unknown in ("qr-request-aaaaaaaaaaaaaaaa", "qr-notification-aaaaaaaaaaaaaaaa"):
        with pytest.raises(NotFound):
            await hold(qr, unknown, HoldReason.STEP_FAILED)


async def test_nobody_is_waited_for_because_of_a_code_that_has_come(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    await qr.take(1)
    await hold(qr, request, HoldReason.NO_QR_CODE)
    assert (await qr.history()).requests[0].held_reason is None
    await hold(qr, request, HoldReason.MAIL_UNAVAILABLE)  # the news of it
    assert (await qr.history()).requests[0].held_reason == "mail_unavailable"
