"""The types of events as readers see them: each with an example in the public form."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.event_types import SUBJECTS
from models.events import FeedEvent
from models.feed import Cursor, FeedItem

_NOON = datetime(2026, 11, 27, 12, 0, 0, 123_456, tzinfo=UTC)


@dataclass(frozen=True)
class Described:
    """A type of event as readers see it."""

    type: str
    subject: str
    sentence: str
    example: FeedItem
    sometimes: tuple[str, ...]
    """What other events of the type say, too."""


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
            yield Described(name, subject, declared.sentence, FeedItem.of(event), declared.sometimes)
