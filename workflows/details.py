"""What an operator reads about one workflow in the Temporal Web UI, as markdown without personal data."""

from collections.abc import Sequence
from datetime import datetime

from models.lifecycle import OrderStatus
from workflows.step_runner import Hold

Timeline = Sequence[tuple[datetime, str]]
_CALLS = {
    OrderStatus.SUBMITTED: ("acknowledge", "cancel"),
    OrderStatus.PROVIDER_PROCESSING: ("enter_iccid", "processed", "cancel"),
}
_WAITS = {
    OrderStatus.SUBMITTED: "the provider's acknowledgement",
    OrderStatus.PROVIDER_PROCESSING: "the provider's word that the order is processed",
}


def order_details(
    status: OrderStatus,
    timeline: Timeline,
    waiting_since: datetime,
    next_reminder: datetime | None,
    holds: Sequence[Hold],
) -> str:
    """Where the order is, what it waits for, what a person can do, and what happened so far."""
    waits = _WAITS.get(status)
    return details(
        status.label,
        holds,
        timeline,
        waits=waiting(waits, waiting_since, next_reminder) if waits else None,
        calls=_CALLS.get(status, ()),
    )


def waiting(what: str, since: datetime, next_reminder: datetime | None) -> str:
    """What is waited for, since when, and until when nobody is reminded."""
    until = f", next reminder {_time(next_reminder)}" if next_reminder else ""
    return f"Waits for {what} since {_time(since)}{until}."


def waiting_until(what: str, until: datetime) -> str:
    """What happens when nothing else does."""
    return f"{what} at {_time(until)}."


def details(
    status: str,
    holds: Sequence[Hold],
    timeline: Timeline,
    *,
    waits: str | None = None,
    calls: Sequence[str] = (),
) -> str:
    """The page: the status, what holds, what is waited for, what can be sent, and a table of times."""
    parts = [f"**{status}**"]
    parts += [
        f"**Held** in `{hold.step}` since {_time(hold.since)} (`{hold.reason}`): {hold.reason.sentence} "
        "Signal `retry` goes on."
        for hold in holds
    ]
    if waits:
        parts.append(waits)
    if calls:
        parts.append("Updates that can be sent now: " + ", ".join(f"`{name}`" for name in calls) + ".")
    table = ["| when | what |", "|---|---|", *(f"| `{_time(at)}` | {what} |" for at, what in timeline)]
    return "\n\n".join([*parts, "\n".join(table)])


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
