"""The languages that people are addressed in."""

import re
from enum import StrEnum


class Language(StrEnum):
    """A language that everything is worded in."""

    EN = "en"
    FR = "fr"


def parse_language(text: str) -> Language | None:
    """The language of `fr`, `fr-CA` or `fr_FR.UTF-8`; None for one that we lack."""
    name = re.split("[-_.@]", text.strip().lower())[0]
    return Language(name) if name in set(Language) else None
