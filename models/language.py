"""The languages of e-mails, pages and messages."""

import re
from enum import StrEnum

from models.errors import Refused


class Language(StrEnum):
    """A supported language: every e-mail, page and sentence exists in it."""

    EN = "en"
    FR = "fr"


def parse_language(text: str) -> Language:
    """Parse `en` or `fr`, in either case. Raises `Refused` (`language_unknown`)."""
    try:
        return Language(text.strip().lower())
    except ValueError:
        raise Refused.because("language_unknown", languages=", ".join(Language)) from None


def spoken_language(text: str) -> Language | None:
    """The language of a locale such as `fr-CA` or `fr_FR.UTF-8`; None if it is not supported."""
    name = re.split("[-_.@]", text.strip().lower())[0]
    return Language(name) if name in set(Language) else None
