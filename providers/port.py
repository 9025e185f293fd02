"""What every way of reaching a provider can do. Each call may be repeated and is then recognised."""

from typing import Protocol

from models.errors import EsimError
from models.orders.lifecycle import OrderStatus
from models.orders.placement import ProviderAnswer


class NoOrderContact(EsimError):
    """The order's distributor has nobody whom orders are sent to."""


class Provider(Protocol):
    """The party that turns an order into an eSIM. `retries` counts a person's retries of this call."""

    async def submit(self, order_id: str, kind: str, retries: int) -> ProviderAnswer:
        """Hand the order over; what the provider answers at once. Asked again, it answers alike."""

    async def remind(
        self, order_id: str, kind: str, waiting_in: OrderStatus, number: int, retries: int
    ) -> None:
        """Ask, for the `number`th time in this status, for the answer that does not come."""

    async def withdraw(self, order_id: str, kind: str, retries: int) -> None:
        """Say that the order is cancelled, if it was handed over or may have been."""
