"""How long an order waits for its provider, and how often it reminds before a person has to look."""

from datetime import datetime, timedelta

from models.lifecycle import HoldReason, OrderStatus
from workflows.messages import Waits


class Patience:
    """The wait that an open order is in: for the acknowledgement, then for the processing."""

    def __init__(self, waits: Waits, now: datetime) -> None:
        self._waits = waits
        self.begin(OrderStatus.SUBMITTED, now)

    def begin(self, status: OrderStatus, now: datetime) -> None:
        """A new wait: nobody has been reminded in it yet."""
        self._status = status
        self.since = now
        self.reminded = 0
        self._most = self._waits.reminders

    def handed_over(self, now: datetime) -> None:
        """The provider knows of the order only from now on."""
        self.since = now

    def remind(self, now: datetime) -> int:
        """One reminder more; its number in this wait."""
        self.since = now
        self.reminded += 1
        return self.reminded

    def renew(self, now: datetime) -> None:
        """A person wants the provider to be reminded again, now and then as often as before."""
        self._most += max(1, self._waits.reminders)
        self.since = now - self._length

    @property
    def exhausted(self) -> bool:
        """Whether all reminders went out."""
        return self.reminded >= self._most

    @property
    def due(self) -> datetime:
        """When the silence has lasted too long."""
        return self.since + self._length

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
        shorter = min(self._waits.acknowledgement_reminder_after, self._waits.processing_reminder_after)
        return min(self.due - now, shorter)

    @property
    def _length(self) -> timedelta:
        if self._status is OrderStatus.SUBMITTED:
            return self._waits.acknowledgement_reminder_after
        return self._waits.processing_reminder_after
