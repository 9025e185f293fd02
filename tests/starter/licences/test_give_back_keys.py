"""Licences are given back once per key, and a first price that begins on a wrong day is corrected."""

import pytest

from models.licences.licence_views import LicenceStatus
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, run
from tests.licences_world import OLGA
from tests.starter.licences.shop import DATA, PRO, SMS, codes, shop
from tests.starter.shell import Shell


@pytest.mark.covers("L32")
async def test_a_repeat_with_the_same_key_gives_nothing_more_back(database: Database) -> None:
    acme = await shop(database)
    await acme.buy(4)
    give = acme.licences.give_back
    first = await give(acme.olga, add_on=DATA, quantity=2, key="spring")
    again = await give(acme.olga, add_on=DATA, quantity=2, key="spring")
    assert [one.model_dump() for one in again] == [one.model_dump() for one in first]
    assert [one.replayed for one in (*first, *again)] == [False, False, True, True]
    assert [one.reference for one in again] == ["LI-3", "LI-4"]
    (one,) = await give(acme.olga, "LI-1", key="one")
    (repeated,) = await give(acme.olga, "LI-1", key="one")
    assert repeated.model_dump() == one.model_dump()
    for other in (
        give(acme.olga, add_on=DATA, quantity=1, key="spring"),
        give(acme.olga, add_on=SMS, quantity=2, key="spring"),
        give(acme.olga, "LI-2", key="spring"),
        give(acme.olga, "LI-2", key="one"),
    ):
        assert await codes(other) == ["key_used_for_give_back"]
    assert (await acme.licence("LI-2")).status is LicenceStatus.FREE
    rows = await run(database, "SELECT key FROM licence_entries WHERE entry = 'given_back'")
    assert len(rows) == 3
    assert all(row.key and "spring" not in row.key for row in rows)
    await acme.buy(3)
    assert [one.status for one in await give(acme.olga, add_on=DATA, quantity=2, key="spring")] == [
        LicenceStatus.FREE
    ] * 2, "bought again meanwhile: the late repeat gives nothing back"


@pytest.mark.covers("L32")
async def test_a_command_with_a_key_can_be_repeated(database: Database, shell: Shell) -> None:
    acme = await shop(database)
    await acme.buy(3)
    give = ("--user", OLGA, "licence", "give-back", "--add-on", DATA, "--quantity", "1", "--key", "spring")
    assert shell.run(*give).out == shell.run(*give).out
    (counts,) = await acme.licences.counts(acme.olga)
    assert (counts.free, counts.given_back) == (2, 1)


@pytest.mark.covers("L35")
async def test_a_first_price_that_begins_on_a_wrong_day_does_not_prevent_one_for_today(
    database: Database,
) -> None:
    acme = await shop(database, "2026-12-01", cycle_day=1)
    await run(database, "DELETE FROM add_on_prices")
    price = acme.licences.set_price
    await price(OPERATOR, ACCOUNT, PRO, "16.00", "2062-12-01")
    assert await codes(acme.licences.buy(acme.olga, ACCOUNT, PRO, 1)) == ["no_price"]
    made = await price(OPERATOR, ACCOUNT, PRO, "16.00")
    assert (str(made.since), str(made.applies_from)) == ("2026-12-01", "2026-12-01")
    assert await price(OPERATOR, ACCOUNT, PRO, "16.00", "2026-12-01") == made
    await acme.buy(1, PRO)
    assert await acme.charged("2026-12") == [("2026-12-01", "16.00")]
    for day in ("2026-12-01", "2026-11-30"):
        assert await codes(price(OPERATOR, ACCOUNT, PRO, "1.00", day)) == ["price_in_the_past"]
    assert str((await price(OPERATOR, ACCOUNT, PRO, "17.00")).since) == "2026-12-02"
