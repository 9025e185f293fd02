"""What happens when a code has come or its SIM is discarded: who is told, what is dead, who wins a race."""

import asyncio
from typing import Any

import pytest

from models.codes.requests import RequestResult, RequestStatus
from models.errors import Refused
from models.orders.lifecycle import HoldReason, OrderKind
from models.people.callers import By
from store.codes import notifications, offers
from store.orders import follow_ups, steps
from store.session import Database
from tests.builders import acknowledge, iccid, line, place, process, run
from tests.qr_world import QrWorld, hold, notification, qr_world, reasons

CARD = line(1)


async def offer(qr: QrWorld, request_id: str) -> str | None:
    async with qr.database.transaction() as connection:
        return await offers.offer_notification(connection, request_id)


@pytest.mark.covers("F38")
async def test_who_asked_is_told_where_nobody_was(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    assert await offer(qr, request) is None
    version = (await qr.take(1)).version.id
    offers = await asyncio.gather(*(offer(qr, request) for _ in range(4)))
    offered = offers[0]
    assert offered is not None
    assert offers == [offered] * 4
    told = await notification(qr, offered)
    assert (told.address, told.version, told.state) == ("ana@acme.example", 1, "waiting")
    assert (await qr.happened()).count("notification.created") == 1
    assert (await run(database, "SELECT version_id FROM qr_notifications"))[0].version_id == version


async def test_who_asked_is_not_told_again_where_somebody_was(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    await qr.notify((await qr.take(1)).version.id)
    assert await offer(qr, request) is None
    await qr.take(1, 2)  # nobody knows of the newer one
    assert await offer(qr, request) is not None


async def test_who_asked_is_told_of_no_discarded_sim(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    await qr.take(1)
    order = await place(database, 1, OrderKind.REPLACE_ESIM)
    await acknowledge(database, order)
    await process(database, order, iccid(900))
    assert await offer(qr, request) is None


async def test_a_notification_is_written_once_and_only_of_the_present_code(database: Database) -> None:
    qr = await qr_world(database)
    first = (await qr.take(1, 1)).version.id
    told = await asyncio.gather(*(qr.notify(first) for _ in range(4)))
    assert told == [told[0]] * 4
    with pytest.raises(Refused) as used:
        await qr.notify(first, to="other@acme.example")
    assert used.value.refusals[0].code == "key_used_for_notification"
    await qr.take(1, 2)
    assert (await qr.notify(first)).state == "revoked"
    with pytest.raises(Refused) as replaced:
        await qr.notify(first, key="another")
    assert replaced.value.refusals[0].code == "code_replaced"
    async with database.transaction() as connection:
        for _ in range(2):
            await notifications.revoke(connection, told[0].id, By("operator"))
    assert (await qr.happened()).count("notification.revoked") == 1


# --- the SIM is discarded ---------------------------------------------------------------------------------


async def test_a_discarded_sim_takes_its_request_along(database: Database) -> None:
    qr = await qr_world(database)
    await qr.asked(2, "other")
    version = (await qr.take(1)).version.id
    told = await qr.notify(version)
    tokens = [await qr.download_link(told, version)]
    request = await qr.asked()
    tokens.append(await qr.upload_link(request))
    await hold(qr, request, HoldReason.NO_QR_CODE)
    order = await place(database, 1, OrderKind.REPLACE_ESIM)
    await acknowledge(database, order)
    for _ in range(2):
        async with database.transaction() as connection:
            done = await steps.complete(connection, order.order_id, By("operator"), iccid(900), "test")
        assert done.refusal is None
        (left,) = done.follow_ups
        async with database.reading() as connection:
            due = await follow_ups.find(connection, left.id)
        assert due is not None
        assert (due.kind, due.target, due.done) == ("look_at_request", request, False)
    (view,) = (await qr.history()).requests
    assert (view.status, view.held_reason) == (RequestStatus.SIM_DISCARDED, None)
    assert (await notification(qr, told.id)).state == "revoked"
    assert sorted(link.state for link in (await qr.history()).links) == ["request over", "revoked"]
    ends = [(event.type, event.actor) for event in (await qr.history()).events[-2:]]
    assert sorted(ends) == [("notification.revoked", "system"), ("qr.sim_discarded", "system")]
    assert reasons(await qr.withdraw(request)) == ["already_sim_discarded"]
    assert reasons(await qr.ask(1, "new")) == ["sim_discarded"]
    assert (await qr.history(2)).requests[0].status is RequestStatus.REQUESTED


async def test_an_order_without_a_request_ends_none(database: Database) -> None:
    await qr_world(database, CARD)
    order = await place(database)
    await acknowledge(database, order)
    for _ in range(2):
        async with database.transaction() as connection:
            done = await steps.complete(connection, order.order_id, By("operator"), iccid(900), "test")
        assert (done.refusal, done.follow_ups) == (None, ())
    assert await run(database, "SELECT * FROM events WHERE about[1] ~ '^(qr|sim|link)'") == []


# --- races ------------------------------------------------------------------------------------------------


async def outcome(call: Any) -> str:
    """`done`, or the code of the refusal."""
    try:
        result = await call
    except Refused as refused:
        return refused.refusals[0].code
    return result.refusals[0].code if isinstance(result, RequestResult) and result.refusals else "done"


async def test_an_import_and_a_withdrawal_at_once_have_one_winner(database: Database) -> None:
    qr = await qr_world(database)
    for number in range(10):
        request = await qr.asked(1, f"{number}")
        token = await qr.upload_link(request)
        calls = [qr.take_by_link(token, number), qr.withdraw(request)]
        imported, withdrawn = await asyncio.gather(*map(outcome, calls[:: -1 if number % 2 else 1]))
        if number % 2:
            imported, withdrawn = withdrawn, imported
        status = (await qr.history()).requests[0].status
        if status is RequestStatus.IMPORTED:
            assert (imported, withdrawn) == ("done", "already_imported")
        else:
            assert (imported, withdrawn) == ("request_over", "done")
            assert status is RequestStatus.WITHDRAWN


async def test_an_import_and_sending_again_at_once_do_not_contradict_each_other(database: Database) -> None:
    qr = await qr_world(database)
    for number in range(6):
        request = await qr.asked(1, f"{number}")
        token = await qr.upload_link(request)
        again, imported = await asyncio.gather(
            outcome(qr.again(request)), outcome(qr.take_by_link(token, number))
        )
        (view, *_) = (await qr.history()).requests
        assert imported == "done"
        assert view.status is RequestStatus.IMPORTED
        assert (again, view.round) in (("done", 2), ("already_imported", 1))


async def test_steps_about_codes_and_the_discard_at_once_never_wait_in_a_circle(database: Database) -> None:
    numbers = range(1, 7)
    qr = await qr_world(database, *(line(number, sim_type="esim") for number in numbers))
    for sim in numbers:
        request = await qr.asked(sim, f"{sim}")
        token = await qr.upload_link(request, sim)
        version = (await qr.take(sim, 100 + sim)).version.id if sim % 2 else None
        order = await place(database, sim, OrderKind.REPLACE_ESIM)
        await acknowledge(database, order)
        imported, discarded, *_ = await asyncio.gather(
            outcome(qr.take_by_link(token, sim)),
            process(database, order, iccid(900 + sim)),
            outcome(hold(qr, request, HoldReason.MAIL_UNAVAILABLE)),
            outcome(qr.again(request)),
            outcome(qr.notify(version, sim, f"{sim}") if version else qr.ask(sim, f"{sim} more")),
        )
        assert discarded is None
        assert (await run(database, "SELECT state FROM sims WHERE id = :sim", sim=sim))[
            0
        ].state == "discarded"
        status = (await qr.history(sim)).requests[-1].status
        assert (imported, status) in {
            ("done", RequestStatus.IMPORTED),
            ("request_over", RequestStatus.SIM_DISCARDED),
            ("request_over", RequestStatus.IMPORTED),
            ("link_revoked", RequestStatus.IMPORTED),  # imported before, and its links ended with the SIM
            ("sim_discarded", RequestStatus.SIM_DISCARDED),
        }
        assert "open" not in {link.state for link in (await qr.history(sim)).links}
