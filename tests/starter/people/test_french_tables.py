"""Tables of accounts and API keys are in the reader's language: titles, headings, labels and sentences."""

from pathlib import Path

import pytest

from models.refusals.declared import fields
from starter.cli import people
from tests.callers.world import KEYS
from tests.starter.printed_words import Commands
from tests.starter.shell import Shell
from wording.french.common_words import WORDS as COMMON
from wording.french.licence_commands import WORDS as LICENCES
from wording.french.people_commands import WORDS
from wording.french.travel_commands import WORDS as TRAVEL

COMMANDS = Commands(Path(people.__file__).parent, {"accounts": None, "api_keys": None})
ALIKE = {"contact", "{state}, test"}
"""Words that are the same in both languages."""


def test_all_words_of_the_tables_are_in_french_with_their_facts() -> None:
    assert COMMANDS.translated() - set(COMMON) == set(WORDS)
    for english, french in WORDS.items():
        assert fields(english) == fields(french), english
        assert (english == french) == (english in ALIKE), english
    assert not set(WORDS) & {*LICENCES, *TRAVEL, *COMMON}, "each word is translated once"


def test_no_word_is_printed_that_is_not_translated() -> None:
    assert not COMMANDS.untranslated()
    assert {"create", "_print"} <= COMMANDS.printing()


@pytest.mark.covers("A1")
async def test_keys_and_accounts_are_listed_in_french(shell: Shell) -> None:
    shell.more["ESIM_SECRET_KEYS"] = KEYS
    shell.run("account", "create", "Essais", "--test")
    for columns in (80, 120):
        empty = shell.run("--language", "fr", "api-key", "list", columns=columns).out
        assert empty == "Il n\u2019y a pas de clés d\u2019API.\n"
        accounts = shell.run("--language", "fr", "account", "list", columns=columns).out
        assert "actif, test" in accounts
    made = shell.run("--language", "fr", "api-key", "create", "usine", "--platform", "test")
    assert made.err == "K-1\u00a0: la clé n\u2019est montrée que cette fois.\n"
    listed = shell.run("--language", "fr", "api-key", "list").out
    for told in ("commence par", "la plateforme", "valable", "jamais"):
        assert told in listed
    revoked = shell.run("--language", "fr", "api-key", "revoke", "K-1", columns=80).out
    assert "révoquée" in revoked
