"""Parse travel plans from a file: each row is one plan, recognised by its name."""

from dataclasses import dataclass
from decimal import Decimal

from models.cells import yes_or_no_cell
from models.errors import Refusal, Refused
from models.files.columns import Columns
from models.files.rows import RowReader, read_rows
from models.files.table import Table
from models.imports import Progress, RowNotes
from models.money import parse_amount, parse_currency
from models.travel.countries import parse_countries
from models.travel.entered import parse_data, parse_months

COLUMNS = ("name", "countries", "data", "price", "currency")
OPTIONAL = ("shelf_life_months", "complimentary")
PLANS = Columns(
    needed=COLUMNS,
    optional=OPTIONAL,
    also={
        "name": ("Plan", "Plan name", "Bundle", "Nom", "Forfait", "Nom du forfait"),
        "countries": ("Country", "Coverage", "Pays", "Couverture", "Destinations"),
        "data": ("Data volume", "Volume", "Data allowance", "Données", "Volume de données"),
        "price": ("Amount", "Retail price", "Prix", "Tarif", "Montant"),
        "currency": ("Devise", "Monnaie"),
        "shelf_life_months": ("Shelf life", "Validity months", "Durée de conservation", "Validité"),
        "complimentary": ("Free of charge", "Gratuit", "Offert"),
    },
    long=frozenset({"countries"}),
    lists=frozenset({"countries"}),
)


@dataclass(frozen=True, slots=True)
class PlanFileRow:
    """One plan of the file."""

    line: int
    name: str
    countries: tuple[str, ...]
    data_mb: int
    price: Decimal
    currency: str
    shelf_life_months: int | None = None
    """None if the file gives none: that of the plan stays unchanged, and so does the next."""
    complimentary: bool | None = None


def parse_plans(source: bytes | Table, progress: Progress | None = None) -> list[PlanFileRow]:
    """Parse the file. Raises `Refused` with every invalid row at once."""
    wrong = RowNotes()
    rows, seen = [], dict[str, int]()
    for line in read_rows(source, PLANS, wrong, progress):
        row = _PlanReader(line, wrong).row()
        if row is None:
            continue
        first = seen.setdefault(row.name.lower(), row.line)
        if first != row.line:
            wrong.add(row.line, "name", Refusal.of("same_plan_before", line=first))
        rows.append(row)
    wrong.refuse()
    return rows


def split_countries(text: str) -> tuple[str, ...]:
    """The countries of a text that separates them by semicolons. Raises `Refused` (`no_countries`, ...)."""
    names = [name.strip() for name in text.split(";") if name.strip()]
    if not names:
        raise Refused.because("no_countries")
    return parse_countries(names)


class _PlanReader(RowReader):
    """Parses one row of the file."""

    def row(self) -> PlanFileRow | None:
        """The row, or None if anything in it is invalid."""
        name = self._needed("name")
        countries = self._needed_as("countries", split_countries)
        data = self._needed_as("data", parse_data)
        price, currency = self._needed_as("price", parse_amount), self._needed_as("currency", parse_currency)
        months = self._optional("shelf_life_months", parse_months)
        complimentary = self._optional("complimentary", yes_or_no_cell)
        if not self._right or countries is None or data is None or price is None or currency is None:
            return None
        return PlanFileRow(self._line.line, name, countries, data, price, currency, months, complimentary)
