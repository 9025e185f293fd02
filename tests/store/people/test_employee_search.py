"""Employees are found by how their name or address begins, however many begin so."""

import pytest

from starter.people.book import PeopleBook
from store.people import book
from store.session import Database
from tests.builders import OPERATOR, line, run, world


@pytest.mark.parametrize("few", [1000, 2])
async def test_employees_are_found_by_the_beginning_of_their_name_or_address(
    database: Database, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    book._some.cache_clear()
    monkeypatch.setattr(book, "FEW", few)
    await world(database, line())
    for name, email in (
        ("Hélène Été", "he@people.example"),
        ("Helen", None),
        ("HELENA", "x@people.example"),
        ("100% Legrand", "helmut@people.example"),
        ("1000 Legrand", None),
        ("Anna Helen", None),
    ):
        await run(
            database,
            "INSERT INTO employees (account_id, name, email) SELECT id, :name, :email FROM accounts"
            " ORDER BY id LIMIT 1 RETURNING id",
            name=name,
            email=email,
        )
    for typed, expected in (
        ("hel", ["100% Legrand", "HELENA", "Helen"]),
        (" HELEN", ["HELENA", "Helen"]),
        ("hé", ["Hélène Été"]),
        ("HÉLÈNE é", ["Hélène Été"]),
        ("100%", ["100% Legrand"]),
        ("100_", []),
        ("egrand", []),
        ("he@", ["Hélène Été"]),
    ):
        found = await PeopleBook(database).employees(OPERATOR, find=typed)
        assert sorted(one.name for one in found) == sorted(expected), typed
        first = await PeopleBook(database).employees(OPERATOR, find=typed, limit=1)
        rest = await PeopleBook(database).employees(OPERATOR, find=typed, limit=9, after=first.following)
        if first.following:
            assert [one.id for one in (*first, *rest)] == [one.id for one in found], typed
    book._some.cache_clear()
