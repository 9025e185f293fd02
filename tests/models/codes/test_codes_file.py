"""A file with the codes of many SIMs: its headings, its rows, and what is wrong with each (R13)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.codes.file import CodeRow, parse_codes
from models.codes.many import MOST_CODES
from models.errors import Refused
from models.files.text import read_text
from tests.builders import iccid

SIM = iccid(1)
CODE = "LPA:1$smdp.example.com$P029-6RW4-29321"

pytestmark = pytest.mark.covers("R13")


def parsed(text: str) -> list[CodeRow]:
    return parse_codes(read_text(text.encode()))


def only(text: str) -> tuple[str | None, str, str | None]:
    (row,) = parsed(text)
    assert row.problems == (), row.problems
    assert row.read is not None
    return row.iccid, str(row.read.code), row.read.confirmation_code


def problems(text: str) -> list[tuple[str | None, str]]:
    return [(each.column, each.reason.code) for row in parsed(text) for each in row.problems]


@pytest.mark.parametrize(
    "head",
    ["iccid,activation_code", "ICC ID,LPA", "N° SIM,Code d'activation", "Numéro de série,QR code text"],
)
def test_headings_are_understood_in_english_and_french(head: str) -> None:
    assert only(f"{head}\n{SIM},{CODE}\n") == (SIM, CODE, None)


@pytest.mark.parametrize("server", ["smdp.example.com", "https://smdp.example.com/"])
def test_server_and_matching_id_in_two_columns_are_one_code(server: str) -> None:
    head = '"ICCID","Matching ID","RSP URL","Bundle"'
    assert only(f'{head}\n"{SIM}","P029-6RW4-29321","{server}","esim_1GB"\n') == (SIM, CODE, None)
    assert only(f"{head}\n{SIM},{CODE},{server},x\n") == (SIM, CODE, None), "a whole code stays as it is"


def test_a_file_of_intune_is_read_and_that_is_said() -> None:
    table = read_text(f"smdp.example.com\n{SIM},P029-6RW4-29321\n{iccid(2)},P030\n".encode())
    rows = parse_codes(table)
    assert [(row.line, row.iccid, str(row.read and row.read.code)) for row in rows] == [
        (2, SIM, CODE),
        (3, iccid(2), "LPA:1$smdp.example.com$P030"),
    ]
    (warning,) = table.warnings.warnings()
    assert [problem.reason.code for problem in warning.problems] == ["codes_of_intune"]


def test_a_confirmation_code_has_a_column_of_its_own() -> None:
    head = "iccid,activation_code,Code de confirmation"
    assert only(f"{head}\n{SIM},{CODE},4711\n") == (SIM, CODE, "4711")
    assert only(f"{head}\n{SIM},{CODE},\n") == (SIM, CODE, None)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (f",{CODE}", [("iccid", "cell_empty")]),
        (f"{SIM},", [("activation_code", "cell_empty")]),
        (f"8.93E+18,{CODE}", [("iccid", "iccid_scientific")]),
        (f"8933010000000010000,{CODE}", [("iccid", "iccid_rounded")]),
        (f"S-1,{CODE}", [("iccid", "iccid_invalid")]),
        (f"{SIM},LPA:1$smdp.example.com$", [("activation_code", "code_shared")]),
        (f"{SIM},P029-6RW4-29321", [("activation_code", "code_in_parts")]),
        (f"{SIM},{SIM}", [("activation_code", "iccid_instead")]),
        (f"x,{SIM}", [("iccid", "iccid_invalid"), ("activation_code", "iccid_instead")]),
        (f"{SIM},{CODE},x", [(None, "cell_count_wrong")]),
    ],
)
def test_each_row_has_every_reason_of_its_own(row: str, found: list[tuple[str | None, str]]) -> None:
    head = "iccid,activation_code"
    assert problems(f"{head}\n{row}\n{iccid(7)},{CODE}7\n") == found


def test_the_reasons_of_all_rows_are_kept_however_many() -> None:
    rows = "".join(f"{number},x\n" for number in range(300))
    assert len(problems("iccid,activation_code\n" + rows)) == 600


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("iccid,name\n1,2\n", "columns_differ"),
        ("smdp.example.com\n", "no_rows"),
        ("", "columns_missing"),
        ("iccid,activation_code\n" + "1,x\n" * (MOST_CODES + 1), "too_many_rows"),
    ],
)
def test_what_is_no_such_table_is_refused_as_a_whole(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parsed(text)
    assert refused.value.refusals[0].code == code


def test_no_representation_of_a_row_has_its_code() -> None:
    assert "P029" not in repr(parsed(f"iccid,activation_code\n{SIM},{CODE}\n"))


@given(st.text(max_size=200), st.text(max_size=60))
def test_any_cells_are_a_code_or_sentences(first: str, second: str) -> None:
    text = 'iccid,activation_code\n"' + first.replace('"', "") + '","' + second.replace('"', "") + '"\n'
    try:
        rows = parsed(text)
    except (Refused, UnicodeEncodeError):
        return
    assert all(bool(row.problems) != (row.read is not None) for row in rows)
