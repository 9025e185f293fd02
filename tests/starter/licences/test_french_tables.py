"""Tables of licences and agents are in the reader's language: titles, headings, labels and sentences."""

import re
from pathlib import Path

import pytest

from models.language import Language
from models.refusals.declared import fields
from starter.cli import licences
from store.session import Database
from tests.builders import OPERATOR
from tests.licences_world import add_agent
from tests.starter.licences.shop import DATA, PRO, SMS, shop
from tests.starter.printed_words import Commands
from tests.starter.shell import Shell
from wording.command_words import command_words
from wording.french.common_words import WORDS as COMMON
from wording.french.licence_commands import HEADINGS, WORDS

COMMANDS = Commands(
    Path(licences.__file__).parent,
    {"charges": None, "licences": None, "tables": {"print_agents", "_phone"}},
)
ALIKE = {"e-mail", "id", "licence", "licences"}
"""Words that are the same in both languages."""


def test_all_words_of_the_tables_are_in_french_with_their_facts() -> None:
    assert COMMANDS.translated() - set(COMMON) == set(WORDS)
    for english, french in (WORDS | COMMON).items():
        assert fields(english) == fields(french), english
        assert (english == french) == (english in ALIKE), english
        assert command_words(english, Language.EN) == english


def test_no_word_is_printed_that_is_not_translated() -> None:
    assert not COMMANDS.untranslated()
    assert {"_print_charges", "_print_purchase", "print_agents"} <= COMMANDS.printing()


@pytest.mark.covers("L3", "L40")
async def test_no_table_of_licences_is_half_english(database: Database, shell: Shell) -> None:
    acme = await shop(database, "2026-12-01", cycle_day=1)
    await acme.buy(2, PRO)
    await acme.buy(1, DATA)
    await acme.licences.give_back(OPERATOR, "LI-1")
    await acme.licences.change(OPERATOR, "LI-2", SMS)
    await add_agent(database)
    seen: set[str] = set()
    for command in (
        ("licence", "list"),
        ("licence", "price"),
        ("licence", "charges"),
        ("licence", "billing"),
        ("agent", "list"),
    ):
        english, french = (shell.run("--language", language, *command).out for language in ("en", "fr"))
        for words in sorted(set(HEADINGS | COMMON) - ALIKE):
            cell = re.compile(rf"(?:^|[┃│] +){re.escape(words)} +[┃│]", re.M)
            assert not cell.search(french), (command, words)
            seen |= {words} if cell.search(english) else set()
    assert {"status", "paid until", "a month", "given back", "phone"} <= seen, "the English tables have them"
    said = shell.run("--language", "fr", "licence", "change", "LI-3", PRO).out
    assert "Le passage à une option plus chère" in said
