"""What callers enter about travel plans and stock, as the values that it means, or the refusal of it."""

import re
from decimal import Decimal

from models.errors import Refused
from models.travel.profiles import LARGEST_PROFILE
from models.travel.volumes import GB, MB, parse_volume

MOST_GB = 10_000
"""The largest data volume of a plan."""
MOST_MONTHS = 120
"""The longest shelf life of a plan."""
_WHOLE = re.compile(r"[0-9]{1,6}", re.ASCII)


def parse_profile(text: str) -> int:
    """Parse an IMSI profile such as `7`. Raises `Refused` (`profile_invalid`)."""
    number = _whole(text)
    if number is None or not 1 <= number <= LARGEST_PROFILE:
        raise Refused.because("profile_invalid", most=LARGEST_PROFILE)
    return number


def parse_data(text: str) -> int:
    """Parse a data volume such as `1 GB`, `1.5 Go` or `500 MB`, in MB of a million bytes; a GB is 1,000 MB.

    Raises `Refused` (`data_invalid`).
    """
    try:
        volume = parse_volume(text)
    except ValueError:
        volume = 0
    if volume % MB or not MB <= volume <= MOST_GB * GB:
        raise Refused.because("data_invalid", most=MOST_GB)
    return volume // MB


def data_volume(megabytes: int) -> str:
    """A data volume as it is entered: `1.5 GB`, `500 MB`."""
    if megabytes < 1000:
        return f"{megabytes} MB"
    return f"{(Decimal(megabytes) / 1000).normalize():f} GB"


def parse_months(text: str) -> int:
    """Parse a shelf life in months. Raises `Refused` (`shelf_life_invalid`)."""
    number = _whole(text)
    if number is None or not 1 <= number <= MOST_MONTHS:
        raise Refused.because("shelf_life_invalid", most=MOST_MONTHS)
    return number


def _whole(text: str) -> int | None:
    return int(text.strip()) if _WHOLE.fullmatch(text.strip()) else None
