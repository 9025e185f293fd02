"""An ICCID is read however it is padded or marked; one that a spreadsheet has changed is refused (R9)."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cells import iccid_cell
from models.errors import Refused
from models.fleet.file import FleetFile, parse_fleet
from models.identifiers import parse_iccid
from tests.builders import as_csv, iccid, line
from workflows.failures import checked_iccid

pytestmark = pytest.mark.covers("R9")
PLAIN = "8933010000000600017"
WRITTEN = [
    f"{PLAIN}F",
    f"{PLAIN}f",
    f" {PLAIN}\t",
    f"\u00a0{PLAIN[:4]} {PLAIN[4:8]}\u2009{PLAIN[8:]}\u202f",
    f"{PLAIN[:4]}-{PLAIN[4:]}",
    f"'{PLAIN}",
    f'="{PLAIN}"',
    f'="{PLAIN}F"',
    f"\u200b{PLAIN}\ufeff",
    f"\u202d{PLAIN}\u202c",
]


@pytest.mark.parametrize("written", WRITTEN)
def test_padding_blanks_and_marks_are_left_out(written: str) -> None:
    assert parse_iccid(written) == iccid_cell(written) == PLAIN
    assert checked_iccid(written) == PLAIN
    assert parse_fleet(as_csv(line(iccid=written))).rows[0].iccid == PLAIN


@pytest.mark.parametrize("padding", ["FF", "ff", "F"])
def test_eighteen_digits_have_two_of_them(padding: str) -> None:
    assert iccid_cell(f"897010212345678901{padding}") == "897010212345678901"


@pytest.mark.parametrize(
    "written", ["8.93301E+18", "8,93300E+18", "8.9330100000001E+18", "9E+18", "8.93E18", "'8.93301E+18"]
)
def test_scientific_notation_is_refused_and_the_spreadsheet_is_named(written: str) -> None:
    for read in (iccid_cell, lambda text: parse_fleet(as_csv(line(iccid=text)))):
        with pytest.raises(Refused, match="a spreadsheet has written the ICCID as a number"):
            read(written)


ROUNDED = ["8933010000000100000", "8933010000000050000", "893301000000050000", "89330100000000500000"]


@pytest.mark.parametrize("written", ROUNDED)
def test_a_rounded_one_is_refused_and_the_spreadsheet_is_named(written: str) -> None:
    with pytest.raises(Refused, match="a spreadsheet has rounded the ICCID to 15 digits"):
        parse_fleet(as_csv(line(iccid=written)))
    assert parse_fleet(as_csv(line(iccid=f"'{written}"))).rows[0].iccid == written, "marked as a text"


def of_many(*written: str) -> FleetFile:
    """A fleet with these ICCIDs, and two hundred others."""
    rows = [line(number + 1, iccid=one) for number, one in enumerate(written)]
    return parse_fleet(as_csv(*rows, *(line(number) for number in range(100, 300))))


def test_among_many_one_that_ends_so_is_kept_with_a_warning_if_its_check_digit_is_right() -> None:
    file = of_many(iccid(2000))
    assert iccid(2000).endswith("0000")
    assert file.rows[0].iccid == iccid(2000)
    (warning,) = file.warnings.warnings()
    assert "Line 2: iccid: the ICCID ends with zeros" in warning.sentence
    with pytest.raises(Refused, match="a spreadsheet has rounded"):
        of_many("8933010000000050000")


def test_of_a_file_that_was_rounded_every_row_is_named() -> None:
    with pytest.raises(Refused) as refused:
        parse_fleet(as_csv(*(line(n, iccid=f"{iccid(n * 10_000)[:15]}0000") for n in range(1, 31))))
    assert len(refused.value.refusals) == 30
    assert all("a spreadsheet has rounded" in refusal.sentence for refusal in refused.value.refusals)


CELLS = st.text(max_size=30) | st.text("0123456789FfeE+.,'=\" -\u00a0\u200b", max_size=30)


def _check_any(cell: str) -> None:
    try:
        told = iccid_cell(cell)
    except Refused as why:
        told = why.refusals[0].code
    assert told in {"iccid_invalid", "iccid_rounded", "iccid_scientific"} or re.fullmatch(
        "[0-9]{18,20}", told
    )


@settings(max_examples=200)
@given(CELLS)
def test_any_cell_as_an_iccid_is_digits_or_a_sentence(cell: str) -> None:
    _check_any(cell)


@pytest.mark.night
@settings(max_examples=20_000)
@given(CELLS)
def test_many_cells_as_iccids_are_digits_or_a_sentence(cell: str) -> None:
    _check_any(cell)
