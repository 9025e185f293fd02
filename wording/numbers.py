"""Numbers and plurals in the reader's language, by the rules of Unicode's CLDR (Babel).

    number(12_500, Language.FR)                                             # 12 500
    money(Decimal("9.50"), "EUR", Language.EN)                              # €9.50
    counted(3, Plural("{number} line", "{number} lines"), Language.EN)      # 3 lines

Babel is imported when the first number is formatted, so that other commands start faster.
"""

from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from models.language import Language

if TYPE_CHECKING:
    from babel import Locale


class Plural(NamedTuple):
    """The singular and the plural of a text, with the number in `{number}`."""

    one: str
    other: str


@lru_cache(maxsize=1024)
def number(value: int, language: Language) -> str:
    """A number with its thousands grouped: `12,500`, `12 500`."""
    from babel.numbers import format_decimal  # noqa: PLC0415  see above

    return format_decimal(value, locale=locale(language))


def counted(count: int, plural: Plural, language: Language) -> str:
    """The count with its noun in singular or plural. In French zero is singular."""
    form = plural.one if locale(language).plural_form(count) == "one" else plural.other
    return form.format(number=number(count, language))


def money(amount: Decimal, currency: str, language: Language) -> str:
    """An amount with its currency: `€1,234.50`, `1 234,50 €`. In whole cents, never a float."""
    from babel.numbers import format_currency  # noqa: PLC0415  see above

    return format_currency(amount, currency, locale=locale(language))


def decimal(amount: Decimal, language: Language) -> str:
    """A number with the decimals that it has, six at most: `0.0125`, `0,0125`."""
    from babel.numbers import format_decimal  # noqa: PLC0415  see above

    return format_decimal(amount, format="#,##0.######", locale=locale(language))


@cache
def locale(language: Language) -> "Locale":
    """The Babel locale of this language."""
    from babel import Locale  # noqa: PLC0415  see above

    return Locale(language.value)
