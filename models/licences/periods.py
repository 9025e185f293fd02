"""Billing cycles of an account: which days one monthly charge pays for (L34).

Days are days in the account's time zone: the caller finds out which one it is.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field, Strict

from models.values import View

CycleDay = Annotated[int, Strict(), Field(ge=1, le=31)]
"""The day of the month on which an account's billing cycles begin. In a month with fewer days the cycle
begins on the month's last day."""

_ONE_DAY = timedelta(days=1)


class Period(View):
    """One billing cycle: the days from `start` to `end`, both included. The next one starts the day after."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days the cycle has: 28 to 31."""
        return (self.end - self.start).days + 1

    def days_left(self, day: date) -> int:
        """How many days of the cycle are left on one of its days, the day itself included."""
        if not self.start <= day <= self.end:
            raise ValueError(f"{day} is not within {self.start} to {self.end}.")
        return (self.end - day).days + 1


def period_of(day: date, cycle_day: int) -> Period:
    """The billing cycle that contains a day."""
    if not 1 <= cycle_day <= 31:
        raise ValueError(f"A cycle day is 1 to 31, not {cycle_day}.")
    start = _start_in(day.year, day.month, cycle_day)
    if day < start:
        last_month = day.replace(day=1) - _ONE_DAY
        start = _start_in(last_month.year, last_month.month, cycle_day)
    month_after = start.replace(day=28) + timedelta(days=4)
    return Period(start=start, end=_start_in(month_after.year, month_after.month, cycle_day) - _ONE_DAY)


def next_period(period: Period, cycle_day: int) -> Period:
    """The billing cycle after this one. Its start alone does not give the cycle day: 28 February may be one
    of four.
    """
    return period_of(period.end + _ONE_DAY, cycle_day)


def _start_in(year: int, month: int, cycle_day: int) -> date:
    """The first day of the cycle that begins in a month."""
    return date(year, month, min(cycle_day, monthrange(year, month)[1]))
