"""What waits for a person: one row a held step, gone once it no longer matters."""

import pytest

from models.codes.requests import RequestStatus
from models.errors import NotFound
from models.orders.lifecycle import HoldReason, OrderStatus
from models.people.callers import AllAccounts, By
from store import events
from store.codes import notifications
from store.codes import waiting as qr_waiting
from store.operations import holds, retries
from store.orders import views
from store.session import Database
from tests.builders import (
    ACCOUNT,
    OPERATOR,
    acknowledge,
    as_csv,
    cancel,
    empty_slot,
    place,
    run,
    world,
)
from tests.qr_world import QrWorld, qr_world

BOSS = "boss@acme.example"


async def held_steps(database: Database) -> list[tuple[str, str]]:
    return [tuple(row) for row in await run(database, "SELECT step, reason FROM holds ORDER BY since, step")]


async def hold(database: Database, workflow_id: str, step: str, reason: HoldReason) -> None:
    async with database.transaction() as connection:
        await holds.hold(connection, workflow_id, step, reason)


async def release(
    database: Database, workflow_id: str, step: str, actor: str = "operator", *, given_up: bool = False
) -> None:
    async with database.transaction() as connection:
        await holds.release(connection, workflow_id, step, actor, given_up=given_up)


async def told(database: Database, reference: str) -> list[tuple[str, str, object]]:
    async with database.reading() as connection:
        found = await events.of(connection, AllAccounts(), reference)
    return [
        (event.type, event.actor, event.data.get("step"))
        for event in found
        if event.type.endswith((".held", ".released", ".given_up"))
    ]


@pytest.mark.covers("W5")
async def test_an_order_is_held_for_two_mails_at_once_and_shows_the_oldest(database: Database) -> None:
    await world(database)
    order_id = (await place(database)).order_id
    await hold(database, order_id, "notify", HoldReason.MAIL_REJECTED)
    for _ in range(2):  # again, it changes nothing
        await hold(database, order_id, "withdraw_from_provider", HoldReason.MAIL_UNAVAILABLE)
    async with database.reading() as connection:
        order = await views.order(connection, AllAccounts(), order_id)
        assert [(found.step, found.reason) for found in order.holds] == [
            ("notify", "mail_rejected"),
            ("withdraw_from_provider", "mail_unavailable"),
        ]
        assert (order.held_reason, order.held_since) == ("mail_rejected", order.holds[0].since)
        assert [found.id for found in await views.orders(connection, AllAccounts(), held=True)] == [order_id]
        assert await retries.held(connection, AllAccounts()) == {
            order_id: ["mail_rejected", "mail_unavailable"]
        }
    await release(database, order_id, "notify")
    await release(database, order_id, "notify")
    await release(database, order_id, "withdraw_from_provider", "system", given_up=True)
    async with database.reading() as connection:
        order = await views.order(connection, AllAccounts(), order_id)
    assert (order.held_reason, order.held_since, order.holds) == (None, None, ())
    assert await told(database, order_id) == [
        ("order.held", "system", "notify"),
        ("order.held", "system", "withdraw_from_provider"),
        ("order.released", "operator", "notify"),
        ("mail.given_up", "system", "withdraw_from_provider"),
    ]


@pytest.mark.covers("S5", "W5")
async def test_who_may_not_retry_is_not_recorded_as_who_did(database: Database) -> None:
    desks = await world(database)
    await desks.fleet.import_fleet(OPERATOR, as_csv(empty_slot(9, account="Bolt")))
    foreign = await desks.users.create_user(OPERATOR, "Bolt", "Cleo", "cleo@bolt.example", role="owner")
    boss = await desks.users.create_user(OPERATOR, ACCOUNT, "Olga", "olga@acme.example", role="owner")
    manager = await desks.users.create_user(OPERATOR, ACCOUNT, "Max", "max@acme.example", role="manager")
    order_id = (await place(database)).order_id
    recorded = {
        boss.actor: boss.actor,
        "operator": "operator",
        manager.actor: "system",
        foreign.actor: "system",
        "user:999999": "system",
        "contact:1": "system",
    }
    for actor in recorded:
        await hold(database, order_id, actor, HoldReason.MAIL_REJECTED)
        await release(database, order_id, actor, actor)
    released = {
        step: actor for kind, actor, step in await told(database, order_id) if kind == "order.released"
    }
    assert released == recorded


