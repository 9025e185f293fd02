"""How long something has waited, in one unit that people compare at a glance: `3 days`, `5 hours`."""

from datetime import timedelta
from functools import lru_cache

from babel.units import format_unit

from models.language import Language
from wording.numbers import locale

_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def age(length: timedelta, language: Language) -> str:
    """The whole days from two days on, else whole hours, else minutes, at least one."""
    if length >= 2 * _DAY:
        number, unit = length // _DAY, "day"
    elif length >= _HOUR:
        number, unit = length // _HOUR, "hour"
    else:
        number, unit = max(1, length // _MINUTE), "minute"
    return _in_words(number, unit, language)


@lru_cache(maxsize=1024)
def _in_words(number: int, unit: str, language: Language) -> str:
    return format_unit(number, f"duration-{unit}", locale=locale(language))
