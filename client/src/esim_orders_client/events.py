"""Events, as streams, lists and webhooks bring them."""

from datetime import datetime

from esim_orders_client.model import Model


class EventData(Model):
    """What an event is about, by ids, and what changed: counts and codes, in `model_extra`. It has no names,
    numbers or secrets: ask the API for the record.
    """

    about: tuple[str, ...] = ()
    """The records, the main one first: an order, `S-12`, `L-42`."""


class Event(Model):
    """Something that happened."""

    id: str
    """The same at every delivery; also the place to continue from (`after=`)."""
    type: str
    """Such as `order.processed`; new types may come."""
    timestamp: datetime
    data: EventData
