"""How facts are put into the sentences of a language.

Facts are put in as plain text, and escaped where HTML is made of it: a name can be written in any way, and is
still only a name.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from models.characters import CONTROLS, REVERSALS
from models.language import Language
from models.refusals.declared import fields
from wording.dates import moment
from wording.numbers import number

LONGEST_VALUE = 300
# where facts stand side by side, the weak marks of direction mislead too
HARMFUL = re.compile(f"[{CONTROLS}{REVERSALS}\u200e\u200f]")

Fact = str | int | datetime | tuple[str, ...] | None
Known = Mapping[str, str | None]
"""The facts as they are written; None for those that there are none of."""


def written(fact: Fact, language: Language) -> str | None:
    """A fact in print, on one line; None if there is nothing to print."""
    match fact:
        case None:
            return None
        case datetime():
            return moment(fact, language)
        case int():
            return number(fact, language)
        case tuple():  # all of them, however many: each is as short as any fact
            return ", ".join(filter(None, map(one_line, fact))) or None
        case _:
            return one_line(fact)


def one_line(text: str | None) -> str | None:
    """A text in print, None if there is nothing to print."""
    if text is None:
        return None
    line = " ".join(HARMFUL.sub(" ", text).split())
    return line[: LONGEST_VALUE - 1] + "…" if len(line) > LONGEST_VALUE else line or None


def sentences(wordings: Iterable[str], known: Known) -> list[str]:
    """Fill in the sentences, leaving out those about a fact that there is none of."""
    return [
        wording.format_map(known)
        for wording in wordings
        if all(known[name] is not None for name in fields(wording))
    ]


def first(wordings: Sequence[str], known: Known) -> str:
    """The first sentence whose facts are all known, such as a subject; else the last, with `…` for them."""
    found = sentences(wordings, known)
    return found[0] if found else wordings[-1].format_map({name: known[name] or "…" for name in known})
