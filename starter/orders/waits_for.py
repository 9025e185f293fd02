"""What an open order waits for, and until when it is left alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

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


class _Wait(NamedTuple):
    what: str
    setting: str
    """The name of the time until the first reminder."""


_FOR = {
    OrderStatus.SUBMITTED: _Wait("acknowledgement", "acknowledgement_reminder_after"),
    OrderStatus.PROVIDER_PROCESSING: _Wait("processing", "processing_reminder_after"),
}


def late_after(settings: Settings) -> dict[OrderStatus, timedelta]:
    """How long an order may be in a status until its distributor is reminded, where its account has chosen
    nothing else: from then on it is late.
    """
    return {status: getattr(settings, wait.setting) for status, wait in _FOR.items()}


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
    until = order.status_since + _reminded_after(order, settings) * (_reminders(order, settings) + 1)
    return Waits(_FOR[order.status].what, None if order.holds else until)


def is_late(order: OrderView, at: datetime, settings: Settings) -> bool:
    """Whether an open order has been in its status for longer than until the first reminder."""
    return order.status in OPEN and at > order.status_since + _reminded_after(order, settings)


def _reminded_after(order: OrderView, settings: Settings) -> timedelta:
    """As the order's account had chosen when it was placed, else as the platform's settings say."""
    name = _FOR[order.status].setting
    chosen = order.reminders.of_orders if order.reminders else {}
    after: timedelta = chosen.get(name, getattr(settings, name))
    return after


def _reminders(order: OrderView, settings: Settings) -> int:
    chosen = order.reminders.of_orders if order.reminders else {}
    number: int = chosen.get("reminders", settings.reminders)
    return number
