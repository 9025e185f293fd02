"""What one cell of a file means, or the cause why it means nothing."""

import pytest

from models.cells import msisdn_cell
from models.errors import Refused


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
