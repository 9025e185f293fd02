"""What breaks a line or misleads a reader gets into no name, however it is entered."""

import pytest

from models.characters import tidy
from models.errors import Refused
from models.files.columns import Columns
from models.files.rows import read_rows
from models.imports import RowNotes
from models.people.profiles import parse_name

MISLEADING = ["\x00", "\x1b", "\x7f", "\x85", "\u2028", "\u2029"]
INVISIBLE = ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200e", "\u202e", "\u2067", "\ufe0f"]
BLANKS = [" ", "  ", "\u00a0", "\u202f", "\u2003", "\u3000"]
NAME = Columns(("name",))


def imported(name: str, notes: RowNotes) -> list[str]:
    """The name as a file with it is read."""
    return [row.cells["name"] for row in read_rows(f'name\n"{name}"\n'.encode(), NAME, notes)]


@pytest.mark.parametrize("character", MISLEADING)
def test_a_misleading_character_is_refused_in_a_name_typed_or_imported(character: str) -> None:
    name = f"Ana{character}Martin"
    with pytest.raises(Refused) as refused:
        parse_name(name)
    assert [refusal.code for refusal in refused.value.refusals] == ["name_invalid"]
    notes = RowNotes()
    if character != "\x00":  # such a file is no text at all
        assert imported(name, notes) == []
        assert "another control character" in notes.warnings()[0].sentence


@pytest.mark.covers("R11")
@pytest.mark.parametrize("between", [*(f"A{one}cme" for one in INVISIBLE), "Acme", "Acme\u200b"])
def test_an_invisible_character_makes_no_second_name(between: str) -> None:
    assert parse_name(between) == tidy(between) == "Acme"
    assert imported(between, RowNotes()) == ["Acme"]


@pytest.mark.covers("R11")
@pytest.mark.parametrize("blank", BLANKS)
def test_blanks_of_any_kind_make_no_second_name(blank: str) -> None:
    assert parse_name(f"Acme{blank}Logistics{blank}") == "Acme Logistics"
    assert imported(f"Acme{blank}Logistics{blank}", RowNotes()) == ["Acme Logistics"]


@pytest.mark.covers("R11")
def test_composed_and_decomposed_letters_make_one_name() -> None:
    assert parse_name("Zoe\u0308") == "Zo\u00eb"
    assert imported("Zoe\u0308", RowNotes()) == ["Zo\u00eb"]


@pytest.mark.parametrize("break_", ["\r", "\n", "\r\n"])
def test_a_line_break_is_refused_where_a_name_is_typed_and_a_blank_in_a_file(break_: str) -> None:
    with pytest.raises(Refused):
        parse_name(f"Ana{break_}Martin")
    assert imported(f"Ana{break_}Martin", RowNotes()) == ["Ana Martin"]


@pytest.mark.parametrize("name", ["Zoë", "李雷", "O'Brien", "אבי", "Ana \U0001f600"])
def test_names_of_people_are_kept(name: str) -> None:
    assert parse_name(f" {name} ") == name
    assert imported(name, RowNotes()) == [name]
