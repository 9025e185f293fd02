"""Fill facts into the sentences of a language.

Facts are filled in as plain text and escaped where HTML is generated, so that a name cannot inject markup.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from models.characters import CONTROLS, REVERSALS
from models.language import Language
from models.refusals.declared import fields
from wording.dates import moment, span
from wording.facts import Countries, Price, Volume, Worded
from wording.numbers import number

LONGEST_VALUE = 300
# between adjacent facts, the implicit directional marks mislead too
HARMFUL = re.compile(f"[{CONTROLS}{REVERSALS}\u200e\u200f]")

Fact = str | int | datetime | timedelta | tuple[str, ...] | Worded | None
Known = Mapping[str, str | None]
"""The formatted facts; None for an unknown one."""


def written(fact: Fact, language: Language) -> str | None:
    """A fact formatted on one line; None if it is empty."""
    match fact:
        case None:
            return None
        case datetime():
            return moment(fact, language)
        case timedelta():
            return span(fact, language)
        case Price() | Volume() | Countries():  # all countries are shown
            return fact.words(language)
        case int():
            return number(fact, language)
        case tuple():  # all items are shown; only each item's length is limited
            return ", ".join(filter(None, map(one_line, fact))) or None
        case _:
            return one_line(fact)


def one_line(text: str | None) -> str | None:
    """A text on one line, truncated if too long; None if it is empty."""
    if text is None:
        return None
    line = " ".join(HARMFUL.sub(" ", text).split())
    return line[: LONGEST_VALUE - 1] + "…" if len(line) > LONGEST_VALUE else line or None


def sentences(wordings: Iterable[str], known: Known) -> list[str]:
    """Fill in the sentences, leaving out those that name an unknown fact."""
    return [
        wording.format_map(known)
        for wording in wordings
        if all(known[name] is not None for name in fields(wording))
    ]


def first(wordings: Sequence[str], known: Known) -> str:
    """The first sentence whose facts are all known, such as a subject; else the last, with `…` for gaps."""
    found = sentences(wordings, known)
    return found[0] if found else wordings[-1].format_map({name: known[name] or "…" for name in known})
