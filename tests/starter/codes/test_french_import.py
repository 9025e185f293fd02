"""What `qr import` and `qr show` say is in the reader's language."""

from pathlib import Path

import pytest

from models.refusals.declared import fields
from starter.cli import codes
from store.session import Database
from tests.starter.codes.qr_shell import BY_ANA, OTHER, a_qr_shell, esims, picture
from tests.starter.printed_words import Commands
from tests.starter.shell import Shell
from wording.french.code_commands import WORDS

COMMANDS = Commands(
    Path(codes.__file__).parent,
    {
        "codes": None,
        "tables": {"came_as"},
        "notifications": {"notify", "notify_address", "offer", "print_notification"},
    },
)


@pytest.fixture
def shell(database_url: str, tmp_path: Path) -> Shell:
    return a_qr_shell(database_url, tmp_path)


def test_all_words_are_in_french_with_their_facts() -> None:
    assert COMMANDS.translated() == set(WORDS)
    for english, french in WORDS.items():
        assert fields(english) == fields(french), english
        assert english != french


def test_no_word_is_printed_that_is_not_translated() -> None:
    assert not COMMANDS.untranslated()
    assert {"import_code", "_print_imported", "_print_shown", "offer"} <= COMMANDS.printing()


async def test_an_import_speaks_french(database: Database, shell: Shell) -> None:
    await esims(database)
    command = ("--language", "fr", "qr", "import", "S-1", *BY_ANA)
    said = shell.run(*command, picture(shell)).out
    assert "S-1 a son QR code\u00a0: version 1, tirée d\u2019un fichier PNG." in said
    assert "Pour avertir quelqu\u2019un\u00a0: esim-orders qr notify S-1 --to " in said
    again = shell.run(*command, picture(shell), "--no-notify").out
    assert "S-1 a déjà exactement ce code, en version 1\u202f; rien n\u2019est changé." in again
    seen = shell.terminal(*command, "--code", "-", answers=(OTHER, "nowhere", "-"))
    for sentence in (
        "Code d\u2019activation (non affiché)",
        "version 2, saisie.",
        "Elle remplace la version 1.",
        "Qui avertir par e-mail",
        "adresse e-mail",
    ):
        assert sentence in seen, seen
    assert "Notify" not in seen
