"""Espaces insécables de la ponctuation française : une ligne ne commence pas par « : », « ! » ou « » ».

No-break spaces of French punctuation. The texts are written with ordinary blanks and are changed where they
are loaded: U+202F, which is narrow, before `;`, `!` and `?`; U+00A0 before `:` and within quotation marks.
"""

import re
from typing import Any, TypeVar

_NARROW, _WIDE = "\u202f", "\u00a0"
_BEFORE = re.compile(" (?=[;!?])")
_AROUND = re.compile("(?<=«) | (?=[:»])")
Texts = TypeVar("Texts")


def spaced(texts: Texts) -> Texts:
    """A text, or the same dictionary, list or tuple of texts, with no-break spaces at its punctuation."""
    changed: Any = texts
    match texts:
        case str():
            changed = _AROUND.sub(_WIDE, _BEFORE.sub(_NARROW, texts))
        case dict():
            changed = {key: spaced(text) for key, text in texts.items()}
        case list():
            changed = [spaced(text) for text in texts]
        case tuple():
            changed = tuple(spaced(text) for text in texts)
    found: Texts = changed
    return found
