"""Characters that a name, address or subject must not contain: they break a line or mislead the reader."""

import re
import unicodedata

CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
"""Control characters (\\r, \\n and NEL included), line and paragraph separators, unpaired surrogates."""
REVERSALS = "\u202a-\u202e\u2066-\u2069"
"""Bidirectional controls: they reverse the direction of writing, so that a text reads as another one."""

CONTROL = re.compile(f"[{CONTROLS}]")
LONGEST_NAME = 200
"""The maximum length of a name, wherever it comes from: Temporal and mail headers have limits too."""

UNPRINTABLE = re.compile(f"[{CONTROLS}{REVERSALS}\ufeff]")

INVISIBLE = re.compile(
    f"[{REVERSALS}\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065"
    "\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
"""Characters that are not seen: zero-width ones, bidirectional controls, fillers, variation selectors."""


def visible(text: str) -> str:
    """The text in Unicode NFC without invisible characters: what looks alike compares alike (R11)."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", INVISIBLE.sub("", text))


def tidy(text: str) -> str:
    """A name as it is stored: visible, with one plain blank where there were blanks of any kind (R11)."""
    return " ".join(visible(text).split())
