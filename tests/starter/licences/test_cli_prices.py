"""Prices are shown before and after they are set, and a slip is corrected until it is charged."""

from decimal import Decimal

import pytest

from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, run
from tests.starter.licences.shop import DATA, PRO, SMS, codes, shop
from tests.starter.shell import Shell


async def amounts(database: Database) -> list[tuple[str, str]]:
    """The prices of the add-on, by their days."""
    rows = await run(
        database, "SELECT since, amount FROM add_on_prices WHERE add_on = :add_on ORDER BY since", add_on=DATA
    )
    return [(str(row.since), str(row.amount)) for row in rows]


@pytest.mark.covers("L35")
async def test_a_price_is_set_after_a_question_that_shows_it_before_and_after(
    database: Database, shell: Shell
) -> None:
    await shop(database, "2026-12-01", cycle_day=1)
    free = ("licence", "price", DATA, "0")
    assert "add --yes" in shell.run(*free, code=2).err
    asked = shell.terminal(*free, answers=("n",), code=2, columns=120)
    assert "before: €10.00 from 2026-12-01; after: €10.00 from 2026-12-01, €0.00 from 2026-12-02." in asked
    assert "Set this price? [y/N]:" in asked
    assert await amounts(database) == [("2026-12-01", "10.00")]
    events = "SELECT count(*) AS known FROM events WHERE type = 'add_on.price_set'"
    assert (await run(database, events))[0].known == 3, "the question sets and records nothing"
    said = shell.terminal(*free, answers=("y",), columns=120)
    assert await amounts(database) == [("2026-12-01", "10.00"), ("2026-12-02", "0.00")]
    shown = shell.run(*free, "--yes").out
    for words in ("Prices of Voice+SMS+Data, Acme", "before", "after", "2026-12-02", "€0.00", "2027-01-01"):
        assert words in shown
        assert words in said
    french = shell.run("--language", "fr", *free[:3], "9", "--from", "2026-12-02", "--yes").out
    assert all(words in french for words in ("avant", "après", "facturé à partir du", "9,00"))
    assert shell.run("licence", "price", "gold", "0", code=2).err.startswith("An add-on is one of")


@pytest.mark.covers("L35")
async def test_the_price_of_a_day_is_corrected_until_it_is_charged(database: Database) -> None:
    acme = await shop(database, "2026-12-01", cycle_day=1)
    price = acme.licences.set_price
    await acme.on("2026-12-10")
    await acme.buy(1, SMS)
    corrected = await price(OPERATOR, ACCOUNT, DATA, "0.00", "2026-12-01")
    assert (corrected.amount, str(corrected.since)) == (Decimal("0.00"), "2026-12-01")
    await price(OPERATOR, ACCOUNT, DATA, "11.00", "2026-12-01")
    assert await amounts(database) == [("2026-12-01", "11.00")]
    assert await codes(price(OPERATOR, ACCOUNT, DATA, "12.00", "2026-12-02")) == ["price_in_the_past"]
    await acme.buy(1, DATA)
    before = await acme.charged("2026-12")
    for add_on in (SMS, DATA):
        refused = price(OPERATOR, ACCOUNT, add_on, "12.00", "2026-12-01")
        assert await codes(refused) == ["price_in_the_past"]
    await price(OPERATOR, ACCOUNT, PRO, "20.00", "2026-12-01")
    assert await acme.charged("2026-12") == before


@pytest.mark.covers("L35", "L36")
async def test_no_correction_turns_a_downgrade_into_an_upgrade(database: Database) -> None:
    acme = await shop(database, "2026-12-01", cycle_day=1)
    (one,) = await acme.buy(1, DATA)
    await acme.licences.change(acme.olga, one, SMS)
    price = acme.licences.set_price
    for amount in ("10.00", "12.00"):
        assert await codes(price(OPERATOR, ACCOUNT, SMS, amount, "2026-12-01")) == ["price_in_the_past"]
    before = await acme.licence(one)
    await price(OPERATOR, ACCOUNT, SMS, "9.00", "2026-12-01")
    assert await acme.licence(one) == before
    await acme.on("2027-01-01")
    assert await acme.charged("2026-12", "2027-01") == [("2026-12-01", "10.00"), ("2027-01-01", "9.00")]


@pytest.mark.covers("L35")
async def test_a_price_that_began_within_a_period_is_corrected_before_the_next_one(
    database: Database,
) -> None:
    acme = await shop(database, "2026-12-01", cycle_day=1)
    await acme.buy(1, DATA)
    price = acme.licences.set_price
    await price(OPERATOR, ACCOUNT, DATA, "0.00", "2026-12-05")
    await acme.on("2026-12-20")
    await price(OPERATOR, ACCOUNT, DATA, "12.00", "2026-12-05")
    await acme.on("2027-01-01")
    assert await codes(price(OPERATOR, ACCOUNT, DATA, "13.00", "2026-12-05")) == ["price_in_the_past"]
    assert await acme.charged("2026-12", "2027-01") == [("2026-12-01", "10.00"), ("2027-01-01", "12.00")]
