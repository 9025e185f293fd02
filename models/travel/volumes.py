"""Volumes of data as people write them: `200MB`, `1.5 GB`. A MB is a million bytes."""

import re
from decimal import Decimal

_UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9}
_WRITTEN = re.compile(r"\s*(\d{1,9}(?:[.,]\d{1,6})?)\s*(kB|KB|MB|GB)\s*", re.IGNORECASE)


def parse_volume(text: str) -> int:
    """The bytes of a volume. Raises `ValueError`."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError("A volume is a number and a unit, such as 200MB or 1.5GB.")
    number, unit = found.groups()
    return int(Decimal(number.replace(",", ".")) * _UNITS[unit.upper()])
