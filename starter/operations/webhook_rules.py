"""What a caller needs who says where events go, and which times a span of them may have (A11)."""

from collections.abc import Collection
from datetime import datetime

from models.errors import Refusal, Refused
from models.event_permissions import permission_of
from models.events import EVENT_TYPES, Audience
from models.people.callers import Caller, Permission


def require_events(caller: Caller, types: Collection[str]) -> None:
    """Who says where events go may see them. An order's may be of travel eSIMs, whatever their type. Raises
    `Refused` (`not_permitted`) with every permission that lacks.
    """
    every = types or [name for name, audience in EVENT_TYPES.items() if audience is Audience.ACCOUNT]
    missing: list[Refusal] = []
    for permission in sorted({Permission.VIEW_TRAVEL, *map(permission_of, every)}):
        try:
            caller.require(permission)
        except Refused as refused:
            missing += refused.refusals
    if missing:
        raise Refused(*missing)


def span(since: datetime | None, until: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """The span of time of which events are sent again, until now if its end is left out. Raises `Refused`
    (`webhook_replay_span`).
    """
    ends = until or now
    if since is None or since.tzinfo is None or ends.tzinfo is None or since >= min(ends, now):
        raise Refused.because("webhook_replay_span")
    return since, ends
