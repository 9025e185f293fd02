"""The columns of each kind of file, as its page lists them and its template has them."""

from collections.abc import Mapping

from models.catalogue.file import CATALOGUE
from models.files.columns import Columns
from models.fleet.file import FLEET
from models.licences.file import NUMBERS
from models.travel.plan_file import PLANS
from models.travel.rate_file import RATES
from models.travel.stock_file import STOCK
from models.travel.subscriber_file import SUBSCRIBERS

COLUMNS: Mapping[str, Columns] = {
    "import_fleet": FLEET,
    "import_catalogue": CATALOGUE,
    "import_numbers": NUMBERS,
    "import_subscribers": SUBSCRIBERS,
    "import_travel_stock": STOCK,
    "import_travel_rates": RATES,
    "import_travel_plans": PLANS,
}


def template_of(columns: Columns) -> str:
    """An empty file: its first line."""
    return ",".join(columns.all) + "\r\n"
