"""How batches are recorded while a user changes the endpoint, and when a receiver is there again (A11)."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from models.errors import Refused
from models.operations.webhooks import Answer, Outcome
from settings import Settings
from starter.operations.webhooks import WebhookDesk
from store.key_ring import KeyRing
from store.operations import webhook_calls, webhook_deliveries, webhook_replays
from store.operations.webhook_deliveries import Due, Endpoint
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, run, until_blocked, world
from tests.webhooks.hooked import happens, row_of

pytestmark = pytest.mark.covers("A11")
GONE = Answer(Outcome.STATUS, 410)
REFUSED = Answer(Outcome.STATUS, 400)
TIMEOUT = Answer(Outcome.TIMEOUT)
TAKEN = Answer(Outcome.DELIVERED, 204)
OLD, NEW = "http://127.0.0.1:1/old", "http://127.0.0.1:1/new"
Change = Callable[[WebhookDesk], Awaitable[object]]


@pytest.fixture
async def desk(database: Database, database_url: str) -> WebhookDesk:
    """An endpoint, WH-1, to which four events are to be delivered."""
    await world(database)
    desk = WebhookDesk(
        database,
        Settings(database_url=database_url, secret_keys=KeyRing.new_key(), webhooks_to_loopback=True),
    )
    await desk.create(OPERATOR, OLD, account=ACCOUNT)
    for _ in range(3):
        await happens(database)
    return desk


async def _batch(database: Database) -> tuple[Endpoint, list[Due]]:
    async with database.reading() as connection:
        endpoint = await webhook_deliveries.read_endpoint(connection, 1)
        return endpoint, await webhook_deliveries.due(connection, endpoint, 5)


async def _record(database: Database, endpoint: Endpoint, batch: list[Due], answer: Answer) -> bool:
    async with database.transaction() as connection:
        return await webhook_deliveries.record(
            connection, endpoint, [(one, answer) for one in batch], jitter=1
        )


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
    endpoint, batch = await _batch(database)
    await change(desk)
    assert not await _record(database, endpoint, batch, answer)

    row = await row_of(database, 1)
    assert (row.failures, row.disabled_at, row.next_attempt_at) == (0, None, None)
    changed, again = await _batch(database)
    assert {one.place for one in again} >= {one.place for one in batch}, "they are sent again"
    assert await _record(database, changed, again, answer)
    assert (await row_of(database, 1)).failures == 3


async def test_what_failed_is_due_at_once_when_its_receiver_is_there_again(
    database: Database, desk: WebhookDesk
) -> None:
    endpoint, batch = await _batch(database)
    await _record(database, endpoint, batch, TIMEOUT)
    await run(
        database,
        "UPDATE webhook_attempts SET number = 6, first_at = esim_now() - interval '70 h',"
        " next_attempt_at = esim_now() + interval '14 h'",
    )
    await run(
        database,
        "UPDATE webhooks SET next_attempt_at = esim_now(), failing_since = esim_now() - interval '71 h'",
    )
    await happens(database)

    endpoint, batch = await _batch(database)
    assert len(batch) == 1, "it is tried with one event"
    assert await _record(database, endpoint, batch, TAKEN)
    endpoint, batch = await _batch(database)
    assert sum(one.attempt_id is not None for one in batch) == 4, "what failed"
    rows = await run(
        database, "SELECT number, esim_now() - first_at AS ago FROM webhook_attempts WHERE number > 0"
    )
    assert {row.number for row in rows} == {1}, "its waits are short again"
    assert all(row.ago.total_seconds() < 3600 for row in rows), "the outage is not held against it"
    await _record(database, endpoint, batch[:1], TIMEOUT)
    assert not await run(database, "SELECT id FROM webhook_attempts WHERE given_up_at IS NOT NULL")


async def test_an_event_that_fails_now_and_then_keeps_its_own_time(
    database: Database, desk: WebhookDesk
) -> None:
    endpoint, batch = await _batch(database)
    await _record(database, endpoint, batch[:1], TIMEOUT)
    await run(database, "UPDATE webhook_attempts SET next_attempt_at = esim_now() + interval '14 h'")
    endpoint, batch = await _batch(database)
    await _record(database, endpoint, batch, TAKEN)
    assert (await _batch(database))[1] == []


async def test_what_another_process_has_recorded_stays_as_it_is(
    database: Database, desk: WebhookDesk
) -> None:
    endpoint, batch = await _batch(database)
    await _record(database, endpoint, batch[:1], TIMEOUT)
    await run(database, "UPDATE webhook_attempts SET next_attempt_at = esim_now()")
    endpoint, batch = await _batch(database)
    again = [one for one in batch if one.attempt_id is not None]
    assert await _record(database, endpoint, again, TAKEN)
    assert await _record(database, endpoint, again, TIMEOUT)
    rows = await run(database, "SELECT delivered_at, next_attempt_at FROM webhook_attempts")
    assert [(row.delivered_at is None, row.next_attempt_at) for row in rows] == [(False, None)]


async def test_a_replay_while_the_attempt_is_recorded_keeps_the_number_of_attempts(
    database: Database, desk: WebhookDesk
) -> None:
    endpoint, batch = await _batch(database)
    await _record(database, endpoint, batch[:1], TIMEOUT)
    await run(database, "UPDATE webhook_attempts SET next_attempt_at = esim_now()")
    endpoint, batch = await _batch(database)
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
    endpoint, batch = await _batch(database)
    await run(
        database,
        "INSERT INTO webhook_attempts (webhook_id, account_id, epoch, xid, event_id, type, number,"
        " next_attempt_at) SELECT 1, account_id, epoch, xid, id, type, 0, esim_now() FROM events"
        " WHERE id = :id",
        id=batch[0].place.id,
    )
    await _record(database, endpoint, batch[:1], TIMEOUT)
    (row,) = await run(database, "SELECT number, outcome FROM webhook_attempts")
    assert (row.number, row.outcome) == (1, "timeout")


async def _refused(database: Database, answer: Answer = REFUSED) -> list[Due]:
    """The next batch, which the receiver refuses."""
    endpoint, batch = await _batch(database)
    assert await _record(database, endpoint, batch, answer)
    return batch


async def test_what_is_refused_for_good_does_not_keep_a_new_event_from_being_tried(
    database: Database, desk: WebhookDesk
) -> None:
    old = {one.place for one in await _refused(database)}
    await run(database, "UPDATE webhook_attempts SET next_attempt_at = esim_now()")
    await happens(database)
    (new,) = await _refused(database, TAKEN)
    assert new.place not in old
    assert (await row_of(database, 1)).failures == 0


async def test_a_receiver_that_fails_is_tried_with_old_and_new_events_by_turns(
    database: Database, desk: WebhookDesk
) -> None:
    await _refused(database)
    await run(database, "UPDATE webhook_attempts SET next_attempt_at = esim_now()")
    for _ in range(4):
        await happens(database)
    sorts = [(await _refused(database))[0].attempt_id is None for _ in range(4)]
    assert sorts == [True, False, True, False]


async def test_what_failed_before_an_outage_keeps_its_own_time(database: Database, desk: WebhookDesk) -> None:
    before = {one.place.id for one in await _refused(database)}
    await run(
        database,
        "UPDATE webhook_attempts SET number = 4, first_at = first_at - interval '1 h',"
        " next_attempt_at = esim_now() + interval '2 h'",
    )
    await happens(database)
    await _refused(database, TAKEN)
    rows = await run(
        database, "SELECT event_id, number, next_attempt_at <= esim_now() AS due FROM webhook_attempts"
    )
    assert {(row.event_id, row.number, row.due) for row in rows} == {(id_, 4, False) for id_ in before}


async def test_an_outage_is_not_held_against_what_failed_before_for_a_week(
    database: Database, desk: WebhookDesk
) -> None:
    await run(
        database,
        "INSERT INTO events (account_id, about, type, actor, audience, data, at) VALUES (1, ARRAY['line:1'],"
        " 'line.groups_changed', 'operator', 'account', '{}', esim_now() - interval '8 d')",
    )
    (young, *_, old) = [one.place.id for one in await _refused(database)]
    await run(
        database,
        "UPDATE webhook_attempts SET first_at = esim_now() - interval '72 h', next_attempt_at = esim_now()",
    )
    await happens(database)
    await _refused(database, TAKEN)
    for id_ in (old, young):
        endpoint, batch = await _batch(database)
        (again,) = [one for one in batch if one.place.id == id_]
        await _record(database, endpoint, [again], REFUSED)
    rows = await run(database, "SELECT event_id, given_up_at FROM webhook_attempts WHERE number = 2")
    assert {row.event_id: row.given_up_at is not None for row in rows} == {old: True, young: False}


async def test_the_last_attempt_is_after_three_days(database: Database, desk: WebhookDesk) -> None:
    endpoint, batch = await _batch(database)
    await _record(database, endpoint, batch[:1], REFUSED)
    late = "UPDATE webhook_attempts SET number = 9, first_at = esim_now() - CAST(:ago AS text)::interval,"
    late += " next_attempt_at = esim_now() WHERE next_attempt_at IS NOT NULL"
    for ago, left in (("52 h", 20 * 3600), ("72 h", None)):
        await run(database, late, ago=ago)
        endpoint, batch = await _batch(database)
        (again,) = [one for one in batch if one.attempt_id is not None]
        await _record(database, endpoint, [again], REFUSED)
        (row,) = await run(
            database,
            "SELECT next_attempt_at - esim_now() AS wait, given_up_at FROM webhook_attempts"
            " ORDER BY id DESC LIMIT 1",
        )
        if left is None:
            assert (row.wait, row.given_up_at is None) == (None, False)
        else:
            assert left - 60 < row.wait.total_seconds() <= left
        await run(database, "UPDATE webhooks SET failures = 1, next_attempt_at = NULL WHERE failures > 0")
    state = await row_of(database, 1)
    assert (state.failures, state.failing_since) == (0, None), "what is given up is not held against it"


async def test_nothing_is_read_for_an_address_that_the_endpoint_has_no_more(
    database: Database, desk: WebhookDesk
) -> None:
    endpoint, _ = await _batch(database)
    await desk.edit(OPERATOR, "WH-1", url=NEW, types=["line.groups_changed"])
    async with database.reading() as connection:
        assert await webhook_deliveries.due(connection, endpoint, 5) == []


async def test_another_address_gets_at_once_what_failed_at_the_one_before(
    database: Database, desk: WebhookDesk
) -> None:
    failed = {one.place for one in await _refused(database, TIMEOUT)}
    late = "next_attempt_at = esim_now() + interval '20 h', first_at = esim_now() - interval '70 h'"
    await run(database, f"UPDATE webhook_attempts SET number = 9, {late}")
    await desk.edit(OPERATOR, "WH-1", url=NEW)
    assert {one.place for one in (await _batch(database))[1]} >= failed
    await _refused(database)
    assert not await run(database, "SELECT id FROM webhook_attempts WHERE given_up_at IS NOT NULL")


async def test_events_of_types_that_are_not_wanted_any_more_are_not_sent_again(
    database: Database, desk: WebhookDesk
) -> None:
    endpoint, batch = await _batch(database)
    assert await _record(database, endpoint, batch[:2], REFUSED)
    await run(database, "UPDATE webhook_attempts SET next_attempt_at = esim_now()")
    sent = await _batch(database)
    await desk.edit(OPERATOR, "WH-1", url=NEW, types=["order.processed"])
    assert (await _batch(database))[1] == []
    assert not await _record(database, *sent, REFUSED), "nor what was being sent"
    assert (await _batch(database))[1] == []
    rows = await run(database, "SELECT given_up_at IS NOT NULL AS over FROM webhook_attempts")
    assert [row.over for row in rows] == [True, True]


async def test_a_call_is_known_for_thirty_days(database: Database, desk: WebhookDesk) -> None:
    for key in ("old", "young"):
        await desk.rotate(OPERATOR, "WH-1", key=key)
    await run(
        database,
        "UPDATE webhook_calls SET at = at - interval '30 d 1 s' WHERE id ="
        " (SELECT min(id) FROM webhook_calls)",
    )
    async with database.transaction() as connection:
        await webhook_calls.purge(connection)
    assert len(await run(database, "SELECT id FROM webhook_calls")) == 1
    with pytest.raises(Refused, match="was shown once"):
        await desk.rotate(OPERATOR, "WH-1", key="young")
