"""Escape names and other untrusted text for the Markdown that the Temporal Web UI shows to operators.

The Web UI renders links, pictures and HTML in summaries and details, and bare addresses as links: a
provider's name could send operators to a phishing page. A code span shows the text literally.
"""

import re

from models.characters import UNPRINTABLE

_PLAIN = re.compile(r"[^\W_]+(?:(?:[ ,+'()&-]+|[.:?!] )[^\W_]+)*[).?!]?")
"""Text without meaning in Markdown or HTML: words, with harmless punctuation between them."""


def inert(text: str) -> str:
    """The text itself if it is plain, such as `Orange`; else in a code span."""
    return text if _PLAIN.fullmatch(text) else code(text)


def code(text: str) -> str:
    """The text in a code span, on one line; a backtick, which would end the span, becomes an apostrophe."""
    line = " ".join(UNPRINTABLE.sub(" ", text).split())
    return f"`{line.replace('`', chr(39))}`" if line else ""
