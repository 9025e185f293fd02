"""An endpoint that is changed while a ping is under way, or twice."""

import asyncio

import pytest

from models.operations.webhooks import WebhookState
from settings import Settings
from starter.operations.webhooks import WebhookDesk
from store.key_ring import KeyRing
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, run, world
from tests.webhooks.receiver import a_receiver

pytestmark = pytest.mark.covers("A11")
FAILS = """UPDATE webhooks SET failures = 5, failing_since = esim_now(),
    next_attempt_at = esim_now() + interval '1 h'"""


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url, secret_keys=KeyRing.new_key(), webhooks_to_loopback=True)


async def _enabled(database: Database) -> int:
    (row,) = await run(database, "SELECT count(*) AS number FROM events WHERE type = 'webhook.enabled'")
    return int(row.number)


async def test_a_ping_does_not_enable_what_was_disabled_meanwhile(
    database: Database, settings: Settings
) -> None:
    await world(database)
    desk = WebhookDesk(database, settings)

    async def disables(_host: str, _port: int) -> list[str]:
        await desk.disable(OPERATOR, "WH-1")
        return ["127.0.0.1"]

    async with a_receiver() as receiver:
        url = receiver.url.replace("127.0.0.1", "localhost")
        await desk.create(OPERATOR, url, account=ACCOUNT)
        await run(database, FAILS)
        tested = await WebhookDesk(database, settings, disables).test(OPERATOR, "WH-1")
    assert tested.answer.ok
    assert tested.webhook.state is WebhookState.DISABLED
    assert (await desk.webhook(OPERATOR, "WH-1")).state is WebhookState.DISABLED
    assert await _enabled(database) == 0


async def test_a_ping_that_is_taken_has_a_failing_receiver_tried_at_once(
    database: Database, settings: Settings
) -> None:
    await world(database)
    desk = WebhookDesk(database, settings)
    async with a_receiver() as receiver:
        await desk.create(OPERATOR, receiver.url, account=ACCOUNT)
        await run(database, FAILS)
        assert (await desk.test(OPERATOR, "WH-1")).webhook.state is WebhookState.ENABLED
    (row,) = await run(database, "SELECT next_attempt_at FROM webhooks")
    assert row.next_attempt_at is None


async def test_of_enabling_at_the_same_time_one_is_recorded(database: Database, settings: Settings) -> None:
    await world(database)
    desk = WebhookDesk(database, settings)
    async with a_receiver() as receiver:
        await desk.create(OPERATOR, receiver.url, account=ACCOUNT)
    await desk.disable(OPERATOR, "WH-1")
    async with database.transaction() as connection:
        await connection.exec_driver_sql("SELECT 1 FROM webhooks FOR UPDATE")
        both = [asyncio.create_task(desk.enable(OPERATOR, "WH-1")) for _ in range(2)]
        while True:  # until both wait for the row
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            if int((await connection.exec_driver_sql(waiting)).scalar_one()) >= 2:
                break
            await asyncio.sleep(0.02)
    await asyncio.gather(*both)
    assert await _enabled(database) == 1
