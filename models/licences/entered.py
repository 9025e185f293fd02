"""What callers enter about licences, as the values that it means, or the refusal of it."""

import re
from datetime import date

from models.errors import Refused
from models.licences.add_ons import AddOn
from models.licences.licence_views import LicenceStatus, Month

MOST_LICENCES = 1000
"""The largest number of licences of one purchase, give-back or request: more is a slip of the finger."""
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TIME_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}", re.ASCII)
_BY_LABEL = {add_on.label.lower(): add_on for add_on in AddOn}


def parse_add_on(text: str) -> AddOn:
    """Parse an add-on: `voice_sms_data`, or `Voice+SMS+Data`. Raises `Refused` (`unknown_add_on`)."""
    name = text.strip().lower()
    found = AddOn(name) if name in set(AddOn) else _BY_LABEL.get(name)
    if found is None:
        raise Refused.because("unknown_add_on", add_ons=", ".join(AddOn))
    return found


def parse_status(text: str) -> LicenceStatus:
    """Parse the status of a licence, such as `in_use`. Raises `Refused` (`status_invalid`)."""
    try:
        return LicenceStatus(text.strip().lower().replace("-", "_"))
    except ValueError:
        raise Refused.because("status_invalid", statuses=", ".join(LicenceStatus)) from None


def parse_quantity(number: int) -> int:
    """Check a number of licences. Raises `Refused` (`licences_invalid`)."""
    if isinstance(number, bool) or not 1 <= number <= MOST_LICENCES:
        raise Refused.because("licences_invalid", most=MOST_LICENCES)
    return number


def parse_day(text: str) -> date:
    """Parse a day such as `2026-12-31`. Raises `Refused` (`date_invalid`)."""
    try:
        day = date.fromisoformat(text.strip()) if _DAY.fullmatch(text.strip()) else None
    except ValueError:
        day = None
    if day is None or day.year > _LAST_YEAR:
        raise Refused.because("date_invalid")
    return day


def parse_month(text: str) -> Month:
    """Parse a month such as `2026-12`. Raises `Refused` (`month_invalid`)."""
    found = _MONTH.fullmatch(text.strip())
    year, month = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (year >= 1 and 1 <= month <= 12):
        raise Refused.because("month_invalid")
    return Month(year, month)


def parse_cycle_day(number: int) -> int:
    """Check the day of the month on which billing cycles begin. Raises `Refused` (`day_invalid`)."""
    if isinstance(number, bool) or not 1 <= number <= 31:
        raise Refused.because("day_invalid")
    return number


def parse_time_zone(text: str) -> str:
    """Parse the name of a time zone; whether it exists is for the database to say. Raises `Refused`
    (`time_zone_invalid`).
    """
    name = text.strip()
    if not _TIME_ZONE.fullmatch(name):
        raise Refused.because("time_zone_invalid")
    return name


_LAST_YEAR = 9998
"""The last year whose months all have a month after them."""
