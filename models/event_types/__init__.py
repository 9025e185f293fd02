"""The catalogue: every type of event that an account sees, with a sentence and an example.

docs/events.md and `GET /api/v1/event-types` are made of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.event_types.codes import CODES
from models.event_types.declared import EventType
from models.event_types.licences import LICENCES
from models.event_types.operations import OPERATIONS
from models.event_types.orders import ORDERS
from models.event_types.people import PEOPLE
from models.event_types.travel import TRAVEL
from models.event_types.webhooks import WEBHOOKS
from models.events import FeedEvent
from models.feed import Cursor, FeedItem

SUBJECTS: Mapping[str, Mapping[str, EventType]] = {
    "Orders and SIMs": ORDERS,
    "QR codes, notifications and links": CODES,
    "Licences, numbers and agents": LICENCES,
    "Travel eSIMs": TRAVEL,
    "The account and its people": PEOPLE,
    "Jobs": OPERATIONS,
    "Webhooks": WEBHOOKS,
}
CATALOGUE: dict[str, EventType] = {
    name: declared for subject in SUBJECTS.values() for name, declared in subject.items()
}
_NOON = datetime(2026, 11, 27, 12, 0, 0, 123_456, tzinfo=UTC)


@dataclass(frozen=True)
class Described:
    """A type of event as readers see it."""

    type: str
    subject: str
    sentence: str
    example: FeedItem


def described() -> Iterator[Described]:
    """Every type of the catalogue with its example in the public form."""
    number = 0
    for subject, types in SUBJECTS.items():
        for name, declared in types.items():
            number += 1
            event = FeedEvent(
                id=str(Cursor(1, 1000 + number, number)),
                account_id=1,
                at=_NOON + timedelta(minutes=number),
                actor="user:3",
                type=name,
                data=dict(declared.data),
                about=declared.about,
            )
            yield Described(name, subject, declared.sentence, FeedItem.of(event))
