"""Headings, labels and sentences of commands, in the reader's language."""

from models.language import Language
from wording.french.code_commands import WORDS as CODES
from wording.french.common_words import WORDS as COMMON
from wording.french.import_commands import WORDS as IMPORTS
from wording.french.licence_commands import WORDS as LICENCES
from wording.french.many_codes import WORDS as MANY_CODES
from wording.french.people_commands import WORDS as PEOPLE
from wording.french.spaces import spaced
from wording.french.travel_commands import WORDS as TRAVEL
from wording.french.webhook_commands import WORDS as WEBHOOKS

_FRENCH = spaced(COMMON | IMPORTS | CODES | MANY_CODES | PEOPLE | LICENCES | TRAVEL | WEBHOOKS)


def command_words(english: str, language: Language) -> str:
    """The words in the reader's language; in English if they are not translated."""
    return english if language is Language.EN else _FRENCH.get(english, english)
