"""What a caller needs who says where events go, and which times a span of them may have (A11)."""

from collections.abc import Collection
from datetime import datetime

from models.errors import Refused
from models.event_permissions import permission_of
from models.events import EVENT_TYPES, Audience
from models.people.callers import Caller, Permission


def require_events(caller: Caller, types: Collection[str]) -> None:
    """Who says where events go may see them. An order's may be of travel eSIMs, whatever their type."""
    caller.require(Permission.VIEW_TRAVEL)
    every = types or [name for name, audience in EVENT_TYPES.items() if audience is Audience.ACCOUNT]
    for permission in sorted({permission_of(name) for name in every}):
        caller.require(permission)


def moment(at: datetime | None) -> datetime:
    """The time, with its time zone. Raises `Refused` (`webhook_replay_choice`)."""
    if at is None or at.tzinfo is None:
        raise Refused.because("webhook_replay_choice")
    return at
