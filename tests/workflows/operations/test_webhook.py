"""The workflow of an endpoint lives for one turn: its receiver's waits are in the database."""

import pytest

from tests.workflows.codes.qr_house import QrHouse
from tests.workflows.operations.ways import webhook, webhook_id
from workflows.operations.messages import EventsDelivered
from workflows.operations.webhook import EsimWebhook

pytestmark = pytest.mark.covers("A11")


async def test_it_ends_when_its_turn_is_over(qr_house: QrHouse) -> None:
    qr_house.webhooks.left[webhook_id(qr_house)] = [EventsDelivered(delivered=40, failed=2)]
    handle = await webhook(qr_house)
    assert await handle.result() == 40
    assert qr_house.webhooks.executed[handle.id] == 1


async def test_a_turn_that_begins_while_it_ends_is_taken(qr_house: QrHouse) -> None:
    async def woken() -> None:
        await qr_house.client.get_workflow_handle(webhook_id(qr_house)).signal(EsimWebhook.wake)

    qr_house.webhooks.left[webhook_id(qr_house)] = [
        EventsDelivered(delivered=40, failed=2),
        EventsDelivered(delivered=2),
    ]
    qr_house.webhooks.at_the_end[webhook_id(qr_house)] = [woken]
    handle = await webhook(qr_house)
    assert await handle.result() == 42
    assert qr_house.webhooks.executed[handle.id] == 2
