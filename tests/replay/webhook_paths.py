"""The ways the deliveries to an endpoint can go, each driven once to be recorded."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowHandle

from tests.temporal_server import comes_true
from tests.workflows.codes.qr_house import QrHouse
from tests.workflows.operations.ways import webhook, webhook_id
from workflows.operations.messages import EventsDelivered
from workflows.operations.webhook import EsimWebhook

Handle = WorkflowHandle[Any, Any]
Path = Callable[[QrHouse], Awaitable[Handle]]


async def webhook_delivered(house: QrHouse) -> Handle:
    house.webhooks.left[webhook_id(house)] = [EventsDelivered(delivered=40, more=True)]
    return await webhook(house)


async def webhook_that_waits(house: QrHouse) -> Handle:
    house.webhooks.left[webhook_id(house)] = [EventsDelivered(failed=3, wait=timedelta(seconds=1))]
    return await webhook(house)


async def webhook_woken(house: QrHouse) -> Handle:
    house.webhooks.left[webhook_id(house)] = [EventsDelivered(failed=3, wait=timedelta(days=1))]
    handle = await webhook(house)
    await comes_true(lambda: house.webhooks.executed[handle.id] == 1)
    await handle.signal(EsimWebhook.wake)
    return handle


WEBHOOK_PATHS: tuple[Path, ...] = (webhook_delivered, webhook_that_waits, webhook_woken)
