"""What has become of a number, and what its provider is asked, in the reader's language."""

from collections.abc import Mapping

from models.identifiers import reference
from models.language import Language
from models.licences import words as english
from models.licences.changes import ChangeResult
from wording.french import numbers as french
from wording.french.spaces import spaced


def changed(result: ChangeResult, language: Language, called: str = "") -> str:
    """What a change has changed, and what its provider is asked because of it. `called`: how the reader knows
    the number; else by its id.
    """
    words = english if language is Language.EN else french
    number = called or reference("N", result.number_id)
    if not result.changed:
        return _spaced(words.UNCHANGED, language).format(number=number)
    said = [_spaced(words.CHANGED[result.change], language).format(number=number)]
    if result.cancelled_order:
        said.append(_spaced(words.CANCELLED, language).format(order=result.cancelled_order))
    if result.notice is not None and result.sim_id is not None:
        asked = _spaced(words.ASKED[result.notice], language)
        said.append(asked.format(sim=reference("S", result.sim_id)))
    return " ".join(said)


def kept(licence: str, number: str, language: Language) -> str:
    """The licence of a number that has neither an eSIM nor an open order, and how it is freed or used."""
    words = english.KEPT if language is Language.EN else spaced(french.KEPT)
    return words.format(licence=licence, number=number)


def notice_words(language: Language) -> Mapping[str, str]:
    """The words around what a provider is still to be asked, by the keys of `NOTICE_WORDS`."""
    return english.NOTICE_WORDS if language is Language.EN else spaced(french.NOTICE_WORDS)


def _spaced(text: str, language: Language) -> str:
    return text if language is Language.EN else spaced(text)
