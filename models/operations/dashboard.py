"""What waits and what was done, at a glance (P12)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

DAYS = 30
MOST_ENDED = 10_000
"""Ended orders of one kind of end that are counted for the chart: of more only the newest."""


@dataclass(frozen=True)
class WaitingWork:
    """Work of one kind that is open."""

    number: int
    """Counted up to `models.paging.MOST_COUNTED`."""
    late: int = 0
    """How much of it has waited longer than until the first reminder; counted likewise."""
    since: datetime | None = None
    """When the longest waiting began to wait."""

    def age(self, now: datetime) -> timedelta | None:
        """How long that is."""
        return None if self.since is None else now - self.since


@dataclass(frozen=True)
class Day:
    """The orders that ended on a day (UTC)."""

    day: date
    processed: int = 0
    cancelled: int = 0


@dataclass(frozen=True)
class Dashboard:
    """The open work of a caller, and the orders that ended in the last days, the oldest day first."""

    now: datetime
    submitted: WaitingWork
    processing: WaitingWork
    codes: WaitingWork
    """Requests for QR codes that are open; none for who sees no SIM."""
    days: tuple[Day, ...]

    @property
    def processed(self) -> int:
        """In all these days."""
        return sum(day.processed for day in self.days)

    @property
    def cancelled(self) -> int:
        """In all these days."""
        return sum(day.cancelled for day in self.days)

    @property
    def cut(self) -> bool:
        """Whether more may have ended in these days than are counted: older ones are then missing."""
        return max(self.processed, self.cancelled) >= MOST_ENDED

    @property
    def most(self) -> int:
        """The orders of the busiest day, at least one."""
        return max(1, *(day.processed + day.cancelled for day in self.days))
