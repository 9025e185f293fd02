"""The languages that people are written to in, and that pages and sentences are in."""

from enum import StrEnum

from models.errors import Refused


class Language(StrEnum):
    """A language that every e-mail and every page exists in."""

    EN = "en"
    FR = "fr"


def parse_language(text: str) -> Language:
    """`en` or `fr`, in capitals or not. Raises `Refused` (`language_unknown`)."""
    try:
        return Language(text.strip().lower())
    except ValueError:
        raise Refused.because("language_unknown", f"A language is {' or '.join(Language)}.") from None
