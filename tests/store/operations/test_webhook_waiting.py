"""What waits to be sent again: begun anew after an outage or a change, and given up in the end (A11)."""

import pytest

from models.errors import Refused
from starter.operations.webhooks import WebhookDesk
from store.operations import webhook_calls, webhook_deliveries
from store.session import Database
from tests.builders import OPERATOR, run
from tests.store.operations.webhook_batches import (
    NEW,
    REFUSED,
    TAKEN,
    TIMEOUT,
    batch_of,
    desk,
    recorded,
    refused,
)
from tests.webhooks.hooked import happens, row_of

__all__ = ["desk"]
pytestmark = pytest.mark.covers("A11")


async def test_what_failed_is_due_at_once_when_its_receiver_is_there_again(
    database: Database, desk: WebhookDesk
) -> None:
    endpoint, batch = await batch_of(database)
    await recorded(database, endpoint, batch, TIMEOUT)
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

    endpoint, batch = await batch_of(database)
    assert len(batch) == 1, "it is tried with one event"
    assert await recorded(database, endpoint, batch, TAKEN)
    endpoint, batch = await batch_of(database)
    assert sum(one.attempt_id is not None for one in batch) == 4, "what failed"
    rows = await run(
        database, "SELECT number, esim_now() - first_at AS ago FROM webhook_attempts WHERE number > 0"
    )
    assert {row.number for row in rows} == {1}, "its waits are short again"
    assert all(row.ago.total_seconds() < 3600 for row in rows), "the outage is not held against it"
    await recorded(database, endpoint, batch[:1], TIMEOUT)
    assert not await run(database, "SELECT id FROM webhook_attempts WHERE given_up_at IS NOT NULL")


async def test_what_is_refused_for_good_does_not_keep_a_new_event_from_being_tried(
    database: Database, desk: WebhookDesk
) -> None:
    old = {one.place for one in await refused(database)}
    await run(database, "UPDATE webhook_attempts SET next_attempt_at = esim_now()")
    await happens(database)
    (new,) = await refused(database, TAKEN)
    assert new.place not in old
    assert (await row_of(database, 1)).failures == 0


async def test_a_receiver_that_fails_is_tried_with_old_and_new_events_by_turns(
    database: Database, desk: WebhookDesk
) -> None:
    await refused(database)
    await run(database, "UPDATE webhook_attempts SET next_attempt_at = esim_now()")
    for _ in range(4):
        await happens(database)
    sorts = [(await refused(database))[0].attempt_id is None for _ in range(4)]
    assert sorts == [True, False, True, False]


async def test_what_failed_before_an_outage_keeps_its_own_time(database: Database, desk: WebhookDesk) -> None:
    before = {one.place.id for one in await refused(database)}
    await run(
        database,
        "UPDATE webhook_attempts SET number = 4, first_at = first_at - interval '1 h',"
        " next_attempt_at = esim_now() + interval '2 h'",
    )
    await happens(database)
    await refused(database, TAKEN)
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
    (young, *_, old) = [one.place.id for one in await refused(database)]
    await run(
        database,
        "UPDATE webhook_attempts SET first_at = esim_now() - interval '72 h', next_attempt_at = esim_now()",
    )
    await happens(database)
    await refused(database, TAKEN)
    for id_ in (old, young):
        endpoint, batch = await batch_of(database)
        (again,) = [one for one in batch if one.place.id == id_]
        await recorded(database, endpoint, [again], REFUSED)
    rows = await run(database, "SELECT event_id, given_up_at FROM webhook_attempts WHERE number = 2")
    assert {row.event_id: row.given_up_at is not None for row in rows} == {old: True, young: False}


async def test_the_last_attempt_is_after_three_days(database: Database, desk: WebhookDesk) -> None:
    endpoint, batch = await batch_of(database)
    await recorded(database, endpoint, batch[:1], REFUSED)
    late = "UPDATE webhook_attempts SET number = 9, first_at = esim_now() - CAST(:ago AS text)::interval,"
    late += " next_attempt_at = esim_now() WHERE next_attempt_at IS NOT NULL"
    for ago, left in (("52 h", 20 * 3600), ("72 h", None)):
        await run(database, late, ago=ago)
        endpoint, batch = await batch_of(database)
        (again,) = [one for one in batch if one.attempt_id is not None]
        await recorded(database, endpoint, [again], REFUSED)
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
    endpoint, _ = await batch_of(database)
    await desk.edit(OPERATOR, "WH-1", url=NEW, types=["line.groups_changed"])
    async with database.reading() as connection:
        assert await webhook_deliveries.due(connection, endpoint, 5) == []


async def test_another_address_gets_at_once_what_failed_at_the_one_before(
    database: Database, desk: WebhookDesk
) -> None:
    failed = {one.place for one in await refused(database, TIMEOUT)}
    late = "next_attempt_at = esim_now() + interval '20 h', first_at = esim_now() - interval '70 h'"
    await run(database, f"UPDATE webhook_attempts SET number = 9, {late}")
    await desk.edit(OPERATOR, "WH-1", url=NEW)
    assert {one.place for one in (await batch_of(database))[1]} >= failed
    await refused(database)
    assert not await run(database, "SELECT id FROM webhook_attempts WHERE given_up_at IS NOT NULL")


async def test_events_of_types_that_are_not_wanted_any_more_are_not_sent_again(
    database: Database, desk: WebhookDesk
) -> None:
    endpoint, batch = await batch_of(database)
    assert await recorded(database, endpoint, batch[:2], REFUSED)
    await run(database, "UPDATE webhook_attempts SET next_attempt_at = esim_now()")
    sent = await batch_of(database)
    await desk.edit(OPERATOR, "WH-1", url=NEW, types=["order.processed"])
    assert (await batch_of(database))[1] == []
    assert not await recorded(database, *sent, REFUSED), "nor what was being sent"
    assert (await batch_of(database))[1] == []
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
