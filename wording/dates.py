"""Dates and durations in the reader's language, formatted by Babel.

E-mails and pages show dates only through this module.
"""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from babel.dates import format_date, format_datetime
from babel.units import format_unit

from models.language import Language
from wording.numbers import locale


class _Patterns(NamedTuple):
    """CLDR patterns of a date and time. French `14 h 05` and `1er` are not in CLDR's own formats."""

    any_day: str
    first_of_month: str


_MOMENTS = {
    Language.EN: _Patterns("d MMMM y, HH:mm 'UTC'", "d MMMM y, HH:mm 'UTC'"),
    Language.FR: _Patterns(
        "d\u00a0MMMM y 'à' H\u00a0'h'\u00a0mm\u00a0'UTC'",
        "d'er'\u00a0MMMM y 'à' H\u00a0'h'\u00a0mm\u00a0'UTC'",
    ),
}


def moment(when: datetime, language: Language) -> str:
    """A date and time to the minute, in UTC.

    `26 November 2026, 14:05 UTC`; `26 novembre 2026 à 14 h 05 UTC`, with non-breaking spaces. Raises
    `ValueError` if the time zone is missing.
    """
    if when.tzinfo is None:
        raise ValueError("A moment without a time zone cannot be shown to a reader.")
    when, patterns = when.astimezone(UTC), _MOMENTS[language]
    pattern = patterns.first_of_month if when.day == 1 else patterns.any_day
    return format_datetime(when, pattern, locale=locale(language))


def day(when: date, language: Language) -> str:
    """A day: `26 Nov 2026`, `26 nov. 2026`."""
    return format_date(when, "d MMM y", locale=locale(language))


def span(length: timedelta, language: Language) -> str:
    """A duration in the largest unit that is exact to the minute: `15 minutes`, `2 hours`."""
    minutes = max(1, -(-length // timedelta(minutes=1)))
    sizes = (("day", 24 * 60), ("hour", 60), ("minute", 1))
    unit, size = next((unit, size) for unit, size in sizes if minutes % size == 0)
    return format_unit(minutes // size, f"duration-{unit}", locale=locale(language))
