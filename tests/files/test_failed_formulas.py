"""A formula that failed is refused with its line: as an empty cell it would remove what was there (R10)."""

import io
import time
import zipfile

import pytest

from confined.workbook_formulas import failed_formulas
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
    (said,) = refused(f"name,place\nAna,x\nZoe,{shown}\n".encode())
    assert said.startswith("Line 3: place: a formula of the spreadsheet has failed here")


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
    said = refused(await opened(workbook(rows)))
    assert [one.partition(";")[0] for one in said] == [
        f"Line 3: groups: {failed}",
        f"Line 4: place: {failed}",
    ]
    kept, _ = rows_of(await opened(workbook([HEAD, rows[1], rows[4]])))
    assert kept == [("Ana", "Paris", "Dock"), ("Eve", "Lens", "")]


@pytest.mark.covers("R10")
async def test_a_failed_formula_late_in_a_large_sheet_to_the_right_of_empty_columns_is_found() -> None:
    rows = [(None, *HEAD), *((None, f"Ana {n}", "x", "Dock " * 20) for n in range(20_000))]
    said = refused(await opened(workbook([*rows, (None, "Zoe", Formula("B1", "#REF!"), "")])))
    assert [one.partition(": a formula")[0] for one in said] == ["Line 20002: place"]


def with_cells(written: bytes) -> zipfile.ZipFile:
    """A workbook whose first sheet says this."""
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([HEAD]))) as book,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in book.namelist():
            archive.writestr(name, written if name.endswith("sheet1.xml") else book.read(name))
    return zipfile.ZipFile(changed)


@pytest.mark.covers("R10")
@pytest.mark.parametrize("piece", [b" ", b"<c ", b"<c a>", b"<f>", b"<c a> <f>", b"<v>", b"\t<f", b"a:"])
def test_a_hostile_sheet_is_searched_in_bounded_time(piece: bytes) -> None:
    last = b'<c r="B7" t="e"><v>#N/A</v></c>'
    begun = time.monotonic()
    for before in (b"", b"<c a>", b"<c a><f>"):
        sheet = with_cells(b"<f>" + before + piece * (2_000_000 // len(piece)) + b">" + last)
        assert failed_formulas(sheet, "Sheet 1") == {(7, 2): "#N/A"}
    assert time.monotonic() - begun < 20


@pytest.mark.covers("R10")
def test_a_failed_formula_is_found_however_its_element_is_written() -> None:
    for cell in (
        b'<x:c t="e" r="B7" s="1"><x:f>A1</x:f><x:v>#N/A</x:v></x:c>',
        b"<c r='B7'\n t='e'>\n <f>A1</f>\n <v>#N/A</v>\n</c>",
        b'<c r="B7"><f t="shared" si="0"/></c>',
        b'<c r="B7" s="3"><f>A1</f><v/></c>',
        b'<c r="B7"><f>A1</f><v></v></c>',
    ):
        assert failed_formulas(with_cells(b"<row>" + cell + b"</row>"), "Sheet 1") == {(7, 2): "#N/A"}, cell
    for cell in (
        b'<c r="B7"><f t="shared" si="0"/><v>4</v></c>',
        b'<c r="B7" t="s"><v>0</v></c>',
        b'<c r="B7"/>',
    ):
        assert failed_formulas(with_cells(b"<f/>" + cell), "Sheet 1") == {}, cell
