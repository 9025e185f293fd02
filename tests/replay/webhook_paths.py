"""The ways the deliveries to an endpoint can go, each driven once to be recorded."""

from collections.abc import Awaitable, Callable
from typing import Any

from temporalio.client import WorkflowHandle

from tests.workflows.codes.qr_house import QrHouse
from tests.workflows.operations.ways import webhook, webhook_id
from workflows.operations.messages import EventsDelivered
from workflows.operations.webhook import EsimWebhook

Handle = WorkflowHandle[Any, Any]
Path = Callable[[QrHouse], Awaitable[Handle]]


async def webhook_delivered(house: QrHouse) -> Handle:
    house.webhooks.left[webhook_id(house)] = [EventsDelivered(delivered=40)]
    return await webhook(house)


async def webhook_woken(house: QrHouse) -> Handle:
    async def woken() -> None:
        await house.client.get_workflow_handle(webhook_id(house)).signal(EsimWebhook.wake)

    house.webhooks.left[webhook_id(house)] = [EventsDelivered(failed=3), EventsDelivered(delivered=2)]
    house.webhooks.at_the_end[webhook_id(house)] = [woken]
    return await webhook(house)


WEBHOOK_PATHS: tuple[Path, ...] = (webhook_delivered, webhook_woken)
