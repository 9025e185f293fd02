"""Deliveries to endpoints without a database: nothing is due."""

from collections import defaultdict

from tests.workflows.troubles import Troubles
from workflows.operations.messages import DeliverEvents, EventsDelivered
from workflows.operations.steps import WebhookSteps


class FakeWebhooks(WebhookSteps):
    """`left`: what each execution answers; nothing is due after the last."""

    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles
        self.left: dict[str, list[EventsDelivered]] = defaultdict(list)
        self.executed: dict[str, int] = defaultdict(int)

    async def deliver_events(self, webhook: DeliverEvents) -> EventsDelivered:
        async with self._troubles.around("deliver_events"):
            self.executed[webhook.webhook_id] += 1
        left = self.left[webhook.webhook_id]
        return left.pop(0) if left else EventsDelivered()
