"""Refusals in the reader's language. English is declared in `models.refusals`, French in `wording.french`."""

from functools import partial

from models.errors import Refusal, Refused
from models.imports import RowNote
from models.language import Language
from models.refusals import DECLARED
from models.refusals.declared import filled
from wording.french import SENTENCES, UNKNOWN
from wording.french.spaces import spaced
from wording.french.words import WORDS
from wording.numbers import number

FRENCH, FRENCH_UNKNOWN, FRENCH_WORDS = spaced(SENTENCES), spaced(UNKNOWN), spaced(WORDS)
_COLON = spaced(" : ")
_number = partial(number, language=Language.FR)


def sentence(refusal: Refusal, language: Language) -> str:
    """The reason and what to do about it. A code of another version is shown as it is."""
    if language is Language.EN:
        return refusal.sentence
    start = _french(refusal)
    if isinstance(refusal, RowNote):
        said = (sentence(problem.reason, language) for problem in refusal.problems)
        return refusal.with_problems(start, said, colon=_COLON)
    return start


def declared_sentence(code: str, language: Language) -> str:
    """The sentence of a code as it is declared, with its parameters between braces."""
    return DECLARED[code].sentence if language is Language.EN else FRENCH[code]


def sentences(refused: Refused, language: Language) -> list[str]:
    """The sentences of all reasons."""
    return [sentence(refusal, language) for refusal in refused.refusals]


def _french(refusal: Refusal) -> str:
    template = FRENCH.get(refusal.code)
    written = filled(template, refusal.parameters, FRENCH_WORDS, _number) if template else None
    return written or FRENCH_UNKNOWN.format(code=refusal.code)
