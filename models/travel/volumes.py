"""Volumes of data as people write them: `200MB`, `1.5 GB`, `500 Mo`. A MB is a million bytes."""

import re
from decimal import Decimal

KB, MB, GB = 10**3, 10**6, 10**9
_UNITS = {"k": KB, "m": MB, "g": GB}
_WRITTEN = re.compile(r"\s*([0-9]{1,9}(?:[.,][0-9]{1,6})?)\s*([kmg])[bo]\s*", re.IGNORECASE)


def parse_volume(text: str) -> int:
    """The bytes of a volume. Raises `ValueError`."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError("A volume is a number and a unit, such as 200MB or 1.5GB.")
    number, unit = found.groups()
    return int(Decimal(number.replace(",", ".")) * _UNITS[unit.lower()])
