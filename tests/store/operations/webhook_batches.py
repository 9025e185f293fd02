"""Batches that are delivered to an endpoint, recorded as a worker does it."""

import pytest

from models.operations.webhooks import Answer, Outcome
from settings import Settings
from starter.operations.webhooks import WebhookDesk
from store.key_ring import KeyRing
from store.operations import webhook_deliveries
from store.operations.webhook_deliveries import Due, Endpoint
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, world
from tests.webhooks.hooked import happens

GONE = Answer(Outcome.STATUS, 410)
REFUSED = Answer(Outcome.STATUS, 400)
TIMEOUT = Answer(Outcome.TIMEOUT)
TAKEN = Answer(Outcome.DELIVERED, 204)
OLD, NEW = "http://127.0.0.1:1/old", "http://127.0.0.1:1/new"


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


async def batch_of(database: Database) -> tuple[Endpoint, list[Due]]:
    async with database.reading() as connection:
        endpoint = await webhook_deliveries.read_endpoint(connection, 1)
        return endpoint, await webhook_deliveries.due(connection, endpoint, 5)


async def recorded(database: Database, endpoint: Endpoint, batch: list[Due], answer: Answer) -> bool:
    async with database.transaction() as connection:
        return await webhook_deliveries.record(
            connection, endpoint, [(one, answer) for one in batch], jitter=1
        )


async def refused(database: Database, answer: Answer = REFUSED) -> list[Due]:
    """The next batch, which the receiver refuses."""
    endpoint, batch = await batch_of(database)
    assert await recorded(database, endpoint, batch, answer)
    return batch
