"""Parse the rates of an operator from a file: what a megabyte costs with a profile in a network.

The columns are those of price lists in use; further ones are not read. A network without a price of data in
its row has no data with that profile.
"""

import re
from decimal import Decimal

from models.errors import Refusal, Refused
from models.files.columns import Columns
from models.files.rows import RowReader, read_rows
from models.files.table import Table
from models.imports import Progress, RowNotes
from models.money import parse_currency
from models.travel.countries import parse_country
from models.travel.entered import parse_profile
from models.travel.rates import Rate

COLUMNS = ("country", "network", "imsi", "data")
OPTIONAL = ("vpmn",)
RATES = Columns(
    needed=COLUMNS,
    optional=OPTIONAL,
    also={
        "country": ("Country name", "Country code", "Pays"),
        "network": ("Network name", "Operator", "Réseau", "Opérateur"),
        "imsi": ("IMSI profile", "Profile", "Profil", "Profil IMSI"),
        "data": ("Data rate", "Price per MB", "Data (MB)", "Données", "Prix par Mo", "Prix du Mo"),
        "vpmn": ("TADIG", "TADIG code", "Code TADIG", "Network code", "Code réseau"),
    },
    further=True,
)
_SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP"}
_PRICE = re.compile(r"([A-Z$€£]{0,3})\s*([0-9][0-9.,]*)\s*([A-Z$€£]{0,3})")
_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?", re.ASCII)
_GROUPED = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}", re.ASCII)


def parse_rates(source: bytes | Table, progress: Progress | None = None) -> list[Rate]:
    """Parse the file. Raises `Refused` with every invalid row at once."""
    wrong = RowNotes()
    seen: dict[tuple[int, str, str], tuple[Rate, int]] = {}
    first: tuple[Rate, int] | None = None
    for line in read_rows(source, RATES, wrong, progress):
        rate = _RateReader(line, wrong).rate()
        if rate is None:
            continue
        first = first or (rate, line.line)
        if rate.currency != first[0].currency:  # then nothing can be compared
            wrong.add(line.line, "data", Refusal.of("other_currency_before", line=first[1]))
        known, at = seen.setdefault((rate.profile, rate.country, rate.network), (rate, line.line))
        if known != rate:
            wrong.add(line.line, "data", Refusal.of("other_rate_before", line=at))
    wrong.refuse()
    return [rate for rate, _ in seen.values()]


class _RateReader(RowReader):
    """Parses one row of the file."""

    def rate(self) -> Rate | None:
        """The rate; None if the row is invalid or has no price."""
        country = self._needed_as("country", parse_country)
        network = self._needed("network")
        profile = self._needed_as("imsi", parse_profile)
        price = self._optional("data", parse_price)
        if not self._right or country is None or profile is None or price is None:
            return None
        code = self._cell("vpmn")
        return Rate(
            profile=profile,
            country=country,
            network=f"{network} ({code})" if code else network,
            per_mb=price[0],
            currency=price[1],
        )


def parse_price(text: str) -> tuple[Decimal, str]:
    """Parse a price with its currency: `$0.004`, `0,004 EUR`. A comma separates decimals, unless it may
    separate thousands as well.

    Raises `Refused` (`cell_no_rate`, `cell_rate_ambiguous`).
    """
    found = _PRICE.fullmatch(text.strip().upper())
    if found is None or bool(found[1]) is bool(found[3]):
        raise Refused.because("cell_no_rate")
    number, unit = found[2], found[1] or found[3]
    if _GROUPED.fullmatch(number):
        raise Refused.because("cell_rate_ambiguous")
    if not _NUMBER.fullmatch(number := number.replace(",", ".", 1)):
        raise Refused.because("cell_no_rate")
    try:
        return Decimal(number), _SYMBOLS.get(unit) or parse_currency(unit)
    except Refused:
        raise Refused.because("cell_no_rate") from None
