"""The e-mails about an order that all kinds have which are served by e-mail: placed, reminded of, ended.

Each kind has a class of its own for each of them, whose table shows what that kind is about.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from outbox.emails import Email


@dataclass(frozen=True, kw_only=True, repr=False)
class Placed(Email):
    """To the distributor: the order is placed."""

    name: ClassVar[str] = "provider_order"
    button: ClassVar[str | None] = "order"
    requester_name: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Reminder(Email):
    """To the distributor: a reminder of the order."""

    button: ClassVar[str | None] = "order"
    reminder_number: int
    waiting_since: datetime | None


@dataclass(frozen=True, kw_only=True, repr=False)
class ReminderAcknowledge(Reminder):
    """The order is not acknowledged."""

    name: ClassVar[str] = "provider_reminder_acknowledge"


@dataclass(frozen=True, kw_only=True, repr=False)
class ReminderProcess(Reminder):
    """The order is acknowledged, but not processed."""

    name: ClassVar[str] = "provider_reminder_process"


@dataclass(frozen=True, kw_only=True, repr=False)
class Cancelled(Email):
    """To the distributor: the order is cancelled."""

    name: ClassVar[str] = "provider_cancelled"
    cancel_reason: str | None
