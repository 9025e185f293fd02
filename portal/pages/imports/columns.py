"""The columns of each kind of file, as its page lists them and its template has them."""

from collections.abc import Mapping
from typing import NamedTuple

from models.catalogue import file as catalogue
from models.fleet import file as fleet
from models.licences import file as numbers
from models.travel import plan_file, rate_file, stock_file, subscriber_file


class Columns(NamedTuple):
    """The columns that the first line has to name, and those that it may leave out."""

    needed: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def template(self) -> str:
        """An empty file: its first line."""
        return ",".join((*self.needed, *self.optional)) + "\r\n"


COLUMNS: Mapping[str, Columns] = {
    "import_fleet": Columns(fleet.COLUMNS, fleet.OPTIONAL),
    "import_catalogue": Columns(catalogue.COLUMNS, catalogue.OPTIONAL),
    "import_numbers": Columns(numbers.COLUMNS, numbers.OPTIONAL),
    "import_subscribers": Columns(subscriber_file.COLUMNS, subscriber_file.OPTIONAL),
    "import_travel_stock": Columns(stock_file.COLUMNS, stock_file.OPTIONAL),
    "import_travel_rates": Columns(rate_file.COLUMNS, rate_file.OPTIONAL),
    "import_travel_plans": Columns(plan_file.COLUMNS, plan_file.OPTIONAL),
}
