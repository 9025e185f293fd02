"""Warnings in the reader's language: something was done, but should be checked.

They are passed on as English sentences, also in results from Temporal, and translated by pattern here.
"""

import re
from collections.abc import Mapping

from models.codes.requests import Caution
from models.identifiers import CHECK_DIGIT_WRONG
from models.language import Language
from models.orders.rules import DISCARD_WARNING
from wording.french import warnings as french
from wording.french.spaces import spaced

_FRENCH: Mapping[str, str] = spaced(
    {
        CHECK_DIGIT_WRONG: french.CHECK_DIGIT_WRONG,
        DISCARD_WARNING: french.DISCARD,
        **{caution.value: french.CAUTIONS[caution] for caution in Caution},
    }
)


def warning(english: str, language: Language) -> str:
    """The warning in the reader's language; an unknown one stays in English."""
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
