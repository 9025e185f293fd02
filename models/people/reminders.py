"""When distributors are reminded: what an account has chosen instead of the platform's settings."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from models.values import REMINDERS, View

MOST_DAYS = 60
"""A reminder that comes later comes too late."""
MOST_REMINDERS = 20
Days = Annotated[int, Field(ge=1, le=MOST_DAYS)]
Number = Annotated[int, REMINDERS]


class AccountReminders(View):
    """The reminder schedule of an account; None where the platform's setting holds.

    It holds for orders and requests from then on: what was placed before keeps the schedule that it had.
    """

    acknowledgement_days: Days | None = None
    """Days without an acknowledgement until the distributor is reminded, and between reminders."""
    processing_days: Days | None = None
    """The same from the acknowledgement to the answer of the provider."""
    reminders: Number | None = None
    """Reminders in each of the two waits, before the order is held."""
    qr_code_days: Days | None = None
    qr_reminders: Number | None = None

    @property
    def of_orders(self) -> dict[str, Any]:
        """What replaces the platform's timeouts of an order, by the names of these."""
        return _given(
            acknowledgement_reminder_after=_days(self.acknowledgement_days),
            processing_reminder_after=_days(self.processing_days),
            reminders=self.reminders,
        )

    @property
    def of_codes(self) -> dict[str, Any]:
        """What replaces the platform's timeouts of a request for a QR code."""
        return _given(reminder_after=_days(self.qr_code_days), reminders=self.qr_reminders)


def _days(number: int | None) -> timedelta | None:
    return None if number is None else timedelta(days=number)


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
