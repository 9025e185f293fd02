"""What happened, as every answer of the API says it: people and records by their ids."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from models.events import EventView
from models.identifiers import named, reference
from portal.api.fields import Resource

ACTORS = "`U-3`, `C-7`, `link:12`, `operator`, `provider` or `system`."
"""Who may have done something, for the reference."""
_LETTERS = {
    "agent": "AG",
    "agent_before": "AG",
    "api_key": "K",
    "assignment": "PA",
    "employee": "E",
    "licence": "LI",
    "sim": "S",
}
"""The records that the data of events name by row."""


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


def data_of(data: Mapping[str, object]) -> dict[str, Any]:
    """What an event says: `AG-4` for the agent 4, `U-3` for `user:3`."""
    shown = {
        name: reference(_LETTERS[name], value) if name in _LETTERS and isinstance(value, int) else value
        for name, value in data.items()
    }
    to = shown.get("to")
    return {**shown, "to": named(to)} if isinstance(to, str) else shown
