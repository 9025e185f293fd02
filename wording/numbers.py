"""Numbers and plurals as people who speak a language write them, by the rules of Unicode's CLDR (Babel).

    number(12_500, Language.FR)                                                   # 12 500
    counted(3, Plural("{number} line", "{number} lines"), Language.EN)                   # 3 lines

Babel is loaded when the first number is written: a command that prints none starts without it.
"""

from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from models.language import Language

if TYPE_CHECKING:
    from babel import Locale


class Plural(NamedTuple):
    """What is said of one, and of any other number: `{number}` is it."""

    one: str
    other: str


@lru_cache(maxsize=1024)
def number(value: int, language: Language) -> str:
    """A number with its thousands grouped: `12,500`, `12 500`."""
    from babel.numbers import format_decimal  # noqa: PLC0415  see above

    return format_decimal(value, locale=locale(language))


def counted(count: int, plural: Plural, language: Language) -> str:
    """So many of something. In French zero is singular."""
    form = plural.one if locale(language).plural_form(count) == "one" else plural.other
    return form.format(number=number(count, language))


@cache
def locale(language: Language) -> "Locale":
    """How dates and numbers are written in this language."""
    from babel import Locale  # noqa: PLC0415  see above

    return Locale(language.value)
