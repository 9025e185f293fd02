"""Short texts with `code` between backquotes, as HTML."""

import re

from markupsafe import Markup, escape

_CODE = re.compile(r"`([^`]+)`")
_FIELD = re.compile(r"\{(\w+)[^{}]*\}")
_AS_CODE, _AS_NAME = Markup("<code>%s</code>"), Markup("<var>%s</var>")


def inline(text: str) -> Markup:
    """One line or paragraph."""
    return _marked(text.replace("\n", " "), _CODE, _AS_CODE)


def paragraphs(text: str) -> list[Markup]:
    """A description, paragraph by paragraph."""
    return [inline(part) for part in re.split(r"\n\s*\n", text.strip()) if part]


def template(sentence: str) -> Markup:
    """The sentence of a refusal, with its parameters by name."""
    return _marked(sentence, _FIELD, _AS_NAME)


def _marked(text: str, pattern: re.Pattern[str], shown: Markup) -> Markup:
    parts, end = [], 0
    for found in pattern.finditer(text):
        parts += [escape(text[end : found.start()]), shown % found[1]]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])
