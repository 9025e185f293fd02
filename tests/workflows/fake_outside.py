"""The provider and the people, in memory: each letter is recognised when it comes again."""

from collections import Counter
from datetime import timedelta

from models.orders.placement import ProviderAnswer, Reminded
from tests.workflows.troubles import Troubles
from workflows.orders.messages import EmailInput, ProviderInput, RemindInput
from workflows.orders.steps import PeopleSteps, ProviderSteps


class FakeOutside(ProviderSteps, PeopleSteps):
    """`got` has every letter once, in the order they came; `copies` counts those that came again.

    Troubles of e-mails other than `people` are under `send_email:NAME`.
    """

    def __init__(self, troubles: Troubles) -> None:
        self.troubles = troubles
        self.got: list[str] = []
        self.copies: Counter[str] = Counter()
        self.retries: dict[str, int] = {}
        self.answer = ProviderAnswer()
        self.due_in: timedelta | None = None
        """What the database's clock says of a reminder; None: it is due."""

    async def submit_to_provider(self, order: ProviderInput) -> ProviderAnswer:
        await self._take("submit_to_provider", "order", order)
        return self.answer

    async def remind_provider(self, order: RemindInput) -> Reminded:
        if self.due_in is not None:
            return Reminded(due_in=self.due_in)
        if order.number is not None:
            await self._take("remind_provider", f"reminder {order.number} in {order.waiting_in}", order)
        return Reminded()

    async def withdraw_from_provider(self, order: ProviderInput) -> None:
        await self._take("withdraw_from_provider", "withdrawal", order)

    async def send_email(self, email: EmailInput) -> None:
        if email.email == "people":
            await self._take("send_email", "news", email)
        else:
            await self._take(f"send_email:{email.email}", email.email, email)

    async def _take(self, step: str, letter: str, message: ProviderInput | EmailInput) -> None:
        async with self.troubles.around(step):
            self.retries[step] = message.retries
            self.copies[f"{message.order_id} {letter}"] += 1
            if self.copies[f"{message.order_id} {letter}"] == 1:
                self.got.append(letter)
