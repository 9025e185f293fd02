"""Refusals in the reader's language. English is declared in `models.refusals`, French in `wording.french`.

Countries are named here only: `Refusal.sentence`, which workflows use too, has their codes.
"""

from functools import partial

from models.errors import Refusal, Refused
from models.imports import RowNote
from models.language import Language
from models.refusals import DECLARED
from models.refusals.declared import filled
from models.refusals.words import WORDS as ENGLISH_WORDS
from wording.facts import Countries
from wording.french import SENTENCES, UNKNOWN
from wording.french.spaces import spaced
from wording.french.words import WORDS
from wording.numbers import number

FRENCH, FRENCH_UNKNOWN, FRENCH_WORDS = spaced(SENTENCES), spaced(UNKNOWN), spaced(WORDS)
_COLON = spaced(" : ")
_number = partial(number, language=Language.FR)
_COUNTRIES = ":countries}"


def sentence(refusal: Refusal, language: Language) -> str:
    """The reason and what to do about it. A code of another version is shown as it is."""
    if language is Language.EN:
        return _english(refusal)
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


def _english(refusal: Refusal) -> str:
    declared = DECLARED.get(refusal.code)
    if isinstance(refusal, RowNote) or declared is None or _COUNTRIES not in declared.sentence:
        return refusal.sentence
    names = partial(_countries, language=Language.EN)
    return filled(declared.sentence, refusal.parameters, ENGLISH_WORDS, countries=names) or refusal.sentence


def _french(refusal: Refusal) -> str:
    template = FRENCH.get(refusal.code)
    names = partial(_countries, language=Language.FR)
    asked = (refusal.parameters, FRENCH_WORDS, _number, names)
    written = filled(template, *asked, more=_more) if template else None
    return written or FRENCH_UNKNOWN.format(code=refusal.code)


def _more(count: int) -> str:
    return f" et {_number(count)} de plus"


def _countries(codes: str, language: Language) -> str:
    return Countries(tuple(codes.split(", "))).words(language)
