"""One rule for the length of names: of files, of desks, and of the messages that start workflows."""

import pytest

from models.catalogue import file
from models.characters import LONGEST_NAME
from models.errors import Refused
from models.fleet import file as fleet_file
from models.people.profiles import parse_name
from tests.builders import as_csv, item, line
from tests.workflows.all_messages import all_messages

HERE, TOO_LONG = "x" * LONGEST_NAME, "x" * (LONGEST_NAME + 1)
FILES = [
    *((fleet_file.parse_fleet, line(employee_language="en"), name) for name in fleet_file.COLUMNS),
    *(
        (file.parse_catalogue, item(order_contact_language="en"), name)
        for name in (*file.COLUMNS, *file.OPTIONAL)
    ),
]


@pytest.mark.covers("W3")
@pytest.mark.parametrize(
    ("parse", "row", "column"), FILES, ids=lambda value: getattr(value, "__name__", None) or str(value)[:30]
)
def test_no_cell_of_a_file_holds_a_longer_name(parse: object, row: dict[str, object], column: str) -> None:
    assert callable(parse)
    with pytest.raises(Refused) as refused:
        parse(as_csv(row | {column: TOO_LONG}))
    (reason,) = {refusal.sentence for refusal in refused.value.refusals}
    assert column in reason
    assert f"longer than {LONGEST_NAME} characters" in reason or column.endswith("_email")


@pytest.mark.covers("W3")
def test_the_longest_names_are_taken_from_files_and_by_desks() -> None:
    names: dict[str, object] = dict.fromkeys(
        ("account", "device", "provider", "distributor", "employee_name"), HERE
    )
    groups: dict[str, object] = {"management_groups": ";".join([HERE, "y" * LONGEST_NAME])}
    (row,) = fleet_file.parse_fleet(as_csv(line() | names | groups)).rows
    assert (row.provider, len(row.groups)) == (HERE, 2)
    assert parse_name(HERE) == HERE
    with pytest.raises(Refused):
        parse_name(TOO_LONG)


@pytest.mark.covers("W3")
def test_every_start_takes_names_of_this_length() -> None:
    found = [
        (message.__name__, name, message.model_json_schema()["properties"][name].get("maxLength"))
        for message in all_messages()
        for name in message.model_fields
        if name in {"provider", "distributor"}
    ]
    assert len(found) == 7
    assert {length for *_, length in found} == {LONGEST_NAME}
