"""docs/import.md says what the importers take."""

import re
from pathlib import Path

import pytest

from models.catalogue import file
from models.catalogue.file import parse_catalogue
from models.codes import file as code_file
from models.codes.file import parse_codes
from models.files.text import read_text
from models.fleet import file as fleet_file
from models.fleet.file import parse_fleet
from models.licences import file as number_file
from models.licences.file import parse_numbers
from models.travel import plan_file, rate_file, stock_file, subscriber_file
from models.travel.stock_file import parse_stock
from starter.cli.catalogue import catalogue
from starter.cli.fleet import fleet
from starter.cli.licences import numbers
from starter.cli.travel import plans as travel_plans
from starter.cli.travel import stock, subscribers

TEXT = (Path(__file__).parent.parent / "docs" / "import.md").read_text()
FLEET, CATALOGUE, NUMBERS, STOCK, RATES, PLANS, SUBSCRIBERS, CODES = re.split(
    "## (?:Catalogue|Numbers|Stock|Rates|Plans|Subscribers|QR codes)", TEXT[TEXT.index("## Fleet") :]
)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        (FLEET, (*fleet_file.COLUMNS, *fleet_file.OPTIONAL)),
        (CATALOGUE, (*file.COLUMNS, *file.OPTIONAL)),
        (NUMBERS, (*number_file.COLUMNS, *number_file.OPTIONAL)),
        (STOCK, (*stock_file.COLUMNS, *stock_file.OPTIONAL)),
        (RATES, (*rate_file.COLUMNS, *rate_file.OPTIONAL)),
        (PLANS, (*plan_file.COLUMNS, *plan_file.OPTIONAL)),
        (CODES, (*code_file.COLUMNS, *code_file.OPTIONAL)),
        (SUBSCRIBERS, (*subscriber_file.COLUMNS, *subscriber_file.OPTIONAL)),
    ],
)
def test_every_column_is_documented_in_its_order(text: str, columns: tuple[str, ...]) -> None:
    assert tuple(re.findall(r"^\| `(\w+)` \|", text, re.M)) == columns


def test_the_examples_can_be_imported() -> None:
    (lines_csv,) = re.findall(r"```csv\n(.*?)```", FLEET, re.S)
    (items_csv,) = re.findall(r"```csv\n(.*?)```", CATALOGUE, re.S)
    lines = parse_fleet(lines_csv.encode())
    items = parse_catalogue(items_csv.encode())
    assert lines.rows[0].groups == ("Warehouse", "Marseille")
    assert lines.rows[1].kind is None
    assert not lines.warnings
    assert [item.esim for item in items.rows] == [True, False]
    assert not items.warnings
    (numbers_csv,) = re.findall(r"```csv\n(.*?)```", NUMBERS, re.S)
    assert [row.agent_name for row in parse_numbers(numbers_csv.encode())] == ["Gina Costa", None]
    (stock_csv,) = re.findall(r"```csv\n(.*?)```", STOCK, re.S)
    table = read_text(stock_csv.encode())
    esims = parse_stock(table)
    assert [(esim.profile, esim.confirmation_code) for esim in esims] == [(7, None), (2, "4711")]
    assert not table.warnings


def test_the_examples_of_travel_can_be_imported() -> None:
    rates, plans, subscribers = (
        re.findall(r"```csv\n(.*?)```", text, re.S)[0].encode() for text in (RATES, PLANS, SUBSCRIBERS)
    )
    assert [rate.country for rate in rate_file.parse_rates(rates)] == ["FR", "FR", "KR"]
    assert [plan.complimentary for plan in plan_file.parse_plans(plans)] == [True, None]
    assert [one.plan for one in subscriber_file.parse_subscribers(subscribers).rows] == [
        "unlimited_all",
        "basic",
    ]


def test_the_example_of_many_codes_can_be_imported() -> None:
    (codes_csv,) = re.findall(r"```csv\n(.*?)```", CODES, re.S)
    rows = parse_codes(read_text(codes_csv.encode()))
    assert [str(row.read.code) if row.read else None for row in rows] == [
        "LPA:1$smdp.example.com$FLEET-0001",
        "LPA:1$smdp.example.com$FLEET-0002",
    ]


def test_the_commands_name_the_document_and_the_columns() -> None:
    for command, columns in (
        (fleet.import_fleet, (*fleet_file.COLUMNS, *fleet_file.OPTIONAL)),
        (catalogue.import_catalogue, (*file.COLUMNS, *file.OPTIONAL)),
        (numbers.import_numbers, (*number_file.COLUMNS, *number_file.OPTIONAL)),
        (stock.import_stock, (*stock_file.COLUMNS, *stock_file.OPTIONAL)),
        (travel_plans.import_rates, (*rate_file.COLUMNS, *rate_file.OPTIONAL)),
        (travel_plans.import_plans, (*plan_file.COLUMNS, *plan_file.OPTIONAL)),
        (subscribers.import_subscribers, (*subscriber_file.COLUMNS, *subscriber_file.OPTIONAL)),
    ):
        text = command.__doc__ or ""
        assert "docs/import.md" in text
        assert all(column in text for column in columns)
