"""Every dialect in which people have a table is read as the same rows, and what was guessed is said (R10)."""

import codecs
import csv
import io
import string
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import Refused
from models.files.columns import Columns
from models.files.rows import read_rows
from models.files.table import MAX_BYTES, MAX_COLUMNS, Table
from models.files.text import read_text
from models.imports import RowNotes
from starter.imports import opened
from tests.files.workbooks import workbook

COLUMNS = Columns(("name", "place"), ("groups",), lists=frozenset({"groups"}))
HEAD = ("name", "place", "groups")
ROWS = [("Éloïse Lefèvre", "Nîmes", "Entrepôt"), ("Zoë Çelik", 'The "Dock", 2; left', "")]


def written(rows: Sequence[Sequence[str]], separator: str = ",", end: str = "\r\n") -> str:
    """A CSV text."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=end).writerows([HEAD, *rows])
    return text.getvalue()


def rows_of(content: bytes | Table) -> tuple[list[tuple[str, ...]], list[str]]:
    """The cells of all rows, and the warnings about the file."""
    table, wrong = content if isinstance(content, Table) else read_text(content), RowNotes()
    rows = [tuple(row.cells.get(name, "") for name in HEAD) for row in read_rows(table, COLUMNS, wrong)]
    wrong.refuse()
    return rows, [note.sentence for note in table.warnings.warnings()]


SAME = {
    "commas": written(ROWS).encode(),
    "semicolons": written(ROWS, ";").encode(),
    "tabs": written(ROWS, "\t").encode(),
    "pipes": written(ROWS, "|").encode(),
    "sep= line": b"sep=;\r\n" + written(ROWS, ";").encode(),
    "quoted sep= line": b'"sep=|"\r\n' + written(ROWS, "|").encode(),
    "sep= of another kind": b"sep=^\n" + written(ROWS, "^", "\n").encode(),
    "line feeds": written(ROWS, end="\n").encode(),
    "carriage returns": written(ROWS, end="\r").encode(),
    "a byte-order mark": written(ROWS).encode("utf-8-sig"),
    "UTF-16": written(ROWS, "\t").encode("utf-16"),
    "UTF-16, big end first": codecs.BOM_UTF16_BE + written(ROWS, ";").encode("utf-16-be"),
    "UTF-16 without a mark": written(ROWS).encode("utf-16-le"),
    "UTF-16 without a mark, big end first": written(ROWS).encode("utf-16-be"),
    "UTF-32": written(ROWS).encode("utf-32"),
    "trailing separators": written(ROWS, ";").replace("\r\n", ";\r\n").encode(),
    "empty lines": ("\r\n\r\n" + written(ROWS).replace("\r\n", "\r\n,,\r\n\r\n")).encode(),
    "decomposed letters": written(ROWS).replace("é", "e\u0301").replace("ë", "e\u0308").encode(),
}


@pytest.mark.covers("R10")
@pytest.mark.parametrize("dialect", SAME)
def test_a_dialect_is_read_as_the_same_rows(dialect: str) -> None:
    assert rows_of(SAME[dialect]) == (ROWS, [])


@pytest.mark.covers("R10")
@pytest.mark.parametrize("separator", [",", ";"])
def test_windows_1252_is_read_and_a_sample_is_shown(separator: str) -> None:
    rows = [("Éloïse Lefèvre", "Nîmes", "€ & œ"), ("Noël", "", "")]
    found, warnings = rows_of(written(rows, separator).encode("cp1252"))
    assert found == rows
    assert len(warnings) == 1
    assert "read as Windows-1252" in warnings[0]
    assert "Éloïse" in warnings[0]


@pytest.mark.covers("R10")
def test_line_breaks_in_quotes_stay_in_their_cell_and_separate_the_items_of_a_list() -> None:
    text = 'name,place,groups\r\n"Ana\r\nMartin","1 rue\nx","Entrepôt\nMarseille"\r\nZoë,y,z\r\n'
    found, _ = rows_of(text.encode())
    assert found == [("Ana Martin", "1 rue x", "Entrepôt;Marseille"), ("Zoë", "y", "z")]


@pytest.mark.covers("R10")
def test_more_separators_in_the_cells_than_in_the_headings_mislead_nobody() -> None:
    groups = ";".join(f"G{number}" for number in range(20))
    for end in ("\r", "\n", "\r\n"):
        found, _ = rows_of(written([("Ana", "x", groups)] * 3, end=end).encode())
        assert found == [("Ana", "x", groups)] * 3


@pytest.mark.covers("R10")
@pytest.mark.parametrize("cell", ['="007"', "'007", '"=""007"""'])
def test_marks_of_a_text_are_left_out(cell: str) -> None:
    found, _ = rows_of(f"name,place\n{cell},x\n".encode())
    assert found == [("007", "x", "")]
    assert rows_of(b"name,place\n'Tis a name,x\n")[0] == [("'Tis a name", "x", "")]


@pytest.mark.covers("R10")
async def test_a_workbook_is_read_as_the_same_rows() -> None:
    assert rows_of(await opened(workbook([HEAD, *ROWS]))) == (ROWS, [])
    cells = [HEAD, (), ("Ana", 33639980001, True), ("Zoë", 0.5, None), (None, None, None)]
    expected = [("Ana", "33639980001", "true"), ("Zoë", "0.5", "")]
    assert rows_of(await opened(workbook(cells))) == (expected, [])


@pytest.mark.covers("R10")
async def test_of_several_sheets_the_first_one_that_is_seen_is_read_and_the_others_are_said() -> None:
    secret, table = [("not", "this")], [HEAD, *ROWS]
    rows, warnings = rows_of(await opened(workbook(secret, [], table, secret, hidden=1)))
    assert rows == ROWS
    assert warnings == ["Line 1: only the first sheet with a table was read; others are not: 1."]


