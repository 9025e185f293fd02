"""What breaks a line or misleads a reader gets into no name, however it is entered."""

import pytest

from models.csv_rows import read_rows
from models.errors import Refused
from models.imports import RowNotes
from models.people.profiles import parse_name

MISLEADING = ["\r", "\n", "\x00", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\u202e", "\u2067", "\ufeff"]


@pytest.mark.parametrize("character", MISLEADING)
def test_a_misleading_character_is_refused_in_a_name_typed_or_imported(character: str) -> None:
    name = f"Ana{character}Martin"
    with pytest.raises(Refused) as refused:
        parse_name(name)
    assert [refusal.code for refusal in refused.value.refusals] == ["name_invalid"]
    notes = RowNotes()
    if character != "\x00":  # such a file is no text at all
        assert read_rows(f'name\n"{name}"\n'.encode(), ("name",), (), notes) == []
        assert "another control character" in notes.warnings()[0].sentence


@pytest.mark.parametrize("name", ["Zoë", "李雷", "O'Brien", "אבי\u200e", "Ana \U0001f600"])
def test_names_of_people_are_kept(name: str) -> None:
    assert parse_name(f" {name} ") == name
    (row,) = read_rows(f"name\n{name}\n".encode(), ("name",), (), RowNotes())
    assert row.cells["name"] == name
