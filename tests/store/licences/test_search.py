"""Numbers and agents are found by what people type."""

from datetime import timedelta

import pytest

from models.licences.numbers import NumberState
from starter.licences.book import AgentBook, NumberBook
from store.licences import search
from store.session import Database
from tests.builders import OPERATOR, run
from tests.licences_world import add_agent, add_number, licences_world

_KEPT = timedelta(days=30)


@pytest.mark.covers("L8")
async def test_a_number_is_found_by_its_digits_and_its_agent(database: Database) -> None:
    await licences_world(database)
    gina = await add_agent(database, "Gina Hélène Martin")
    hugo = await add_agent(database, "Hugo 100% Legrand", "hugo@acme.example")
    await add_number(database, 1, gina)
    await add_number(database, 2, hugo)
    await add_number(database, 345)
    book = NumberBook(database, _KEPT)
    for typed, expected in (
        ("+33 (612) 000", [1, 2, 345]),
        ("06 12 00 00 01", [1]),
        ("0033612000002", [2]),
        ("345", [345]),
        ("45", []),
        ("martin", [1]),
        ("GINA@acme", [1]),
        ("Hélène", [1]),
        ("helene", []),
        ("hugo@acme.ex", [2]),
        ("hugo 1", [2]),
        ("o@acme", []),
        ("_", []),
        ("hugo@acme.example", [2]),
        ("100%", [2]),
        ("100_", []),
        ("egrand", []),
        (f"AG-{hugo}", [2]),
        ("N-99999", []),
        ("\0", []),
        ("+", []),
    ):
        found = await book.numbers(OPERATOR, find=typed)
        assert [int(one.msisdn[-6:]) for one in found] == expected, typed
    agents = await AgentBook(database).agents(OPERATOR, find="legrand")
    assert [agent.name for agent in agents] == ["Hugo 100% Legrand"]


@pytest.mark.covers("L8")
async def test_what_many_have_in_common_is_found_with_the_other_filters(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW", 2)
    await licences_world(database)
    for number in range(1, 6):
        await add_number(
            database, number, await add_agent(database, f"Gina {number}", f"g{number}@a.example")
        )
    await run(database, "UPDATE numbers SET suspended_at = esim_now() WHERE id >= 4 RETURNING id")
    book = NumberBook(database, _KEPT)
    for typed in ("gina", "06 12"):
        found = await book.numbers(OPERATOR, find=typed, states=(NumberState.SUSPENDED,), limit=1)
        assert [one.id for one in found] == [4], typed
        rest = await book.numbers(
            OPERATOR, find=typed, states=(NumberState.SUSPENDED,), limit=5, after=found.following
        )
        assert [one.id for one in rest] == [5], typed
    agents = await AgentBook(database).agents(OPERATOR, find="GINA", limit=4)
    assert len(agents) == 4
