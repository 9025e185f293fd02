"""Tables of licences and agents are in the reader's language: titles, headings, labels and sentences.

Which words there are is read in the source of the commands, so that a new column is not forgotten.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.language import Language
from models.refusals.declared import fields
from starter.cli import licences
from store.session import Database
from tests.builders import OPERATOR
from tests.licences_world import add_agent
from tests.starter.licences.shop import DATA, PRO, SMS, shop
from tests.starter.shell import Shell
from wording.command_words import command_words
from wording.french.licence_commands import HEADINGS, WORDS

FOLDER = Path(licences.__file__).parent
TRANSLATE = {"worded", "headings"}
TRANSLATED = {"charges": None, "licences": None, "tables": {"print_agents", "_phone"}}
"""The modules, and those of their functions, that print tables in the reader's language; None: all."""
ALIKE = {"e-mail", "id", "licence", "licences"}
"""Words that are the same in both languages."""
NAMES = re.compile(r"^(LI-|LP-|[a-z]+(_[a-z]+)+$)")
"""What is no word: references, and codes of refusals."""


def functions() -> Iterator[ast.FunctionDef]:
    for module, names in TRANSLATED.items():
        for node in ast.parse((FOLDER / f"{module}.py").read_text()).body:
            if isinstance(node, ast.FunctionDef) and (names is None or node.name in names):
                yield node


def texts(node: ast.AST) -> Iterator[str]:
    """All texts within a piece of source."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def calls(node: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and getattr(part.func, "id", None) in names:
            yield part


def translated(node: ast.AST) -> set[str]:
    """All words within a piece of source that are passed on to be translated."""
    return {text for call in calls(node, TRANSLATE) for arg in call.args for text in texts(arg)}


def keys(node: ast.AST) -> set[str]:
    """The keys of facts within a piece of source."""
    return {
        text
        for part in ast.walk(node)
        if isinstance(part, ast.Dict)
        for key in part.keys
        if isinstance(key, ast.Constant)
        for text in texts(key)
    }


def test_all_words_of_the_tables_are_in_french_with_their_facts() -> None:
    assert {words for function in functions() for words in translated(function)} == set(WORDS)
    for english, french in WORDS.items():
        assert fields(english) == fields(french), english
        assert (english == french) == (english in ALIKE), english
        assert command_words(english, Language.EN) == english


def test_no_word_is_printed_that_is_not_translated() -> None:
    checked = set()
    for function in functions():
        if any(calls(function, {"print_table", "print_facts", "say", "warn", *TRANSLATE})):
            checked.add(function.name)
            docstring = ast.get_docstring(function, clean=False)
            words = {text for text in texts(ast.Module(function.body, [])) if re.search("[a-z]{2}", text)}
            words -= {docstring, *keys(function), *translated(function)}
            assert not {text for text in words if not NAMES.search(text)}, function.name
    assert {"_print_charges", "_print_purchase", "print_agents"} <= checked


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
        for words in sorted(set(HEADINGS) - ALIKE):
            cell = re.compile(rf"(?:^|[┃│] +){re.escape(words)} +[┃│]", re.M)
            assert not cell.search(french), (command, words)
            seen |= {words} if cell.search(english) else set()
    assert {"status", "paid until", "a month", "given back", "phone"} <= seen, "the English tables have them"
    said = shell.run("--language", "fr", "licence", "change", "LI-3", PRO).out
    assert "Le passage à une option plus chère" in said
