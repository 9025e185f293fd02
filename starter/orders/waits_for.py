"""What an open order waits for, and until when it is left alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.orders.lifecycle import OPEN, OrderStatus
from models.orders.views import OrderView
from settings import Settings


@dataclass(frozen=True)
class Waits:
    """What an order waits for."""

    what: str
    """`sending`, `acknowledgement`, `processing`, `stock`."""
    until: datetime | None = None
    """When it is held for a person if nothing comes; None if it is held already, and while it waits for
    stock.
    """


def waits_for(order: OrderView, settings: Settings) -> Waits | None:
    """None if it is over, and for an order from stock that waits for nothing."""
    if order.status not in OPEN:
        return None
    if order.details and order.details.waits_for:
        return Waits(order.details.waits_for)
    if any(each.is_order for each in order.not_sent):
        return Waits("sending")
    if order.distributor is None:  # served from stock: no acknowledgement is expected
        return None
    chosen = order.reminders.of_orders if order.reminders else {}
    what, name = {
        OrderStatus.SUBMITTED: ("acknowledgement", "acknowledgement_reminder_after"),
        OrderStatus.PROVIDER_PROCESSING: ("processing", "processing_reminder_after"),
    }[order.status]
    after: timedelta = chosen.get(name, getattr(settings, name))
    reminders: int = chosen.get("reminders", settings.reminders)
    return Waits(what, None if order.holds else order.status_since + after * (reminders + 1))
