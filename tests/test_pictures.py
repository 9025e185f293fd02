"""The pictures of the documents: each is there, is light, and says in words what it shows."""

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
PICTURES = TOP / "docs" / "pictures"
DOCUMENTS = ("README.md", "docs/operations.md", "docs/portal.md")
MARKDOWN = re.compile(r"!\[([^\]]*)\]\(([^)]+\.png)\)")
HTML = re.compile(r'<img src="([^"]+\.png)"[^>]*? alt="([^"]*)"')


def shown(document: Path) -> dict[Path, str]:
    """The pictures of a document and their words."""
    text = document.read_text()
    found = {(document.parent / path).resolve(): words for words, path in MARKDOWN.findall(text)}
    return found | {(document.parent / path).resolve(): words for path, words in HTML.findall(text)}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_shows_pictures_that_are_there_and_says_what_is_on_them(document: str) -> None:
    pictures = shown(TOP / document)
    assert pictures
    for path, words in pictures.items():
        assert path.is_file(), path
        assert len(words) > 20, path


def test_every_picture_is_light_and_used() -> None:
    taken = {path.resolve() for path in PICTURES.iterdir()}
    assert taken == {path for document in DOCUMENTS for path in shown(TOP / document)}
    assert all(path.stat().st_size < 200_000 for path in taken)
