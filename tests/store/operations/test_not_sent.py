"""What has not gone out: one row a step, from its first failed attempt until it succeeds or is superseded."""

import asyncio
from datetime import timedelta

import pytest

from models.operations.not_sent import NotSentReason, NotSentView
from models.orders.lifecycle import OrderKind
from models.people.callers import AllAccounts, By
from store.codes import notifications
from store.operations import checks, not_sent
from store.operations.not_sent import Sending
from store.orders import views
from store.session import Database
from tests.builders import acknowledge, cancel, iccid, place, process, run, until_blocked, world
from tests.qr_world import QrWorld, notification, qr_world, release

AWAY = NotSentReason.MAIL_UNAVAILABLE
TOOK = timedelta(milliseconds=1)


@pytest.fixture
async def qr(database: Database) -> QrWorld:
    return await qr_world(database)


async def fails(
    database: Database, sending: Sending, reason: NotSentReason = AWAY, *, took: timedelta = TOOK
) -> None:
    async with database.transaction() as connection:
        await not_sent.failed(connection, sending, reason, took=took, recipients=("contact:1",))


async def kept(database: Database) -> set[tuple[str, str]]:
    rows = await run(database, "SELECT subject_id, step FROM not_sent")
    return {(row.subject_id, row.step) for row in rows}


async def of_order(database: Database, order_id: str) -> tuple[NotSentView, ...]:
    async with database.reading() as connection:
        return (await views.order(connection, AllAccounts(), order_id)).not_sent


@pytest.mark.covers("W11")
async def test_a_further_failure_keeps_the_beginning_and_says_the_last_reason(database: Database) -> None:
    await world(database)
    sending = Sending((await place(database)).order_id, "submit_to_provider")
    await fails(database, sending)
    (first,) = await of_order(database, sending.subject_id)
    await fails(database, sending, NotSentReason.MAIL_REJECTED)
    (second,) = await of_order(database, sending.subject_id)
    assert (first.attempts, first.reason) == (1, "mail_unavailable")
    assert (second.attempts, second.reason, second.recipients) == (2, "mail_rejected", ("contact:1",))
    assert second.since == first.since
    assert second.tried_at > first.tried_at
    async with database.transaction() as connection:  # what is known says more
        await not_sent.interrupted(connection, sending, began=TOOK, attempts=7)
    assert await of_order(database, sending.subject_id) == (second,)
    async with database.reading() as connection:
        assert [unsent.id for unsent in await checks.not_sent(connection)] == [sending.subject_id]
    async with database.transaction() as connection:
        await not_sent.sent(connection, sending.subject_id, sending.step)
    assert await of_order(database, sending.subject_id) == ()


@pytest.mark.covers("W11")
async def test_an_order_that_moves_on_leaves_only_what_it_owes_in_any_status(database: Database) -> None:
    await world(database)
    order = await place(database)
    for step in ("submit_to_provider", "send_email:people", "follow_up:3"):
        await fails(database, Sending(order.order_id, step))
    await acknowledge(database, order)
    pending = {(order.order_id, "send_email:people"), (order.order_id, "follow_up:3")}
    assert await kept(database) == pending
    # the attempt began before the order moved on without it
    await fails(database, Sending(order.order_id, "submit_to_provider"), took=timedelta(minutes=1))
    assert await kept(database) == pending
    await fails(database, Sending(order.order_id, "send_email:people"), took=timedelta(minutes=1))
    await fails(database, Sending(order.order_id, "remind_provider"))
    assert await kept(database) == {*pending, (order.order_id, "remind_provider")}
    await cancel(database, order)
    assert await kept(database) == pending
    await fails(database, Sending("order-" + "f" * 16, "submit_to_provider"))
    with pytest.raises(LookupError):
        await fails(database, Sending("something-else", "submit_to_provider"))
    assert await kept(database) == pending


@pytest.mark.covers("W11")
async def test_a_request_that_is_sent_again_or_ends_does_not_wait_for_older_mails(qr: QrWorld) -> None:
    request_id = await qr.asked()
    await fails(qr.database, Sending(request_id, "ask_for_code", 1))
    await qr.again(request_id)
    assert await kept(qr.database) == set()
    await fails(qr.database, Sending(request_id, "ask_for_code", 1))
    assert await kept(qr.database) == set(), "that was the round before"
    await fails(qr.database, Sending(request_id, "ask_for_code", 2))
    (asked,) = (await qr.history()).requests
    assert [unsent.step for unsent in asked.not_sent] == ["ask_for_code"]
    await qr.withdraw(request_id)
    await fails(qr.database, Sending(request_id, "remind_of_code", 2))
    assert await kept(qr.database) == set()


@pytest.mark.covers("W11")
async def test_an_attempt_that_fails_while_the_sim_is_discarded_leaves_no_record(qr: QrWorld) -> None:
    request_id = await qr.asked()
    order = await place(qr.database, 1, OrderKind.REPLACE_ESIM)
    await acknowledge(qr.database, order)
    async with qr.database.transaction() as connection:
        await not_sent.failed(connection, Sending(request_id, "ask_for_code", 1), AWAY, took=TOOK)
        discarding = asyncio.create_task(process(qr.database, order, iccid(900)))
        await until_blocked(qr.database, discarding)
    await discarding
    assert await kept(qr.database) == set()


@pytest.mark.covers("W11")
@pytest.mark.parametrize("end", ["revoked", "given up", "replaced", "discarded"])
async def test_a_notification_that_is_over_does_not_wait_for_its_mail(qr: QrWorld, end: str) -> None:
    told = await qr.notify((await qr.take()).version.id)
    sending = Sending(told.id, "send_notification")
    await fails(qr.database, sending)
    assert [unsent.reason for unsent in (await notification(qr, told.id)).not_sent] == ["mail_unavailable"]
    if end == "revoked":
        async with qr.database.transaction() as connection:
            await notifications.revoke(connection, told.id, By("operator"))
    elif end == "given up":
        await run(qr.database, "UPDATE not_sent SET step = 'waiting'")
        await release(qr, told.id, given_up=True)
    elif end == "replaced":
        await qr.take(number=2)
    else:
        order = await place(qr.database, kind=OrderKind.REPLACE_ESIM)
        await acknowledge(qr.database, order)
        await process(qr.database, order, iccid(900))
    await fails(qr.database, sending)
    assert await kept(qr.database) == set()
