"""How long an answer is waited for, and how often reminded of, before a person has to look."""

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow

from models.orders.lifecycle import HoldReason, OrderStatus
from workflows.orders.messages import Timeouts


async def wait_until(condition: Callable[[], bool], at_most: timedelta, otherwise: str) -> None:
    """Wait for the condition, but not for ever; `otherwise` says to operators what happens then."""
    with contextlib.suppress(TimeoutError):
        await workflow.wait_condition(condition, timeout=at_most, timeout_summary=otherwise)


class ReminderSchedule:
    """One wait: how long until somebody is reminded, and how often before patience is exhausted."""

    def __init__(self, length: timedelta, reminders: int, now: datetime) -> None:
        self._reminders = reminders
        self._start(length, now)

    def _start(self, length: timedelta, now: datetime) -> None:
        """A new wait: nobody has been reminded in it yet."""
        self._length = length
        self.since = now
        self.reminded = 0
        self._most = self._reminders
        self._at_once = False

    def handed_over(self, now: datetime) -> None:
        """Whoever is waited for knows of it only from now on."""
        self.since = now

    def remind(self, now: datetime) -> int:
        """One reminder more; its number in this wait."""
        self.since = now
        self.reminded += 1
        self._at_once = False
        return self.reminded

    def renew(self, now: datetime) -> None:
        """A person wants them to be reminded again, now and then as often as before."""
        self._most += max(1, self._reminders)
        self.since = now - self._length
        self._at_once = True

    def too_early(self, now: datetime, due_in: timedelta) -> None:
        """By the database's clock the silence has not lasted long enough yet."""
        self.since = now - self._length + due_in

    @property
    def wanted(self) -> timedelta:
        """How long the silence must have lasted for the next reminder."""
        return timedelta() if self._at_once else self._length

    @property
    def exhausted(self) -> bool:
        """Whether all reminders went out."""
        return self.reminded >= self._most

    @property
    def due(self) -> datetime:
        """When the silence has lasted too long."""
        return self.since + self._length


class OrderSchedule(ReminderSchedule):
    """The wait that an open order is in: for the acknowledgement, then for the processing."""

    def __init__(self, timeouts: Timeouts, now: datetime) -> None:
        self._timeouts = timeouts
        self._status = OrderStatus.SUBMITTED
        super().__init__(timeouts.acknowledgement_reminder_after, timeouts.reminders, now)

    def begin(self, status: OrderStatus, now: datetime) -> None:
        """The order's next wait."""
        self._status = status
        submitted = status is OrderStatus.SUBMITTED
        timeouts = self._timeouts
        self._start(
            timeouts.acknowledgement_reminder_after if submitted else timeouts.processing_reminder_after, now
        )

    @property
    def reason(self) -> HoldReason:
        """What the order is held for once patience is exhausted."""
        submitted = self._status is OrderStatus.SUBMITTED
        return HoldReason.NO_ACKNOWLEDGEMENT if submitted else HoldReason.NO_PROCESSING

    def sleep_from(self, now: datetime) -> timedelta:
        """How long to sleep before looking again.

        Never longer than the shorter of the two waits, so that the one timer of an order need not be
        cancelled when the order moves on and a nearer reminder becomes due.
        """
        shorter = min(self._timeouts.acknowledgement_reminder_after, self._timeouts.processing_reminder_after)
        return min(self.due - now, shorter)
