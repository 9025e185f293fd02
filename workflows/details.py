"""What an operator reads about one workflow in the Temporal Web UI, as markdown without personal data."""

from collections.abc import Sequence
from datetime import datetime

from models.lifecycle import OrderStatus
from models.qr import RequestStatus
from workflows.patience import Patience
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


def order_details(status: OrderStatus, timeline: Timeline, holds: Sequence[Hold], patience: Patience) -> str:
    """Where the order is, what it waits for, what a person can do, and what happened so far."""
    waits = _waiting(_WAITS[status], patience) if status in _WAITS else None
    return details(status.label, timeline, holds, waits=waits, calls=_CALLS.get(status, ()))


def request_details(
    status: RequestStatus,
    timeline: Timeline,
    holds: Sequence[Hold],
    patience: Patience,
    requester_told_at: datetime | None,
) -> str:
    """Where a request for a QR code is, and the rest as for orders."""
    if status is RequestStatus.REQUESTED:
        waits = _waiting("the QR code", patience)
        return details(status.label, timeline, holds, waits=waits, calls=("send_again", "withdraw"))
    told = None
    if requester_told_at:
        told = f"The requester is told at {_time(requester_told_at)}, unless somebody is told before."
    return details(status.label, timeline, holds, waits=told)


def details(
    status: str,
    timeline: Timeline,
    holds: Sequence[Hold],
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


def _waiting(what: str, patience: Patience) -> str:
    until = "" if patience.exhausted else f", next reminder {_time(patience.due)}"
    return f"Waits for {what} since {_time(patience.since)}{until}."


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
