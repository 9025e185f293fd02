"""The workflow of an endpoint lives while something is due: it waits while its receiver fails, and a signal
has it look at once.
"""

import asyncio
from datetime import timedelta

import pytest

from tests.temporal_server import comes_true
from tests.workflows.codes.qr_house import QrHouse
from tests.workflows.operations.ways import webhook, webhook_id
from workflows.operations.messages import EventsDelivered
from workflows.operations.webhook import EsimWebhook

pytestmark = pytest.mark.covers("A11")


async def test_it_ends_when_nothing_is_due(qr_house: QrHouse) -> None:
    qr_house.webhooks.left[webhook_id(qr_house)] = [
        EventsDelivered(delivered=40, failed=2, more=True),
        EventsDelivered(delivered=2, wait=timedelta(seconds=1)),
    ]
    handle = await webhook(qr_house)
    assert await handle.result() == 42
    assert qr_house.webhooks.executed[handle.id] == 3


async def test_a_signal_ends_its_wait(qr_house: QrHouse) -> None:
    qr_house.webhooks.left[webhook_id(qr_house)] = [EventsDelivered(failed=1, wait=timedelta(days=1))]
    handle = await webhook(qr_house)
    await comes_true(lambda: qr_house.webhooks.executed[handle.id] == 1)
    await handle.signal(EsimWebhook.wake)
    assert await asyncio.wait_for(handle.result(), 30) == 0
    assert qr_house.webhooks.executed[handle.id] == 2
