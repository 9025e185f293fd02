"""Tables of travel eSIMs are in the reader's language: titles, headings, labels and sentences."""

import re
from pathlib import Path

import pytest

import sandbox
from models.fleet.inventory import SimState
from models.language import Language
from models.refusals.declared import fields
from models.travel.profiles import Outcome, PlanState, Reported
from models.travel.stock_views import StockState
from starter.cli import travel
from starter.cli.orders import placed
from store.session import Database
from tests.builders import ACCOUNT
from tests.starter.licences.test_french_tables import COMMANDS as OF_LICENCES
from tests.starter.printed_words import Commands
from tests.starter.shell import Shell
from tests.travel_world import add_esim_line, add_subscriber, add_travel_plan, assign_plan, travel_world
from wording import labels
from wording.french.common_words import WORDS as COMMON
from wording.french.licence_commands import WORDS as LICENCES
from wording.french.travel_commands import HEADINGS, WORDS

FOLDER = Path(travel.__file__).parent
RATES = Path(sandbox.__file__).parent / "travel_rates.csv"
COMMANDS = Commands(FOLDER, {file.stem: None for file in FOLDER.glob("*.py")})
PLACED = Commands(Path(placed.__file__).parent, {"placed": None})
ALIKE = {"eSIM", "ICCID"}
"""Words that are the same in both languages."""


def test_all_words_of_the_tables_are_in_french_with_their_facts() -> None:
    assert COMMANDS.translated() - set(COMMON) == set(WORDS)
    for english, french in WORDS.items():
        assert fields(english) == fields(french), english
        assert (english == french) == (english in ALIKE), english
    assert not set(WORDS) & set(LICENCES), "each word is translated once"


def test_common_words_are_used() -> None:
    used = COMMANDS.translated() | OF_LICENCES.translated() | PLACED.translated()
    assert set(COMMON) <= used


def test_no_word_is_printed_that_is_not_translated() -> None:
    assert not COMMANDS.untranslated()
    assert not PLACED.untranslated()
    assert {"print_lines", "print_line", "print_plan", "_print_profile"} <= COMMANDS.printing()


def test_every_state_report_and_outcome_has_a_name() -> None:
    for language in Language:
        names = [
            *(labels.plan_state(state, language) for state in PlanState),
            *(labels.sim_state(state, language) for state in SimState),
            *(labels.stock_state(state, language) for state in StockState),
            *(labels.reported(report, language) for report in Reported),
            *(labels.outcome(of, language) for of in Outcome),
        ]
        assert not [name for name in names if "_" in name or not name]


@pytest.mark.covers("T13", "T39")
async def test_no_table_of_travel_is_half_english(database: Database, shell: Shell) -> None:
    await travel_world(database)
    line = await add_esim_line(database, await add_subscriber(database))
    plan = await add_travel_plan(database)
    for _ in range(2):
        await assign_plan(database, line, plan)
    shell.run("travel", "plans", "rates", str(RATES), "--account", ACCOUNT)
    shell.run("travel", "connect", "EL-1", "--country", "901")
    seen: set[str] = set()
    for command in (
        ("plans", "list"),
        ("plans", "show", "Euro 1"),
        ("subscriber", "list"),
        ("subscriber", "show", "SB-1"),
        ("find", "--country", "France"),
        ("lines",),
        ("line", "EL-1"),
        ("reports", "EL-1"),
        ("stock", "list"),
        ("stock", "threshold"),
    ):
        english, french = (
            shell.run("--language", language, "travel", *command).out for language in ("en", "fr")
        )
        for words in sorted(set(HEADINGS | COMMON) - ALIKE - {"e-mail", "id"}):
            cell = re.compile(rf"(?:^|[┃│] +){re.escape(words)} +[┃│]", re.M)
            assert not cell.search(french), (command, words)
            seen |= {words} if cell.search(english) else set()
    assert {
        "plans",
        "subscriber",
        "countries",
        "outcome",
        "shelf life",
        "next due",
        "state",
        "allocated to",
        "threshold",
    } <= seen
