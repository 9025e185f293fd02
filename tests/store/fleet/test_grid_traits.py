"""The bits of rows of the inventory that SQL names by their numbers."""

from models.fleet.grid import RowCode
from models.fleet.inventory import SimKind
from store.fleet.grid_conditions import TRAITS
from store.fleet.grid_tables import CODE_NONE, WITHOUT_CODE


def test_conditions_of_indexes_ask_the_bits_that_rows_have() -> None:
    esim, present = TRAITS[SimKind.ESIM], TRAITS[f"code/{RowCode.PRESENT}"]
    assert f"(traits & {TRAITS[f'code/{RowCode.NONE}']}) <> 0" == CODE_NONE
    assert WITHOUT_CODE.endswith(f"(traits & {esim | present}) = {esim}")
