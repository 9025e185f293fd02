"""What `qr import-many` says is in the reader's language."""

from pathlib import Path

from models.refusals.declared import fields
from starter.cli import codes
from tests.starter.printed_words import Commands
from wording.french.many_codes import WORDS

COMMANDS = Commands(Path(codes.__file__).parent, {"many": None})


def test_all_words_are_in_french_with_their_facts() -> None:
    assert COMMANDS.translated() == set(WORDS)
    for english, french in WORDS.items():
        assert fields(english) == fields(french), english


def test_no_word_is_printed_that_is_not_translated() -> None:
    assert not COMMANDS.untranslated()
    assert {"_print_rows", "_print_summary", "import_many"} <= COMMANDS.printing()
