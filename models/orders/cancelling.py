"""Which permissions allow cancelling an order (F43, F44)."""

from collections.abc import Collection

from models.orders.lifecycle import OrderStatus
from models.people.callers import Permission

_PLACING_CANCELS = frozenset({OrderStatus.SUBMITTED, OrderStatus.CANCELLED})


def cancelling(status: OrderStatus, placing: Permission) -> frozenset[Permission]:
    """The permissions, any of which allows cancelling an order in this status.

    Before the acknowledgement, the permission to place it (`placing`) is enough. So it is for a cancelled
    order: cancelling is idempotent, and the call may be repeated.
    """
    if status in _PLACING_CANCELS:
        return frozenset({Permission.CANCEL_ORDERS, placing})
    return frozenset({Permission.CANCEL_ORDERS})


def may_cancel(permissions: Collection[Permission], status: OrderStatus, placing: Permission) -> bool:
    """Whether these permissions allow cancelling an order in this status."""
    return not cancelling(status, placing).isdisjoint(permissions)
