"""When a missing answer is reminded of, and after how many reminders the order or request is held."""

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow

from models.orders.lifecycle import HoldReason, OrderStatus
from workflows.orders.messages import Timeouts


async def wait_until(condition: Callable[[], bool], at_most: timedelta, otherwise: str) -> None:
    """Wait for the condition or the timeout `at_most`. `otherwise`: what the timeout does, for operators."""
    with contextlib.suppress(TimeoutError):
        await workflow.wait_condition(condition, timeout=at_most, timeout_summary=otherwise)


class ReminderSchedule:
    """The reminders of one wait: how long after the request or the last reminder the next one is due, and how
    many are sent before the hold.
    """

    def __init__(self, length: timedelta, reminders: int, now: datetime) -> None:
        self._reminders = reminders
        self._start(length, now)

    def _start(self, length: timedelta, now: datetime) -> None:
        """Begin a new wait, in which no reminder has been sent yet."""
        self._length = length
        self.since = now
        self.reminded = 0
        self._most = self._reminders
        self._at_once = False

    def handed_over(self, now: datetime) -> None:
        """Count from now: only now the provider or distributor has received the order or request."""
        self.since = now

    def remind(self, now: datetime) -> int:
        """Count a reminder that was sent; returns its number in this wait."""
        self.since = now
        self.reminded += 1
        self._at_once = False
        return self.reminded

    def renew(self, now: datetime) -> None:
        """Remind again after a retry: at once, and as often as before (at least once)."""
        self._most += max(1, self._reminders)
        self.since = now - self._length
        self._at_once = True

    def too_early(self, now: datetime, due_in: timedelta) -> None:
        """Count again from the database's clock, by which the next reminder is due only in `due_in`."""
        self.since = now - self._length + due_in

    @property
    def wanted(self) -> timedelta:
        """For how long there must have been no answer for the next reminder."""
        return timedelta() if self._at_once else self._length

    @property
    def exhausted(self) -> bool:
        """Whether all reminders were sent."""
        return self.reminded >= self._most

    @property
    def due(self) -> datetime:
        """When the next reminder, or the hold after the last one, is due by the workflow's clock."""
        return self.since + self._length


class OrderSchedule(ReminderSchedule):
    """The reminders of an open order: for the acknowledgement, then for the processing."""

    def __init__(self, timeouts: Timeouts, now: datetime) -> None:
        self._timeouts = timeouts
        self._status = OrderStatus.SUBMITTED
        super().__init__(timeouts.acknowledgement_reminder_after, timeouts.reminders, now)

    def begin(self, status: OrderStatus, now: datetime) -> None:
        """Begin the wait of this status of the order."""
        self._status = status
        submitted = status is OrderStatus.SUBMITTED
        timeouts = self._timeouts
        self._start(
            timeouts.acknowledgement_reminder_after if submitted else timeouts.processing_reminder_after, now
        )

    @property
    def reason(self) -> HoldReason:
        """What the order is held for after the last reminder."""
        submitted = self._status is OrderStatus.SUBMITTED
        return HoldReason.NO_ACKNOWLEDGEMENT if submitted else HoldReason.NO_PROCESSING

    def sleep_from(self, now: datetime) -> timedelta:
        """How long the order's timer runs.

        Never longer than the shorter of the two waits, so that the one timer of an order need not be
        cancelled when the order's status changes and an earlier reminder becomes due.
        """
        shorter = min(self._timeouts.acknowledgement_reminder_after, self._timeouts.processing_reminder_after)
        return min(self.due - now, shorter)
