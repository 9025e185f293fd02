"""What staff read at a terminal of 80 columns: plans that have ended, subscribers, a question in French."""

import pytest

from store.session import Database
from tests.builders import run
from tests.starter.shell import Shell
from tests.travel_world import SUE, add_esim_line, add_subscriber, add_travel_plan, assign_plan, travel_world


@pytest.fixture
async def line(database: Database) -> int:
    """A line whose plan has run for two days and was used up after one."""
    await travel_world(database)
    line = await add_esim_line(database, await add_subscriber(database))
    await assign_plan(database, line, await add_travel_plan(database))
    await run(
        database,
        "UPDATE plan_assignments SET started_at = '2026-01-01 12:00+00', ends_at = '2026-01-31 12:00+00',"
        " depleted_at = '2026-01-02 12:00+00', assigned_at = '2026-01-01 11:00+00'",
    )
    return line


@pytest.mark.covers("T29", "T39")
async def test_a_plan_whose_data_is_used_up_has_ended_then(line: int, shell: Shell) -> None:
    shown = " ".join(shell.run("travel", "line", f"EL-{line}").out.split())
    assert "2026-01-02" in shown
    assert "2026-01-31" not in shown
    shown = shell.run("travel", "subscriber", "show", "SB-1").out.replace("│", " ")
    assert "depleted since 2026-01-02 12:00:00 UTC" in " ".join(shown.split())
    shown = shell.run("--language", "fr", "travel", "subscriber", "show", "SB-1").out.replace("│", " ")
    assert "épuisé depuis le 2026-01-02 12:00:00 UTC" in " ".join(shown.split())


@pytest.mark.covers("T41")
async def test_the_address_of_a_subscriber_is_on_one_line(line: int, shell: Shell) -> None:
    shown = shell.run("travel", "subscriber", "list", columns=80).out
    assert max(map(len, shown.splitlines())) <= 80
    assert all(whole in shown for whole in ("rosa@home.example", "+12125550001", "unlimited_all"))


async def test_a_question_in_french_is_answered_in_french(
    line: int, database: Database, shell: Shell
) -> None:
    replace = ("--language", "fr", "--user", SUE, "travel", "replace", f"EL-{line}", "--reason", "new_phone")
    said = shell.process(*replace, typed="peut-être\nnon\n", code=2)
    assert "[o/N]" in said.err
    assert "Répondez par o (oui) ou n (non)." in said.err
    assert "Sans confirmation" in said.err
    shell.process("--language", "fr", "person", "erase", "Rosa 1", typed="oui\n")
    assert (await run(database, "SELECT name FROM subscribers"))[0].name == "erased"
