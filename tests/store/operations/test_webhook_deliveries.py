"""How batches are recorded while a user changes the endpoint (A11)."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from models.operations.webhooks import Answer
from starter.operations.webhooks import WebhookDesk
from store.operations import webhook_deliveries, webhook_replays
from store.session import Database
from tests.builders import OPERATOR, run, until_blocked
from tests.store.operations.webhook_batches import (
    GONE,
    NEW,
    TAKEN,
    TIMEOUT,
    batch_of,
    desk,
    recorded,
)
from tests.webhooks.hooked import row_of

__all__ = ["desk"]
pytestmark = pytest.mark.covers("A11")

Change = Callable[[WebhookDesk], Awaitable[object]]


async def _edited(desk: WebhookDesk) -> object:
    return await desk.edit(OPERATOR, "WH-1", url=NEW)


async def _enabled(desk: WebhookDesk) -> object:
    await desk.disable(OPERATOR, "WH-1")
    return await desk.enable(OPERATOR, "WH-1")


@pytest.mark.parametrize("answer", [GONE, TIMEOUT])
@pytest.mark.parametrize("change", [_edited, _enabled])
async def test_what_the_receiver_answered_before_a_change_is_not_held_against_the_endpoint(
    database: Database, desk: WebhookDesk, change: Change, answer: Answer
) -> None:
    endpoint, batch = await batch_of(database)
    await change(desk)
    assert not await recorded(database, endpoint, batch, answer)

    row = await row_of(database, 1)
    assert (row.failures, row.disabled_at, row.next_attempt_at) == (0, None, None)
    changed, again = await batch_of(database)
    assert {one.place for one in again} >= {one.place for one in batch}, "they are sent again"
    assert await recorded(database, changed, again, answer)
    assert (await row_of(database, 1)).failures == 3


async def test_an_event_that_fails_now_and_then_keeps_its_own_time(
    database: Database, desk: WebhookDesk
) -> None:
    endpoint, batch = await batch_of(database)
    await recorded(database, endpoint, batch[:1], TIMEOUT)
    await run(database, "UPDATE webhook_attempts SET next_attempt_at = esim_now() + interval '14 h'")
    endpoint, batch = await batch_of(database)
    await recorded(database, endpoint, batch, TAKEN)
    assert (await batch_of(database))[1] == []


async def test_what_another_process_has_recorded_stays_as_it_is(
    database: Database, desk: WebhookDesk
) -> None:
    endpoint, batch = await batch_of(database)
    await recorded(database, endpoint, batch[:1], TIMEOUT)
    await run(database, "UPDATE webhook_attempts SET next_attempt_at = esim_now()")
    endpoint, batch = await batch_of(database)
    again = [one for one in batch if one.attempt_id is not None]
    assert await recorded(database, endpoint, again, TAKEN)
    assert await recorded(database, endpoint, again, TIMEOUT)
    rows = await run(database, "SELECT delivered_at, next_attempt_at FROM webhook_attempts")
    assert [(row.delivered_at is None, row.next_attempt_at) for row in rows] == [(False, None)]


async def test_a_replay_while_the_attempt_is_recorded_keeps_the_number_of_attempts(
    database: Database, desk: WebhookDesk
) -> None:
    endpoint, batch = await batch_of(database)
    await recorded(database, endpoint, batch[:1], TIMEOUT)
    await run(database, "UPDATE webhook_attempts SET next_attempt_at = esim_now()")
    endpoint, batch = await batch_of(database)
    (again,) = [one for one in batch if one.attempt_id is not None]

    async def replayed() -> int:
        async with database.transaction() as connection:
            return await webhook_replays.replay_one(connection, 1, str(again.place))

    async with database.transaction() as connection:
        await webhook_deliveries.record(connection, endpoint, [(again, TIMEOUT)], jitter=1)
        replaying = asyncio.create_task(replayed())
        await until_blocked(database, replaying)
    assert await replaying == 1
    (row,) = await run(
        database,
        "SELECT number, next_attempt_at <= esim_now() AS due FROM webhook_attempts"
        " WHERE next_attempt_at IS NOT NULL",
    )
    assert (row.number, row.due) == (2, True)


async def test_a_row_that_waits_for_the_same_event_becomes_the_failed_attempt(
    database: Database, desk: WebhookDesk
) -> None:
    endpoint, batch = await batch_of(database)
    await run(
        database,
        "INSERT INTO webhook_attempts (webhook_id, account_id, epoch, xid, event_id, type, number,"
        " next_attempt_at) SELECT 1, account_id, epoch, xid, id, type, 0, esim_now() FROM events"
        " WHERE id = :id",
        id=batch[0].place.id,
    )
    await recorded(database, endpoint, batch[:1], TIMEOUT)
    (row,) = await run(database, "SELECT number, outcome FROM webhook_attempts")
    assert (row.number, row.outcome) == (1, "timeout")
