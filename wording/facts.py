"""Facts of e-mails whose wording depends on the reader's language: prices, volumes of data, countries.

written(Price(Decimal("9.90"), "EUR"), Language.FR)                 # 9,90 €
written(Volume(1_500_000_000), Language.EN)                         # 1.5 GB
written(Countries(("DE", "FR")), Language.EN)                       # France, Germany
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from unicodedata import normalize

from models.language import Language
from models.travel.volumes import GB, MB
from wording.numbers import locale, money

_FREE = {Language.EN: "free of charge", Language.FR: "gratuit"}


@dataclass(frozen=True)
class Price:
    """What something costs; nothing, if it is free of charge."""

    amount: Decimal
    currency: str

    def words(self, language: Language) -> str:
        """The amount with its currency."""
        return money(self.amount, self.currency, language) if self.amount else _FREE[language]


@dataclass(frozen=True)
class Volume:
    """A volume of data; a megabyte has 10^6 bytes."""

    in_bytes: int

    def words(self, language: Language) -> str:
        """In gigabytes from the first one on, else in megabytes: `1.5 GB`, `500 MB`; `1,5 Go`, `500 Mo`."""
        from babel.units import format_unit  # noqa: PLC0415  as in `wording.numbers`

        unit, size = ("gigabyte", GB) if self.in_bytes >= GB else ("megabyte", MB)
        amount = round(Decimal(self.in_bytes) / size, 3)
        short = format_unit(amount, f"digital-{unit}", length="short", locale=locale(language))
        return short.replace(" ", "\u00a0")


@dataclass(frozen=True)
class Countries:
    """Countries by their ISO 3166-1 alpha-2 codes."""

    codes: tuple[str, ...]

    def words(self, language: Language) -> str:
        """Their names, in alphabetical sequence."""
        return ", ".join(sorted((country(code, language) for code in self.codes), key=_sorted))


Worded = Price | Volume | Countries


@cache
def country(code: str, language: Language) -> str:
    """The name of a country; its code where it has none."""
    return str(locale(language).territories.get(code, code))


def _sorted(name: str) -> str:
    """Without accents, so that `Égypte` is among the names with E."""
    return "".join(letter for letter in normalize("NFD", name.casefold()) if letter.isascii())
