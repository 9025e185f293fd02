"""The port that every way of reaching a provider implements. Each call may be repeated and is idempotent."""

from typing import Protocol

from models.errors import EsimError
from models.orders.lifecycle import OrderStatus
from models.orders.placement import ProviderAnswer


class NoOrderContact(EsimError):
    """The order's distributor has no contact with the role `order`."""


class NoStock(EsimError):
    """No eSIM of the order's IMSI profile is free."""

    def __init__(self) -> None:
        super().__init__("No eSIM of the order's IMSI profile is in stock.")


class Provider(Protocol):
    """The mobile operator that processes an order. `retries` counts an operator's retries of this call."""

    async def submit(self, order_id: str, kind: str, retries: int) -> ProviderAnswer:
        """Hand the order over; returns what the provider answers at once. A repeat returns the same."""

    async def remind(
        self, order_id: str, kind: str, waiting_in: OrderStatus, number: int, retries: int
    ) -> None:
        """Send the reminder of this number in this status."""

    async def again(self, order_id: str, kind: str, asked: int, retries: int) -> None:
        """Hand the open order over once more, as a user has asked: `asked` is the follow-up that says so."""

    async def withdraw(self, order_id: str, kind: str, retries: int) -> None:
        """Notify that the order is cancelled, if it was handed over or may have been."""
