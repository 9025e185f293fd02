"""A formula that failed is refused with its line: as an empty cell it would remove what was there (R10)."""

import pytest

from models.errors import Refused
from models.files.table import Table
from starter.imports import opened
from tests.files.test_reading import HEAD, rows_of
from tests.files.workbooks import Formula, Sheet, workbook

SHOWN = (
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NUM!",
    "#VALEUR!",
    "#NOM?",
    "#NOMBRE!",
    "#GETTING_DATA!",
)


def refused(content: bytes | Table) -> list[str]:
    """The sentences about the rows."""
    with pytest.raises(Refused) as why:
        rows_of(content)
    return [refusal.sentence for refusal in why.value.refusals]


@pytest.mark.covers("R10")
@pytest.mark.parametrize("shown", SHOWN)
def test_a_failed_formula_in_a_text_file_is_refused_with_its_line_and_column(shown: str) -> None:
    (told,) = refused(f"name,place\nAna,x\nZoe,{shown}\n".encode())
    assert told.startswith("Line 3: place: a formula of the spreadsheet has failed here")


@pytest.mark.covers("R10")
def test_a_number_sign_alone_and_a_failed_formula_in_a_column_that_is_not_read_are_taken() -> None:
    assert rows_of(b"name,place,seen\nTeam #1,#4 Main St!,#N/A\n")[0] == [("Team #1", "#4 Main St!", "")]


@pytest.mark.covers("R10")
async def test_a_formula_in_a_workbook_without_a_result_is_refused_with_its_line_and_column() -> None:
    rows: Sheet = [
        HEAD,
        ("Ana", Formula('"Pa"&"ris"', "Paris"), "Dock"),
        ("Zoe", "Nice", Formula("VLOOKUP(A3,X!A:B,2,0)", "#N/A")),
        ("Bob", Formula("A9"), ""),
        ("Eve", "Lens", Formula('IF(A1="","","")', "")),
    ]
    failed = "a formula of the spreadsheet has failed here or was never calculated"
    told = refused(await opened(workbook(rows)))
    assert [one.partition(";")[0] for one in told] == [
        f"Line 3: groups: {failed}",
        f"Line 4: place: {failed}",
    ]
    kept, _ = rows_of(await opened(workbook([HEAD, rows[1], rows[4]])))
    assert kept == [("Ana", "Paris", "Dock"), ("Eve", "Lens", "")]


@pytest.mark.covers("R10")
async def test_a_failed_formula_late_in_a_large_sheet_to_the_right_of_empty_columns_is_found() -> None:
    rows = [(None, *HEAD), *((None, f"Ana {n}", "x", "Dock " * 20) for n in range(20_000))]
    told = refused(await opened(workbook([*rows, (None, "Zoe", Formula("B1", "#REF!"), "")])))
    assert [one.partition(": a formula")[0] for one in told] == ["Line 20002: place"]
