"""Names and other text from outside, as they enter the Markdown that the Temporal Web UI shows to operators.

The Web UI makes links, pictures and HTML of what it reads in summaries and details, and links of bare
addresses too: a provider's name could ask operators to log in elsewhere. A code span shows it as it is.
"""

import re

from models.characters import UNPRINTABLE

_PLAIN = re.compile(r"[^\W_]+(?:(?:[ ,+'()&-]+|[.:?!] )[^\W_]+)*[).?!]?")
"""What no reader of Markdown or HTML makes anything of: words, and no more than harmless signs among them."""


def inert(text: str) -> str:
    """The text where it is plain, such as `Orange`; else in a code span."""
    return text if _PLAIN.fullmatch(text) else code(text)


def code(text: str) -> str:
    """The text in a code span, on one line; a backtick in it, which would end the span, is an apostrophe."""
    line = " ".join(UNPRINTABLE.sub(" ", text).split())
    return f"`{line.replace('`', chr(39))}`" if line else ""
