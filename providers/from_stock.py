"""The account's own stock as the provider of orders about travel eSIMs: it answers at once, or once an eSIM
of the right profile has arrived.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from models.orders.lifecycle import OPEN, OrderKind, OrderStatus
from models.orders.placement import ProviderAnswer
from outbox.sender import Outbox
from providers.port import NoStock
from store.session import Database
from store.travel import stock

_WITH_ESIM = (OrderKind.ADD_LINE, OrderKind.REPLACE_LINE_ESIM)


class FromStock:
    """Reserves an eSIM for each order that needs one. A repeat finds the eSIM that is reserved already."""

    def __init__(self, database: Database, _: Outbox) -> None:
        self._database = database

    async def submit(self, order_id: str, kind: str, retries: int) -> ProviderAnswer:
        """The order is acknowledged and processed, with the reserved eSIM; a cancelled one gets no answer.
        Raises `NoStock`: then the order waits, which is recorded, and is asked for again once there is stock.
        """
        async with self._database.transaction() as connection:
            answer = await _answer(connection, order_id)
        if answer is None:
            raise NoStock
        return answer

    async def remind(
        self, order_id: str, kind: str, waiting_in: OrderStatus, number: int, retries: int
    ) -> None:
        """There is no one to remind."""

    async def withdraw(self, order_id: str, kind: str, retries: int) -> None:
        """There is no one to notify: the cancel itself has put the eSIM back."""


async def _answer(connection: AsyncConnection, order_id: str) -> ProviderAnswer | None:
    """What the stock answers; None if the order waits for an eSIM."""
    asked = await stock.lock_order(connection, order_id)
    if asked is None or asked.status is OrderStatus.CANCELLED:
        return ProviderAnswer()
    if asked.kind not in _WITH_ESIM or asked.status not in OPEN:
        return ProviderAnswer(acknowledged=True, processed=True)
    esim = await stock.reserve(connection, order_id, asked.account_id, asked.profile)
    if esim is None:
        return None
    return ProviderAnswer(acknowledged=True, processed=True, iccid=esim.iccid)
