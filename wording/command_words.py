"""Headings, labels and sentences of the commands of licences, in the reader's language."""

from models.language import Language
from wording.french.licence_commands import WORDS
from wording.french.spaces import spaced


def command_words(english: str, language: Language) -> str:
    """The words in the reader's language; in English if they are not translated."""
    return english if language is Language.EN else spaced(WORDS.get(english, english))
