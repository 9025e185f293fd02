"""The languages that people are written to in, and that pages and sentences are in."""

import re
from enum import StrEnum

from models.errors import Refused


class Language(StrEnum):
    """A language that every e-mail, page and sentence exists in."""

    EN = "en"
    FR = "fr"


def parse_language(text: str) -> Language:
    """`en` or `fr`, in capitals or not. Raises `Refused` (`language_unknown`)."""
    try:
        return Language(text.strip().lower())
    except ValueError:
        raise Refused.because("language_unknown", languages=", ".join(Language)) from None


def spoken_language(text: str) -> Language | None:
    """The language of a locale such as `fr-CA` or `fr_FR.UTF-8`; None for one that we lack."""
    name = re.split("[-_.@]", text.strip().lower())[0]
    return Language(name) if name in set(Language) else None
