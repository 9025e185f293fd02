"""The account's own stock as the provider of orders about travel eSIMs: it answers at once, or once an eSIM
of the right profile has arrived.
"""

from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from models.orders.lifecycle import OPEN, OrderKind, OrderStatus
from models.orders.placement import ProviderAnswer
from outbox.links import Links
from outbox.sender import Outbox
from providers.port import NoStock
from store.session import Database
from store.travel import stock

Alert = Callable[[Sequence[str]], Awaitable[None]]
"""Has these notices sent to the staff at once; it must not fail, as the sweep sends what is left."""
_WITH_ESIM = (OrderKind.ADD_LINE, OrderKind.REPLACE_LINE_ESIM)
_NOTHING = ProviderAnswer()
_DONE = ProviderAnswer(acknowledged=True, processed=True)


async def by_the_sweep(_: Sequence[str]) -> None:
    """Leave the notices to the sweep."""


class FromStock:
    """Reserves an eSIM for each order that needs one. A repeat finds the eSIM that is reserved already."""

    def __init__(self, database: Database, _: Outbox, __: Links, alert: Alert = by_the_sweep) -> None:
        self._database = database
        self._alert = alert

    async def submit(self, order_id: str, kind: str, retries: int) -> ProviderAnswer:
        """The order is acknowledged and processed, with the reserved eSIM; a cancelled one gets no answer.
        Raises `NoStock`: then the order waits, which is recorded, and is asked for again once there is stock.
        """
        async with self._database.transaction() as connection:
            answer, alerts = await _answer(connection, order_id)
        if alerts:
            await self._alert(alerts)
        if answer is None:
            raise NoStock
        return answer

    async def remind(
        self, order_id: str, kind: str, waiting_in: OrderStatus, number: int, retries: int
    ) -> None:
        """There is no one to remind."""

    async def again(self, order_id: str, kind: str, asked: int, retries: int) -> None:
        """There is no one to hand it over to."""

    async def withdraw(self, order_id: str, kind: str, retries: int) -> None:
        """There is no one to notify: the cancel itself has put the eSIM back."""


async def _answer(
    connection: AsyncConnection, order_id: str
) -> tuple[ProviderAnswer | None, tuple[str, ...]]:
    """What the stock answers, None if the order waits for an eSIM; and the alerts that this leads to."""
    asked = await stock.lock_order(connection, order_id)
    if asked is None or asked.status is OrderStatus.CANCELLED:
        return _NOTHING, ()
    if asked.kind not in _WITH_ESIM or asked.status not in OPEN:
        return _DONE, ()
    found = await stock.reserve(connection, order_id, asked.account_id, asked.profile)
    if found.esim is None:
        return None, found.alerts
    return _DONE.model_copy(update={"iccid": found.esim.iccid}), found.alerts
