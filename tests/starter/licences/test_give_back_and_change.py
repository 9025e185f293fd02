"""Licences are given back and changed to another add-on; prices change for later periods."""

import asyncio
from decimal import Decimal

import pytest

from models.licences.add_ons import AddOn
from models.licences.history import AddOnChange, terms_on, usable_until
from models.licences.licence_views import LicenceStatus
from store.licences import billing, entries, prices
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, run
from tests.licences_world import add_number
from tests.starter.licences.shop import DATA, PRO, SMS, Shop, codes, shop


async def check_rows(acme: Shop) -> None:
    """Each licence's own row says the same as its entries."""
    async with acme.database.transaction() as connection:
        terms = await billing.read(connection, 1)
        listed = await prices.price_list(connection, terms)
        known = await entries.histories(connection, 1)
    for licence_id, history in known.items():
        found = await acme.licence(f"LI-{licence_id}")
        now = terms_on(history, listed, terms.day, terms.today)
        assert found.usable_until == usable_until(history, terms.day)
        if now is None:
            assert found.status is LicenceStatus.OVER
        else:
            assert (found.add_on, found.next_add_on) == (now.add_on, now.planned)


@pytest.mark.covers("L32")
async def test_a_licence_given_back_is_usable_to_the_end_of_its_period_and_then_gone(
    database: Database,
) -> None:
    acme = await shop(database, "2026-12-01", cycle_day=1)
    one, two = await acme.buy(2)
    await acme.on("2026-12-10")
    (given,) = await acme.licences.give_back(acme.olga, one)
    assert (given.status, str(given.usable_until)) == (LicenceStatus.GIVEN_BACK, "2026-12-31")
    assert await codes(acme.licences.give_back(acme.olga, one)) == ["licence_given_back"]
    await acme.on("2026-12-31T22:59")
    assert (await acme.licence(one)).status is LicenceStatus.GIVEN_BACK
    assert await codes(acme.licences.change(acme.olga, one, PRO)) == ["licence_given_back"]
    await acme.on("2026-12-31T23:01")  # it is the next year in Paris
    assert (await acme.licence(one)).status is LicenceStatus.OVER
    assert [licence.reference for licence in await acme.licences.licences(acme.olga)] == [two]
    assert await codes(acme.licences.give_back(acme.olga, one)) == ["licence_over"]
    assert await codes(acme.licences.change(acme.olga, one, PRO)) == ["licence_over"]
    await acme.on("2027-03-01")
    assert await acme.charged("2026-12", "2027-01", "2027-03", licence=one) == [("2026-12-01", "10.00")]
    assert len(await acme.charged("2026-12", "2027-01", "2027-03", licence=two)) == 3, "bought and charged"
    await check_rows(acme)


@pytest.mark.covers("L32")
async def test_free_licences_are_given_back_the_newest_first(database: Database) -> None:
    acme = await shop(database, "2026-12-01", cycle_day=1)
    await acme.buy(4)
    await acme.buy(1, SMS)
    await acme.use("LI-4")
    give = acme.licences.give_back
    given = await give(acme.olga, add_on=DATA, quantity=2)
    assert [licence.reference for licence in given] == ["LI-2", "LI-3"]
    assert await codes(give(acme.olga, add_on=DATA, quantity=2)) == ["too_few_licences"]
    assert (await acme.licence("LI-1")).status is LicenceStatus.FREE, "all or none"
    (data,) = [one for one in await acme.licences.counts(acme.olga) if one.add_on == DATA]
    assert (data.bought, data.in_use, data.free, data.given_back) == (4, 1, 1, 2)
    assert await codes(give(acme.olga, "LI-4")) == ["licence_in_use"]
    assert await codes(give(acme.olga, "LI-99")) == ["unknown_licence"]
    for wrong in (
        give(acme.olga, "LI-1", add_on=DATA),
        give(acme.olga, add_on=DATA),
        give(acme.olga, quantity=1),
    ):
        assert await codes(wrong) == ["licence_or_add_on"]
    await check_rows(acme)


@pytest.mark.covers("L32")
async def test_an_assignment_that_is_being_accepted_is_waited_for(database: Database) -> None:
    acme = await shop(database)
    await acme.buy(2)
    number = await add_number(database)
    async with database.transaction() as connection:
        await connection.exec_driver_sql(f"UPDATE licences SET number_id = {number} WHERE id = 2")
        giving = asyncio.create_task(acme.licences.give_back(acme.olga, add_on=DATA, quantity=1))
        async with asyncio.timeout(10):
            while not (await run(database, WAITING))[0][0] and not giving.done():
                pass
    assert [licence.reference for licence in await giving] == ["LI-1"], "the newest that is still free"


WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.mark.covers("L36")
async def test_an_upgrade_applies_now_and_is_charged_for_the_days_left(database: Database) -> None:
    acme = await shop(database, "2026-12-01", cycle_day=1)
    (one,) = await acme.buy()
    await acme.use(one)
    await acme.on("2026-12-20")
    changed = await acme.licences.change(acme.olga, one, PRO)
    assert (changed.change, str(changed.applies_from)) == (AddOnChange.UPGRADE, "2026-12-20")
    assert changed.amount == Decimal("2.32")
    assert (changed.licence.add_on, changed.licence.status) == (AddOn(PRO), LicenceStatus.IN_USE)
    again = await acme.licences.change(acme.olga, one, PRO)
    assert (again.change, again.amount) == (None, Decimal(0))
    await acme.on("2027-01-01")
    expected = [("2026-12-01", "10.00"), ("2026-12-20", "2.32"), ("2027-01-01", "16.00")]
    assert await acme.charged("2026-12", "2027-01") == expected
    await check_rows(acme)


