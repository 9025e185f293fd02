"""Headings by what they say, however they are written."""

import unicodedata

SEPARATOR = " | "
"""Between the entries of a suggested mapping; no heading that is shown contains it."""
_SPELT = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l"})


def plain(heading: str) -> str:
    """A heading without accents, case, blanks and punctuation: `N° de série` is `ndeserie`."""
    folded = unicodedata.normalize("NFKD", heading.casefold().translate(_SPELT))
    return "".join(character for character in folded if character.isalnum())
