"""No test appends an event that says more than its type declares, for that is all that the feed shows, and no
event shows an address, a number or a secret there.

So the events of everything that tests do are looked at, not the examples of the catalogue alone.
"""

import re
from datetime import UTC, datetime
from typing import Any

from models.event_types import CATALOGUE
from models.events import FeedEvent
from models.feed import Cursor, FeedItem
from store import event_parts, events
from store.events import Happening

PERSONAL = re.compile(
    r"@|\+[0-9]{6}|LPA:|1\$|(?<![0-9])0[1-9]([ .]?[0-9]{2}){4}|esim_(live|test)_|whsec_|89[0-9]{16,18}"
)
NAMES = re.compile(r'"(name|email|address|msisdn|phone|matching_id|code|token|password)":')
_RANDOM = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}")
wrong: list[str] = []
"""What was wrong with the events of this test. A step that appends one does not say so: it is tried again."""
any_row_of = events.row_of
"""Of any event, as the product makes it."""


def public(type_: str, data: dict[str, Any], about: tuple[str, ...] = ("line:42",)) -> str:
    """What the feed shows of an event, without its time, and without ids by chance: one of 700 has the digits
    of a phone number.
    """
    id_ = str(Cursor(1, 1, 1))
    event = FeedEvent(
        id=id_, account_id=1, at=datetime.now(UTC), actor="system", type=type_, data=data, about=about
    )
    return _RANDOM.sub("", FeedItem.of(event).model_dump_json(exclude={"timestamp"}))


def undeclared(type_: str, data: dict[str, Any]) -> set[str]:
    """The fields of an event that its type does not declare."""
    known = CATALOGUE.get(type_)
    return set(data) - known.fields - set(known.history) if known else set()


def declared_row_of(about: tuple[str, ...], happened: Happening) -> dict[str, Any]:
    """`store.events.row_of`, of events that say what their type declares."""
    row = any_row_of(about, happened)
    type_, data = happened
    if said := undeclared(type_, data):
        wrong.append(f"{type_} says {said}: see models/event_types")
    if type_ in CATALOGUE:
        shown = public(type_, data, about)
        if PERSONAL.search(shown) or NAMES.search(shown):
            wrong.append(f"The feed shows something personal: {shown}")
    assert not wrong, wrong[0]
    return row


def look_at_all() -> None:
    """From now on, at whatever this process appends."""
    events.row_of = declared_row_of
    event_parts.row_of = declared_row_of  # type: ignore[attr-defined]