@pytest.mark.covers("W5")
async def test_an_order_that_moves_is_held_for_nothing_any_more(database: Database) -> None:
    await world(database)
    order = await place(database)
    for step in ("waiting", "submit_to_provider"):
        await hold(database, order.order_id, step, HoldReason.NO_ACKNOWLEDGEMENT)
    await acknowledge(database, order)
    assert await held_steps(database) == []
    await cancel(database, order)
    async with database.reading() as connection:
        seen = await views.order(connection, AllAccounts(), order.order_id)
    released = [event.data for event in seen.events if event.type == "order.released"]
    assert released == [{"step": "submit_to_provider"}, {"step": "waiting"}]
    assert seen.status is OrderStatus.CANCELLED


async def test_another_reason_of_the_same_step_takes_its_place(database: Database) -> None:
    await world(database)
    order_id = (await place(database)).order_id
    await hold(database, order_id, "notify", HoldReason.MAIL_UNAVAILABLE)
    await hold(database, order_id, "notify", HoldReason.MAIL_REJECTED)
    assert await held_steps(database) == [("notify", "mail_rejected")]


async def request_and_notification(qr: QrWorld) -> tuple[str, str]:
    """Both held for a mail; the notification tells of the code before."""
    imported = await qr.take(1)
    notification = await qr.notify(imported.version.id, to=BOSS)
    request = await qr.asked()
    for waiting in (request, notification.id):
        await hold(qr.database, waiting, "a mail", HoldReason.MAIL_REJECTED)
    return request, notification.id


@pytest.mark.covers("W5")
async def test_a_code_that_comes_ends_the_holds_of_its_request_and_of_what_told_of_the_one_before(
    database: Database,
) -> None:
    qr = await qr_world(database)
    request, notification = await request_and_notification(qr)
    async with database.reading() as connection:
        waiting = await qr_waiting.waiting(connection, AllAccounts(), held=True)
        assert {(found.id, found.held_reason, len(found.holds)) for found in waiting} == {
            (request, "mail_rejected", 1),
            (notification, "mail_rejected", 1),
        }
        assert await qr_waiting.held_count(connection, AllAccounts()) == 2
    await qr.take(number=2)
    assert await held_steps(database) == []
    await hold(database, request, "waiting", HoldReason.NO_QR_CODE)
    await hold(database, notification, "send_notification", HoldReason.MAIL_REJECTED)
    assert await held_steps(database) == [], "neither is waited for any more"
    await hold(database, request, "send_notification", HoldReason.MAIL_REJECTED)
    assert await held_steps(database) == [("send_notification", "mail_rejected")]


@pytest.mark.covers("W5")
async def test_a_request_that_is_withdrawn_and_a_notification_that_is_revoked_are_not_held(
    database: Database,
) -> None:
    qr = await qr_world(database)
    request, notification = await request_and_notification(qr)
    await qr.withdraw(request)
    assert [(kind, actor) for kind, actor, _ in await told(database, request)] == [
        ("qr.held", "system"),
        ("qr.released", "operator"),
    ]
    async with database.transaction() as connection:
        await notifications.revoke(connection, notification, By("operator"))
    assert await held_steps(database) == []
    assert (await qr.history()).requests[0].status is RequestStatus.WITHDRAWN


async def test_a_notification_is_given_up_also_where_it_is_not_held_itself(database: Database) -> None:
    qr = await qr_world(database)
    notification = await qr.notify((await qr.take(1)).version.id, to=BOSS)
    for _ in range(2):
        await release(database, notification.id, "send_notification", "system", given_up=True)
    assert await told(database, notification.id) == [("notification.given_up", "system", "send_notification")]
    assert (await qr.history()).notifications[0].state == "given_up"


@pytest.mark.parametrize(
    "unknown", ["order-aaaaaaaaaaaaaaaa", "qr-request-a", "qr-notification-a", "something-else"]
)
async def test_what_nobody_knows_is_not_held(database: Database, unknown: str) -> None:
    with pytest.raises(NotFound):
        await hold(database, unknown, "waiting", HoldReason.STEP_FAILED)


@pytest.mark.covers("W5")
async def test_a_hold_that_a_new_workflow_records_is_not_released_with_those_of_the_one_before(
    database: Database,
) -> None:
    await world(database)
    order_id = (await place(database)).order_id
    for step in ("notify", "waiting"):
        await hold(database, order_id, step, HoldReason.MAIL_REJECTED)
    async with database.reading() as connection:
        seen = await holds.seen(connection, order_id)
    await hold(database, order_id, "notify", HoldReason.MAIL_CONFIGURATION)
    await hold(database, order_id, "withdraw_from_provider", HoldReason.MAIL_REJECTED)
    async with database.transaction() as connection:
        await holds.release_seen(connection, order_id, By("operator"), seen)
    assert sorted(await held_steps(database)) == [
        ("notify", "mail_configuration"),
        ("withdraw_from_provider", "mail_rejected"),
    ]
    assert (await told(database, order_id))[-1] == ("order.released", "operator", "waiting")