@pytest.mark.covers("R10")
async def test_cells_that_are_merged_over_rows_have_the_value_that_they_show_and_that_is_said() -> None:
    cells = [
        HEAD,
        ("Ana", "Paris", "Dock"),
        ("Bob", None, None),
        ("Eve", None, None),
        (),
        ("Zoe", "Nice", None),
    ]
    ranges = ("B2:B3", "C2:C4", "A6:A9", "B1:C1")
    assert rows_of(await opened(workbook(cells)))[0][1] == ("Bob", "", "")
    rows, warnings = rows_of(await opened(workbook(cells, merged=ranges)))
    assert rows == [
        ("Ana", "Paris", "Dock"),
        ("Bob", "Paris", "Dock"),
        ("Eve", "", "Dock"),
        ("Zoe", "Nice", ""),
    ]
    (warning,) = warnings
    assert warning.startswith("Line 1: cells that are merged over several rows were read as the same value")
    assert warning.endswith("cells read so: 3.")


async def refused(content: bytes) -> str:
    """The sentence why the file is refused."""
    with pytest.raises(Refused) as why:
        rows_of(await opened(content))
    (refusal,) = why.value.refusals
    return refusal.sentence


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
BAD = {
    "nothing but line ends": (b"name,place\n" + b"\n" * 10_000_000, "1,100,000 empty lines"),
    "nothing but separators": (b"name,place\n" + b",\r\n" * 1_200_000, "1,100,000 empty lines"),
    "nothing": (b"", "must name the columns"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no table"),
    "a web page": (b" <html><table><tr><td>name</table>", "no table"),
    "half of UTF-16": (written(ROWS).encode("utf-16")[:-1], "no table"),
    "neither encoding": (b"name,place\nZo\x81,x\n", "Line 2: the file is neither UTF-8 nor Windows-1252"),
    "an open quote": (b'name,place\nAna,"x\n', "Line 2: this is not CSV"),
    "a very long cell": (b"name,place\nAna," + b"x" * 200_000, "Line 2: this is not CSV"),
    "too many columns": (b"x," * MAX_COLUMNS + b"name\n", "more than 200 columns"),
    "too many bytes": (b"x" * (MAX_BYTES + 1), "more than 64 MB"),
    "an old workbook": (OLD, "the old format (.xls) or with a password"),
    "a damaged workbook": (workbook([HEAD, *ROWS])[:-100], "no Excel workbook that can be read"),
    "another archive": (b"PK\x03\x04" + bytes(100), "no Excel workbook that can be read"),
    "an empty workbook": (workbook([]), "No sheet of the workbook has a table"),
}


@pytest.mark.covers("R10")
@pytest.mark.parametrize("what", BAD)
async def test_a_bad_file_is_one_sentence(what: str) -> None:
    content, sentence = BAD[what]
    assert sentence in await refused(content)


@pytest.mark.covers("R10")
def test_a_row_with_too_long_a_cell_is_named() -> None:
    with pytest.raises(Refused, match="Line 3: name: it is longer than 200 characters"):
        rows_of(b"name,place\nAna,x\n" + b"y" * 201 + b",x\n")


def said(content: bytes | Table) -> list[str]:
    """Why it is refused; nothing if it is read."""
    try:
        rows_of(content)
    except Refused as why:
        return [refusal.sentence for refusal in why.refusals]
    return []


def _check_any(content: bytes) -> None:
    sentences = said(content)
    assert all(sentences)
    assert sentences or rows_of(content)[0]


TEXTS = st.text(string.printable + "é\u200b\u202e\u00a0\x00\x85", max_size=200)
FILES = st.binary(max_size=300) | st.builds(
    lambda head, text, codec, start: start + (head + text).encode(codec, "replace"),
    st.sampled_from(["name,place\n", "name;place;groups\r", "sep=\t\nname\tplace\n", '"name","place"\n', ""]),
    TEXTS,
    st.sampled_from(["utf-8", "cp1252", "utf-16", "utf-16-le", "utf-32"]),
    st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"]),
)


@pytest.mark.covers("R10")
@settings(max_examples=150)
@given(FILES)
def test_any_bytes_as_a_file_are_rows_or_a_sentence(content: bytes) -> None:
    _check_any(content)


@pytest.mark.night
@settings(max_examples=20_000)
@given(FILES)
def test_many_bytes_as_files_are_rows_or_a_sentence(content: bytes) -> None:
    _check_any(content)


CELLS = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters="='\""), min_size=1, max_size=9
)


@pytest.mark.covers("R10")
@settings(max_examples=150)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5), st.sampled_from(",;\t|"))
def test_what_a_spreadsheet_writes_is_read_back(rows: list[tuple[str, str, str]], separator: str) -> None:
    expected, _ = rows_of(written(rows).encode())
    for codec in ("utf-8", "utf-8-sig", "utf-16"):
        for end in ("\n", "\r", "\r\n"):
            assert rows_of(written(rows, separator, end).encode(codec))[0] == expected


@pytest.mark.covers("R10")
@settings(max_examples=8, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 2000))
async def test_any_damage_to_a_workbook_is_rows_or_a_sentence(noise: bytes, at: int) -> None:
    whole = workbook([HEAD, *ROWS])
    content = whole[:at] + noise + whole[at + len(noise) :]
    try:
        table = await opened(content)
    except Refused as why:
        told = [refusal.sentence for refusal in why.refusals]
    else:
        told = said(table)
    assert all(told)
