"""What happened, as every answer of the API says it: people and records by their ids."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import Field

from models.events import EventView
from models.feed import data_of
from models.identifiers import named
from portal.api.fields import Resource

ACTORS = "`U-3`, `C-7`, `link:12`, `operator`, `provider` or `system`."
"""Who may have done something, for the reference."""


class EventResource(Resource):
    """Something that happened."""

    at: datetime
    type: str = Field(examples=["order.submitted"])
    actor: str = Field(description=ACTORS, examples=["U-3"])
    data: dict[str, Any]


def events_of(events: Iterable[EventView]) -> list[EventResource]:
    """What happened, in its sequence."""
    return [
        EventResource(at=event.at, type=event.type, actor=named(event.actor), data=data_of(event.data))
        for event in events
    ]
