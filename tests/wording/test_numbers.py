"""Numbers and plurals as people of the reader's language write them."""

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from models.language import Language
from store.fleet.file_import import _NAMES
from store.people.erasure_statements import statements
from wording.counts import COUNTS, ERASED, erased, listed
from wording.labels import not_sent_tries
from wording.numbers import Plural, counted, decimal, number

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (0, "0", "0"),
        (7, "7", "7"),
        (12_500, "12,500", "12\u202f500"),
        (2_000_000, "2,000,000", "2\u202f000\u202f000"),
    ],
)
def test_thousands_are_grouped(value: int, english: str, french: str) -> None:
    assert number(value, Language.EN) == english
    assert number(value, Language.FR) == french


@pytest.mark.parametrize(
    ("count", "english", "french"),
    [
        (0, "0 lines", "0 ligne"),
        (1, "1 line", "1 ligne"),
        (2, "2 lines", "2 lignes"),
        (1000, "1,000 lines", "1\u202f000 lignes"),
    ],
)
def test_a_plural_is_that_of_the_language(count: int, english: str, french: str) -> None:
    assert counted(count, Plural("{number} line", "{number} lines"), Language.EN) == english
    assert counted(count, Plural("{number} ligne", "{number} lignes"), Language.FR) == french, "0 is singular"


def test_how_often_it_was_tried_is_said_in_the_reader_s_language() -> None:
    assert [not_sent_tries(tries, Language.EN) for tries in (1, 2)] == ["1 try", "2 tries"]
    assert [not_sent_tries(tries, Language.FR) for tries in (1, 2)] == ["1 tentative", "2 tentatives"]


def test_what_is_counted_has_a_singular_and_a_plural() -> None:
    assert listed({"devices": 1, "SIMs": 0, "lines": 1200}) == "1 device, 1,200 lines"
    assert (
        erased({"email_texts": 2, "users": 1, "sims": 2})
        == "1 user, 2 SIMs left without a user, 2 e-mail texts written"
    )
    assert listed({"gadgets": 2}) == "2 gadgets", "a report of another version"


@pytest.mark.parametrize(
    ("amount", "english", "french"),
    [("0.004000", "0.004", "0,004"), ("0.012346", "0.012346", "0,012346"), ("1200", "1,200", "1\u202f200")],
)
def test_a_number_has_the_decimals_that_it_has(amount: str, english: str, french: str) -> None:
    assert decimal(Decimal(amount), Language.EN) == english
    assert decimal(Decimal(amount), Language.FR) == french


def test_everything_that_is_counted_has_its_words() -> None:
    assert COUNTS.keys() >= _NAMES.keys()
    assert {it.counted_as for it in statements()} - {None} == ERASED.keys()


def test_no_plural_is_made_by_hand() -> None:
    """Product code appends no `s`, and takes none away."""
    by_hand = re.compile(r"""['"]s['"] if |\[:-1\] if | if [^\n]* else ['"]s['"]|\(s\)""")
    rooms = [path for path in ROOT.iterdir() if (path / "__init__.py").is_file() and path.name != "tests"]
    for path in (path for room in rooms for path in room.rglob("*.py")):
        assert not by_hand.search(path.read_text("utf-8")), path


def test_a_command_that_prints_no_number_starts_without_babel() -> None:
    code = "import sys, starter.cli.language; assert 'babel' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
