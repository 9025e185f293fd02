"""What one cell of a file means, or the cause why it means nothing."""

import pytest

from models.cells import msisdn_cell
from models.errors import Refused
from models.files.columns import Columns
from models.files.rows import read_rows
from models.files.text import read_text
from models.imports import RowNotes


@pytest.mark.covers("R12")
@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("33612345678", "msisdn_without_plus"),
        ("33 6 12 34 56 78", "msisdn_without_plus"),
        ("06 12 34 56 78", "msisdn_invalid"),
        ("612345678", "msisdn_invalid"),
        ("3.36E+10", "msisdn_invalid"),
    ],
)
def test_a_phone_number_that_lost_its_plus_names_the_spreadsheet(cell: str, code: str) -> None:
    with pytest.raises(Refused) as why:
        msisdn_cell(cell)
    assert [refusal.code for refusal in why.value.refusals] == [code]


@pytest.mark.covers("R12")
@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("x" * 201, "Line 1: place: it is longer than 200 characters."),
        ("a\x1b[31mb", "Line 1: place: there is a line break or another control character in it."),
        ("#REF!", "Line 1: place: a formula of the spreadsheet has failed here"),
    ],
)
def test_a_value_of_all_rows_is_held_to_what_a_cell_may_be(value: str, sentence: str) -> None:
    table = read_text(b"name\nAna\n")
    table.mapping = (f'"{value}"=place',)
    with pytest.raises(Refused) as why:
        list(read_rows(table, Columns(("name", "place")), RowNotes()))
    assert [refusal.sentence[: len(sentence)] for refusal in why.value.refusals] == [sentence]
