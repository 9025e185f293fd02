"""How the row of an order, of a request or of a notification learns that a person is waited for."""

from typing import Any, Protocol

from models.lifecycle import HoldReason
from workflows.messages import HoldOrder, HoldQr, ReleaseOrder, ReleaseQr
from workflows.steps import OrderSteps, QrSteps

Mark = tuple[Any, Any]
"""A step and its input."""


class Marks(Protocol):
    """The two steps that record a hold, and their inputs."""

    def held(self, reason: HoldReason) -> Mark:
        """It waits for a person."""

    def released(self, actor: str, *, given_up: bool) -> Mark:
        """It goes on."""


class OrderMarks:
    """In the order's row."""

    def __init__(self, order_id: str) -> None:
        self._id = order_id

    def held(self, reason: HoldReason) -> Mark:
        """The order waits for a person."""
        return OrderSteps.hold_order, HoldOrder(order_id=self._id, reason=reason)

    def released(self, actor: str, *, given_up: bool) -> Mark:
        """The order goes on."""
        return OrderSteps.release_order, ReleaseOrder(order_id=self._id, actor=actor, given_up=given_up)


class QrMarks:
    """In the row of a request or of a notification, told apart by the id."""

    def __init__(self, qr_id: str) -> None:
        self._id = qr_id

    def held(self, reason: HoldReason) -> Mark:
        """It waits for a person."""
        return QrSteps.hold_qr, HoldQr(id=self._id, reason=reason)

    def released(self, actor: str, *, given_up: bool) -> Mark:
        """It goes on."""
        return QrSteps.release_qr, ReleaseQr(id=self._id, actor=actor, given_up=given_up)
