"""Text as it was meant: what mail programs, web pages and scanners add to a code is taken away (R2).

invisible characters   removed: byte-order mark, zero-width and bidirectional characters, controls
blanks of every kind   a blank; no-break hyphens and dashes: a hyphen
percent-encoding       decoded, also where a link is in another link
"""

import re
import unicodedata
from urllib.parse import unquote

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_VARIATION = ("\ufe00", "\ufe0f")
"""The range of characters that choose how the one before looks."""
_INVISIBLE = {"Cf", "Cc"}
_MOST_DECODED = 3
"""A safety program of a mail server packs a link into its own: then the code is encoded three times."""


def cleaned(text: str) -> str:
    """The text in visible characters, blanks and line ends alone, without blanks around its lines."""
    lines = _LINE_ENDS.sub("\n", text).split("\n")
    return "\n".join("".join(map(_visible, line)).strip() for line in lines).strip()


def decoded(text: str) -> str:
    """The text without percent-encoding, which no activation code has."""
    for _ in range(_MOST_DECODED):
        text = unquote(text, errors="replace")
    return cleaned(text)


def _visible(character: str) -> str:
    if character.isascii():
        return character if character.isprintable() else " " if character == "\t" else ""
    category = unicodedata.category(character)
    if category in _INVISIBLE or _VARIATION[0] <= character <= _VARIATION[1]:
        return ""
    return {"Zs": " ", "Pd": "-"}.get(category, character)
