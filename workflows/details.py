"""What an operator reads about one order in the Temporal Web UI, as markdown without personal data."""

from collections.abc import Sequence
from datetime import datetime

from models.lifecycle import OrderStatus
from workflows.step_runner import Hold

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
    timeline: Sequence[tuple[datetime, str]],
    waiting_since: datetime,
    next_reminder: datetime | None,
    holds: Sequence[Hold],
) -> str:
    """Where the order is, what it waits for, what a person can do, and what happened so far."""
    parts = [f"**{status.label}**"]
    parts += [
        f"**Held** in `{hold.step}` since {_time(hold.since)} (`{hold.reason}`): {hold.reason.sentence} "
        "Signal `retry` goes on."
        for hold in holds
    ]
    if status in _WAITS:
        until = f", next reminder {_time(next_reminder)}" if next_reminder else ""
        parts.append(f"Waits for {_WAITS[status]} since {_time(waiting_since)}{until}.")
        parts.append(
            "Updates that can be sent now: " + ", ".join(f"`{name}`" for name in _CALLS[status]) + "."
        )
    table = ["| when | what |", "|---|---|", *(f"| `{_time(at)}` | {what} |" for at, what in timeline)]
    return "\n\n".join([*parts, "\n".join(table)])


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
