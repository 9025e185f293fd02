"""The provider and the people, in memory: each letter is recognised when it comes again."""

from collections import Counter

from temporalio import activity

from tests.workflows.troubles import Troubles
from workflows.messages import RemindProvider, SendMails
from workflows.steps import PeopleSteps, ProviderSteps


class FakeOutside(ProviderSteps, PeopleSteps):
    """`got` has every letter once, in the order they came; `copies` counts those that came again."""

    def __init__(self, troubles: Troubles) -> None:
        self.troubles = troubles
        self.got: list[str] = []
        self.copies: Counter[str] = Counter()
        self.retries: dict[str, int] = {}

    @activity.defn
    async def submit_to_provider(self, step: SendMails) -> None:
        await self._take("submit_to_provider", "order", step)

    @activity.defn
    async def remind_provider(self, step: RemindProvider) -> None:
        await self._take("remind_provider", f"reminder {step.number} in {step.waiting_in}", step)

    @activity.defn
    async def withdraw_from_provider(self, step: SendMails) -> None:
        await self._take("withdraw_from_provider", "withdrawal", step)

    @activity.defn
    async def tell_people(self, step: SendMails) -> None:
        await self._take("tell_people", "news", step)

    async def _take(self, step: str, letter: str, message: SendMails) -> None:
        async with self.troubles.around(step):
            self.retries[step] = message.retries
            self.copies[f"{message.order_id} {letter}"] += 1
            if self.copies[f"{message.order_id} {letter}"] == 1:
                self.got.append(letter)
