"""A secret that is rotated again, also while its endpoint is deleted or delivered to (A11)."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection
from standardwebhooks.webhooks import WebhookVerificationError

from models.errors import NotFound, Refused
from models.operations.webhooks import MOST_EARLIER_SECRETS
from settings import Settings
from starter.operations.webhooks import WebhookDesk
from store.key_ring import KeyRing
from store.operations import webhook_rotations
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, run, world
from tests.temporal_server import eventually
from tests.webhooks.receiver import Received, a_receiver

pytestmark = pytest.mark.covers("A11")
PUBLIC = "https://8.8.8.8/hooks"
EARLIER = "SELECT secret FROM webhook_earlier_secrets"


@pytest.fixture
async def desk(database: Database, database_url: str) -> WebhookDesk:
    await world(database)
    settings = Settings(database_url=database_url, secret_keys=KeyRing.new_key(), webhooks_to_loopback=True)
    return WebhookDesk(database, settings)


def refuses(request: Received, secret: str) -> bool:
    """Whether a receiver with this secret refuses the request."""
    try:
        request.verified(secret)
    except WebhookVerificationError:
        return True
    return False


async def wait(connection: AsyncConnection, number: int) -> None:
    """Until so many transactions wait for this one."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"

    async def waits() -> int:
        return int((await connection.exec_driver_sql(waiting)).scalar_one())

    await eventually(waits, lambda found: found >= number)


async def test_each_secret_signs_until_its_own_time_is_over(desk: WebhookDesk, database: Database) -> None:
    async with a_receiver() as receiver:
        first = await desk.create(OPERATOR, receiver.url, account=ACCOUNT)
        second = await desk.rotate(OPERATOR, "WH-1", keep=timedelta(hours=48))
        third = await desk.rotate(OPERATOR, "WH-1")
        secrets = [made.secret for made in (first, second, third)]
        await desk.test(OPERATOR, "WH-1")
        assert [refuses(receiver.requests[-1], secret) for secret in secrets] == [False, False, False]
        assert third.view.secret_rotates_until == second.view.secret_rotates_until, "the first signs longest"

        over = "UPDATE webhook_earlier_secrets SET until = esim_now() WHERE id ="
        await run(database, f"{over} (SELECT max(id) FROM webhook_earlier_secrets)")
        await desk.test(OPERATOR, "WH-1")
        assert [refuses(receiver.requests[-1], secret) for secret in secrets] == [False, True, False]

        fourth = await desk.rotate(OPERATOR, "WH-1", keep=timedelta())
        await desk.test(OPERATOR, "WH-1")
        assert [refuses(receiver.requests[-1], secret) for secret in secrets] == [True, True, True]
        receiver.requests[-1].verified(fourth.secret)
        assert fourth.view.secret_rotates_until is None
        assert await run(database, EARLIER) == []


async def test_a_secret_whose_time_is_over_is_deleted(desk: WebhookDesk, database: Database) -> None:
    await desk.create(OPERATOR, PUBLIC, account=ACCOUNT)
    for _ in range(2):
        await desk.rotate(OPERATOR, "WH-1")
    await run(database, "UPDATE webhook_earlier_secrets SET until = esim_now() WHERE id = 1")
    async with database.transaction() as connection:
        await webhook_rotations.remove_expired(connection)
    assert [row.id for row in await run(database, "SELECT id FROM webhook_earlier_secrets")] == [2]
    await run(database, "UPDATE webhook_earlier_secrets SET until = esim_now()")
    await desk.rotate(OPERATOR, "WH-1")
    assert [row.id for row in await run(database, "SELECT id FROM webhook_earlier_secrets")] == [3]


async def test_so_many_secrets_sign_at_most_and_none_is_dropped_for_another(
    desk: WebhookDesk, database: Database
) -> None:
    await desk.create(OPERATOR, PUBLIC, account=ACCOUNT)
    for _ in range(MOST_EARLIER_SECRETS):
        await desk.rotate(OPERATOR, "WH-1")
    with pytest.raises(Refused) as refused:
        await desk.rotate(OPERATOR, "WH-1")
    assert refused.value.refusals[0].code == "too_many_secrets"
    assert len(await run(database, EARLIER)) == MOST_EARLIER_SECRETS
    await desk.rotate(OPERATOR, "WH-1", keep=timedelta())


@pytest.mark.parametrize("act", ["rotate", "disable", "enable", "test", "delete"])
async def test_an_endpoint_that_is_deleted_meanwhile_is_unknown(
    desk: WebhookDesk, database: Database, act: str
) -> None:
    await desk.create(OPERATOR, PUBLIC, account=ACCOUNT)
    async with database.transaction() as connection:
        await connection.exec_driver_sql("DELETE FROM webhooks")
        acts = asyncio.create_task(getattr(desk, act)(OPERATOR, "WH-1"))
        await wait(connection, 1)
    with pytest.raises(NotFound):
        await acts
