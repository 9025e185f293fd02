"""The phone of an agent: its EID shows that it supports eSIM (L12)."""

import re

from models.errors import Refused

_DIGITS = 32


def parse_eid(text: str) -> str:
    """Parse an EID: 32 digits, which divided by 97 leave 1; blanks and hyphens are ignored.

    Source: SGP.02 2.2.2, SGP.22 4.3.1. Raises `Refused` (`eid_invalid`).
    """
    eid = re.sub(r"[\s-]", "", text)
    if not eid.isascii() or not eid.isdigit() or len(eid) != _DIGITS or int(eid) % 97 != 1:
        raise Refused.because("eid_invalid")
    return eid
