"""The current details of one workflow in the Temporal Web UI, as Markdown without personal data."""

from collections.abc import Sequence
from datetime import datetime

from models.codes.requests import RequestStatus
from models.markdown import code
from models.orders.lifecycle import OrderStatus
from workflows.reminder_schedule import ReminderSchedule
from workflows.step_runner import GoingOut, Hold

Timeline = Sequence[tuple[datetime, str]]
_CALLS = {
    OrderStatus.SUBMITTED: ("acknowledge", "cancel"),
    OrderStatus.PROVIDER_PROCESSING: ("enter_iccid", "processed", "cancel"),
}
_WAITS = {
    OrderStatus.SUBMITTED: "the provider's acknowledgement",
    OrderStatus.PROVIDER_PROCESSING: "the provider's word that the order is processed",
}


_HANDED_OVER_BY = {"submit_to_provider", "ask_for_code"}
"""Until these steps have succeeded, the provider or distributor has received nothing to answer (W11)."""


def order_details(
    status: OrderStatus,
    timeline: Timeline,
    holds: Sequence[Hold],
    schedule: ReminderSchedule,
    *,
    going_out: Sequence[GoingOut] = (),
) -> str:
    """The order's status, what it waits for, what an operator can do, and when it did what."""
    waits = _waiting(_WAITS[status], schedule) if status in _WAITS else None
    return details(status.label, timeline, holds, going_out, waits=waits, calls=_CALLS.get(status, ()))


def request_details(
    status: RequestStatus,
    timeline: Timeline,
    holds: Sequence[Hold],
    schedule: ReminderSchedule,
    requester_notified_at: datetime | None,
    *,
    going_out: Sequence[GoingOut] = (),
) -> str:
    """The status of a request for a QR code, and the rest as for orders."""
    if status is RequestStatus.REQUESTED:
        waits = _waiting("the QR code", schedule)
        calls = ("send_again", "withdraw")
        return details(status.label, timeline, holds, going_out, waits=waits, calls=calls)
    notified = None
    if requester_notified_at:
        at = _time(requester_notified_at)
        notified = f"The requester is notified at {at}, unless a notification is sent before."
    return details(status.label, timeline, holds, going_out, waits=notified)


def details(
    status: str,
    timeline: Timeline,
    holds: Sequence[Hold],
    going_out: Sequence[GoingOut] = (),
    *,
    waits: str | None = None,
    calls: Sequence[str] = (),
) -> str:
    """The page: the status, the holds, what has not been sent, what is waited for, the updates that can be
    sent, and a table of times. While the order or request itself has not been sent, it waits for no answer
    (W11).
    """
    parts = [f"**{status}**"]
    parts += [
        f"**Held** in {code(hold.step)} since {_time(hold.since)} (`{hold.reason}`): {hold.reason.sentence} "
        "Signal `retry` to continue."
        for hold in holds
    ]
    parts += [
        f"**Not sent yet**: {sent.summary}, tried since {_time(sent.since)}. "
        "*Pending Activities* has its attempts and the last failure."
        for sent in going_out
    ]
    if waits and not any(sent.step in _HANDED_OVER_BY for sent in going_out):
        parts.append(waits)
    if calls:
        parts.append("Updates that can be sent now: " + ", ".join(f"`{name}`" for name in calls) + ".")
    table = ["| when | what |", "|---|---|", *(f"| `{_time(at)}` | {what} |" for at, what in timeline)]
    return "\n\n".join([*parts, "\n".join(table)])


def _waiting(what: str, schedule: ReminderSchedule) -> str:
    until = "" if schedule.exhausted else f", next reminder {_time(schedule.due)}"
    return f"Waits for {what} since {_time(schedule.since)}{until}."


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
