"""What is wrong with a field of a call over HTTP, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from models.language import Language
from wording.french.invalid_fields import INVALID_FIELDS, OTHER
from wording.french.spaces import spaced

_FRENCH, _OTHER = spaced(INVALID_FIELDS), spaced(OTHER)


def invalid_field(rule: str, english: str, context: Mapping[str, Any], language: Language) -> str:
    """The sentence of the rule that a field breaks: `english` as it is, or the French one, filled from the
    context of the error. A rule without a French sentence gets a general one.
    """
    if language is Language.EN:
        return english
    try:
        said = _FRENCH.get(rule, _OTHER).format_map(context)
    except KeyError:  # a version of the checks that says less of the error
        return _OTHER
    return said.replace("' or '", "' ou '")