@pytest.mark.covers("L36")
async def test_a_downgrade_applies_at_the_next_period_and_can_be_replaced(database: Database) -> None:
    acme = await shop(database, "2026-12-01", cycle_day=1)
    (one,) = await acme.buy(1, PRO)
    number = await acme.use(one)
    await acme.on("2026-12-20")
    planned = await acme.licences.change(acme.olga, one, SMS)
    assert (planned.change, str(planned.applies_from), planned.amount) == (
        AddOnChange.DOWNGRADE,
        "2027-01-01",
        Decimal(0),
    )
    assert (planned.licence.add_on, planned.licence.next_add_on) == (AddOn(PRO), AddOn(SMS))
    assert (await acme.licences.change(acme.olga, one, SMS)).change is None
    await check_rows(acme)
    other = await acme.licences.change(acme.olga, one, DATA)
    assert other.licence.next_add_on is AddOn(DATA)
    await acme.on("2026-12-31")
    assert (await acme.licence(one)).add_on is AddOn(PRO)
    await acme.on("2027-01-01")
    now = await acme.licence(one)
    assert (now.add_on, now.next_add_on, now.number_id) == (AddOn(DATA), None, number)
    (count,) = await acme.licences.counts(acme.olga)
    assert count.add_on is AddOn(DATA)
    await check_rows(acme)
    assert await acme.charged("2026-12", "2027-01") == [("2026-12-01", "16.00"), ("2027-01-01", "10.00")]
    await acme.licences.change(acme.olga, one, SMS)
    withdrawn = await acme.licences.change(acme.olga, one, DATA)
    assert (withdrawn.change, withdrawn.licence.next_add_on) == (AddOnChange.SAME_PRICE, None)
    await check_rows(acme)
    assert await codes(acme.licences.change(acme.olga, one, "gold")) == ["unknown_add_on"]


@pytest.mark.covers("L32", "L36")
async def test_a_planned_change_is_void_once_the_licence_is_given_back(database: Database) -> None:
    acme = await shop(database, "2026-12-01", cycle_day=1)
    (one,) = await acme.buy(1, PRO)
    await acme.licences.change(acme.olga, one, SMS)
    await acme.licences.give_back(acme.olga, one)
    await check_rows(acme)
    assert await acme.buy(1, PRO) == [one]
    await check_rows(acme)
    await acme.on("2027-01-01")
    assert (await acme.licence(one)).add_on is AddOn(PRO)


@pytest.mark.covers("L35")
async def test_a_price_applies_from_the_next_period_on(database: Database) -> None:
    acme = await shop(database, "2026-12-01", cycle_day=15)
    await acme.on("2026-12-20")
    await acme.buy()
    before = await acme.charged("2026-12")
    price = acme.licences.set_price
    for day in ("2026-12-20", "2026-12-19", "2020-01-01"):
        assert await codes(price(OPERATOR, ACCOUNT, DATA, "12.00", day)) == ["price_in_the_past"]
    made = await price(OPERATOR, ACCOUNT, DATA, "12.00")
    assert (str(made.since), str(made.applies_from)) == ("2026-12-21", "2027-01-15")
    assert await price(OPERATOR, ACCOUNT, DATA, "12") == made, "it is so already"
    await price(OPERATOR, ACCOUNT, DATA, "13.00", "2027-02-15")
    corrected = await price(OPERATOR, ACCOUNT, DATA, "14.50", "2027-02-15")
    assert (corrected.amount, str(corrected.applies_from)) == (Decimal("14.50"), "2027-02-15")
    await acme.on("2026-12-25")
    assert (await acme.licences.buy(acme.olga, ACCOUNT, DATA, 1)).amount == Decimal("6.77"), "of 10.00"
    await acme.on("2027-03-01")
    assert (await acme.charged("2026-12"))[: len(before)] == before
    assert [amount for _, amount in await acme.charged("2027-01", "2027-02")] == [
        *("12.00", "12.00"),
        *("14.50", "14.50"),
    ]
    listed = await acme.licences.prices(acme.olga, ACCOUNT, DATA)
    assert [str(one.amount) for one in listed] == ["10.00", "12.00", "14.50"]


@pytest.mark.covers("L35")
async def test_a_price_is_an_amount_in_whole_cents(database: Database) -> None:
    acme = await shop(database)
    for wrong in ("", "10,00", "-1", "1e3", "10.001", "100000", "NaN", "٣", "10.", ".5", "1\0"):
        assert await codes(acme.licences.set_price(OPERATOR, ACCOUNT, DATA, wrong)) == ["price_invalid"]
    for wrong in ("tomorrow", "2026-13-01", "2026-02-30", "20261231", "9999-01-01"):
        refused = acme.licences.set_price(OPERATOR, ACCOUNT, DATA, "1", wrong)
        assert await codes(refused) == ["date_invalid"], wrong
    free = await acme.licences.set_price(OPERATOR, ACCOUNT, DATA, "0")
    assert str(free.amount) == "0.00"
    events = await run(database, "SELECT data FROM events WHERE type = 'add_on.price_set' ORDER BY id DESC")
    assert events[0].data["amount"] == "0.00"
