"""The e-mails of orders about travel eSIMs; their texts are in `wording/travel`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from models.orders.lifecycle import OrderStatus
from outbox.sender import Outgoing
from store.mail_subjects import Person


class TravelEmails:
    """The e-mails of all three kinds of order about travel eSIMs; see `outbox.orders.OrderEmails`."""

    def to_people(self, status: OrderStatus) -> Sequence[str]:
        """None yet."""
        return ()

    async def read(self, connection: AsyncConnection, order_id: str) -> Any:
        """None yet."""
        raise NotImplementedError

    def outgoing(self, facts: Any, step: str) -> list[Outgoing]:
        """None yet."""
        raise NotImplementedError

    def to_provider(self, facts: Any, purpose: str, contact: Person, number: int = 0) -> Outgoing:
        """The stock gets no e-mails."""
        raise NotImplementedError
