"""Warnings in the reader's language: what was done all the same, and should be looked at.

They travel as English sentences, also in Temporal's answers, and are recognised by them here.
"""

import re
from collections.abc import Mapping

from models.codes.requests import Caution
from models.identifiers import CHECK_DIGIT_WRONG
from models.language import Language
from models.orders.rules import DISCARD_WARNING
from wording.french import warnings as french

_FRENCH: Mapping[str, str] = {
    CHECK_DIGIT_WRONG: french.CHECK_DIGIT_WRONG,
    DISCARD_WARNING: french.DISCARD,
    **{caution.value: french.CAUTIONS[caution] for caution in Caution},
}


def warning(english: str, language: Language) -> str:
    """The warning as it is read; one that is not known here stays as it is."""
    if language is Language.EN:
        return english
    for template, translated in _FRENCH.items():
        found = _pattern(template).fullmatch(english)
        if found:
            return translated.format(**found.groupdict())
    return english


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile(
        "".join(f"(?P<{part}>.+)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    )
