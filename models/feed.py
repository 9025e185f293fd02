"""The feed of events as an account follows it: by polls, by streams and by webhooks.

An item is the public form of an event. Its id is a cursor: the feed can be read on from it.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import Field

from models.errors import Refused
from models.events import FeedEvent
from models.identifiers import named, reference
from models.people.callers import OfAccount, OfDistributor
from models.values import View

NOW = "now"
"""Given as a cursor: only what happens from now on."""
_CURSOR = re.compile(r"([0-9]{1,18})\.([0-9]{1,20})\.([0-9]{1,18})")
_MOST_TRANSACTIONS = 2**64
_LETTERS = {
    "agent": "AG",
    "agent_before": "AG",
    "api_key": "K",
    "assignment": "PA",
    "contact": "C",
    "employee": "E",
    "esim_line": "EL",
    "group": "G",
    "licence": "LI",
    "line": "L",
    "number": "N",
    "plan": "TP",
    "purchase": "LP",
    "session": "SE",
    "sim": "S",
    "sim_in_place": "S",
    "subscriber": "SB",
    "user": "U",
    "view": "V",
    "webhook": "WH",
}
"""The records that the data of events name by row. `profile` is not among them: of travel eSIMs it is the
provider's number of an IMSI profile.
"""
_LETTERS_OF_MANY = {"contacts": "C", "groups": "G"}
"""The same of lists."""


@dataclass(frozen=True, order=True)
class Cursor:
    """A place in the feed: the last event that was read."""

    epoch: int = 0
    xid: int = 0
    id: int = 0

    def __str__(self) -> str:
        """The opaque form that is given to others."""
        plain = f"{self.epoch}.{self.xid}.{self.id}".encode()
        return base64.urlsafe_b64encode(plain).decode().rstrip("=")

    @classmethod
    def parse(cls, opaque: str) -> "Cursor":
        """Read the opaque form. Raises `Refused` (`cursor_invalid`)."""
        try:
            plain = base64.b64decode(opaque + "=" * (-len(opaque) % 4), altchars=b"-_", validate=True)
            found = _CURSOR.fullmatch(plain.decode("ascii"))
        except (binascii.Error, ValueError):
            found = None
        place = cls(*map(int, found.groups())) if found else None
        if place is None or place.xid >= _MOST_TRANSACTIONS:
            raise Refused.because("cursor_invalid")
        return place


START = Cursor()
"""Before the first event."""


class FeedItem(View):
    """Something that happened, as polls, streams and webhooks say it: ids, counts and codes alone, never a
    name, an address, a phone number, an ICCID, an activation code or a secret.
    """

    id: str = Field(description="Unique for ever, and a cursor: the feed can be read on from it.")
    type: str = Field(examples=["order.processed"])
    timestamp: datetime
    data: dict[str, Any] = Field(
        description="`about`: the ids of what it is about, the main record first. `sequence`: of two events "
        "about one record the higher one is the later. The rest is as `GET /event-types` shows it.",
        examples=[{"about": ["order-abcdefghijklmnop", "L-42"], "sequence": 4711, "sim": "S-12"}],
    )

    @classmethod
    def of(cls, event: FeedEvent) -> "FeedItem":
        """The public form of an event: what its type declares, whatever else it records. Of a type that
        this version does not know, only what it is about.
        """
        from models.event_types import CATALOGUE  # noqa: PLC0415  most commands show no event

        known = CATALOGUE.get(event.type)
        fields = known.fields if known else frozenset()
        said = data_of({name: value for name, value in event.data.items() if name in fields})
        place = {"about": [named(each) for each in event.about], "sequence": Cursor.parse(event.id).id}
        return cls(id=event.id, type=event.type, timestamp=event.at, data=place | said)


def data_of(data: Mapping[str, object]) -> dict[str, Any]:
    """What an event says: `AG-4` for the agent 4, `["C-7"]` for the contact 7, `U-3` for `user:3`."""
    shown = {name: _named(name, value) for name, value in data.items()}
    to = shown.get("to")
    return {**shown, "to": named(to)} if isinstance(to, str) else shown


def _named(name: str, value: object) -> object:
    if name in _LETTERS and isinstance(value, int):
        return reference(_LETTERS[name], value)
    if name in _LETTERS_OF_MANY and isinstance(value, list):
        return [reference(_LETTERS_OF_MANY[name], each) for each in value]
    return value


@dataclass(frozen=True)
class News:
    """An item with its place, and by what it is decided who gets it."""

    item: FeedItem
    place: Cursor
    account_id: int | None
    about: tuple[str, ...] = ()
    distributor_id: int | None = None
    """The distributor of the order that it is about."""
    travel: bool = False
    """Whether it is about travel eSIMs (T1)."""


@dataclass(frozen=True)
class FeedFilter:
    """Which events a reader gets: of its scope those of some types, or those about one record."""

    scope: OfAccount | OfDistributor
    types: frozenset[str] | None = field(default=None, repr=False)
    """None: of every type that an account may see."""
    about: str | None = None

    def accepts(self, news: News) -> bool:
        """Whether the reader gets it. `store.feed` asks the database the same."""
        scope = self.scope
        if news.account_id != scope.account_id:
            return False
        if self.types is not None and news.item.type not in self.types:
            return False
        if self.about is not None and self.about not in news.about:
            return False
        if isinstance(scope, OfDistributor):
            return news.distributor_id == scope.distributor_id
        return scope.travel or not news.travel


@dataclass(frozen=True)
class FeedPage:
    """A part of the feed, and the cursor to read on from."""

    news: tuple[News, ...]
    cursor: Cursor
    """The last event of the page; where the page is the last one, where the feed ended when it was read."""
    more: bool
    """Whether there is more to read at once."""
    wanted: FeedFilter | None = None
    over: bool = False
    """Of an order: whether it has ended. A step of it may still be held."""
    complete: bool = False
    """Whether it has ended, no step of it is held and all its events are read: nothing more will come."""
