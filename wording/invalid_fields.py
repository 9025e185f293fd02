"""What is wrong with a field of a call over HTTP, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from models.language import Language
from wording.french.invalid_fields import INVALID_FIELDS, OTHER
from wording.french.spaces import spaced

_ENGLISH = {
    "extra_forbidden": "There is no field {field} here.",
    "json_invalid": "The body is not valid JSON.",
    "model_attributes_type": "A JSON object is expected.",
    "union_tag_invalid": "{discriminator} is one of: {expected_tags}.",
    "union_tag_not_found": "The field {discriminator} is required.",
}
"""Rules that pydantic words for those who know its types."""
_FRENCH, _OTHER = spaced(INVALID_FIELDS), spaced(OTHER)


def invalid_field(rule: str, english: str, context: Mapping[str, Any], language: Language) -> str:
    """The sentence of the rule that a field breaks: `english` as it is unless there is a plainer one, or the
    French one, filled from the context of the error. A rule without a French sentence gets a general one.
    """
    try:
        if language is Language.EN:
            return _ENGLISH.get(rule, "").format_map(context) or english
        said = _FRENCH.get(rule, _OTHER).format_map(context)
    except KeyError:  # a check that says less of the error
        return english if language is Language.EN else _OTHER
    return said.replace("' or '", "' ou '")
