"""Deliveries to endpoints without a database: nothing is due."""

from collections import defaultdict
from collections.abc import Awaitable, Callable

from tests.workflows.troubles import Troubles
from workflows.operations.messages import DeliverEvents, EventsDelivered
from workflows.operations.steps import WebhookSteps


class FakeWebhooks(WebhookSteps):
    """`left`: what each execution answers; nothing is due after the last. `at_the_end`: what happens just
    before it answers.
    """

    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles
        self.left: dict[str, list[EventsDelivered]] = defaultdict(list)
        self.at_the_end: dict[str, list[Callable[[], Awaitable[None]]]] = defaultdict(list)
        self.executed: dict[str, int] = defaultdict(int)

    async def deliver_events(self, webhook: DeliverEvents) -> EventsDelivered:
        async with self._troubles.around("deliver_events"):
            self.executed[webhook.webhook_id] += 1
        for happens in self.at_the_end.pop(webhook.webhook_id, []):
            await happens()
        left = self.left[webhook.webhook_id]
        return left.pop(0) if left else EventsDelivered()
