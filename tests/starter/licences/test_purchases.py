"""Licences are bought by the owner, once per key, and charged from their first day on."""

import asyncio
from decimal import Decimal

import pytest

from models.licences.add_ons import AddOn
from models.licences.charges import ChargeReason
from models.licences.entered import MOST_LICENCES
from models.people.callers import PERMISSIONS, USER_ROLES, Permission, Role
from starter.people.accounts import AccountDesk
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, DataDesks, ana, run
from tests.starter.licences.shop import DATA, PRO, SMS, codes, shop


@pytest.mark.covers("L2")
async def test_an_owner_buys_licences_of_one_add_on(database: Database) -> None:
    acme = await shop(database, "2026-12-16", cycle_day=1)
    bought = await acme.licences.buy(acme.olga, None, "Voice+SMS+Data Pro", 3)
    assert (bought.add_on, bought.quantity, bought.bought_by) == (AddOn(PRO), 3, acme.olga.actor)
    assert bought.amount == 3 * Decimal("8.26")  # 16 of 31 days of 16.00
    listed = await acme.licences.licences(acme.olga)
    assert tuple(licence.id for licence in listed) == bought.new
    assert [(one.add_on, one.bought, one.free) for one in await acme.licences.counts(acme.olga)] == [
        (AddOn(PRO), 3, 3)
    ]
    events = await run(database, "SELECT actor, data FROM events WHERE type = 'licence.bought'")
    assert [(row.actor, row.data["new"]) for row in events] == [(acme.olga.actor, 3)]


@pytest.mark.covers("L1", "L2")
async def test_owners_and_the_operator_alone_buy_change_and_give_back(database: Database) -> None:
    acme = await shop(database)
    (one,) = await acme.buy()
    assert [role for role in Role if Permission.BUY_LICENCES in PERMISSIONS[role]] == [
        Role.OWNER,
        Role.OPERATOR,
    ]
    for role in USER_ROLES:
        if role in {Role.OWNER, Role.PROVIDER_DESK}:
            continue
        await DataDesks(database).users.create_user(OPERATOR, ACCOUNT, role, f"{role}@x.example", role=role)
        caller = await ana(database, f"{role}@x.example")
        for call in (
            acme.licences.buy(caller, ACCOUNT, DATA, 1),
            acme.licences.give_back(caller, one),
            acme.licences.change(caller, one, PRO),
            acme.licences.set_price(caller, ACCOUNT, DATA, "0.00"),
            acme.licences.set_billing(caller, ACCOUNT, cycle_day=3),
        ):
            assert await codes(call) == ["not_permitted"], role
    assert await codes(acme.licences.set_price(acme.olga, ACCOUNT, DATA, "0.00")) == ["not_permitted"]
    assert (await acme.licences.buy(OPERATOR, ACCOUNT, DATA, 1)).bought_by == "operator"


@pytest.mark.covers("L3")
async def test_each_licence_is_charged_monthly_from_its_purchase_on(database: Database) -> None:
    acme = await shop(database, "2026-12-10")
    await acme.buy(2)
    await acme.on("2027-02-28")
    for month, days in (("2026-12", ["2026-12-10"] * 2), ("2027-02", ["2027-02-10"] * 2), ("2027-03", [])):
        assert await acme.charged(month) == [(day, "10.00") for day in days]
    assert await acme.charged("2027-01", licence="LI-2") == [("2027-01-10", "10.00")]


@pytest.mark.covers("L34")
@pytest.mark.parametrize(
    ("cycle_day", "bought", "until", "months", "expected"),
    [
        (
            1,
            "2026-12-16",
            "2027-01-01",
            ("2026-12", "2027-01"),
            [("2026-12-16", "5.16"), ("2027-01-01", "10.00")],
        ),
        (
            31,
            "2027-01-31",
            "2027-03-31",
            ("2027-01", "2027-02", "2027-03"),
            [("2027-01-31", "10.00"), ("2027-02-28", "10.00"), ("2027-03-31", "10.00")],
        ),
        (29, "2028-02-10", "2028-02-29", ("2028-02",), [("2028-02-10", "6.13"), ("2028-02-29", "10.00")]),
    ],
)
async def test_the_first_charge_is_for_the_days_left(
    database: Database,
    cycle_day: int,
    bought: str,
    until: str,
    months: tuple[str, ...],
    expected: list[tuple[str, str]],
) -> None:
    acme = await shop(database, bought, cycle_day=cycle_day)
    await acme.buy()
    await acme.on(until)
    assert await acme.charged(*months) == expected


@pytest.mark.covers("L34")
@pytest.mark.parametrize(
    ("zone", "day"), [("Europe/Paris", 10), ("UTC", 9), ("America/New_York", 9), ("Asia/Tokyo", 10)]
)
async def test_the_cycle_day_is_the_day_of_the_first_purchase_where_the_account_is(
    database: Database, zone: str, day: int
) -> None:
    acme = await shop(database, "2026-12-01", time_zone=zone)
    assert (await acme.licences.billing(acme.olga)).cycle_day is None
    await acme.on("2026-12-09T23:30")
    await acme.buy()
    shown = await acme.licences.billing(acme.olga)
    assert (shown.cycle_day, shown.time_zone, shown.fixed) == (day, zone, True)
    assert await acme.charged("2026-12") == [(f"2026-12-{day:02d}", "10.00")]
    await acme.on("2026-12-20")
    await acme.buy()
    assert (await acme.licences.billing(acme.olga)).cycle_day == day


@pytest.mark.covers("L34")
async def test_the_first_purchase_fixes_the_billing(database: Database) -> None:
    acme = await shop(database)
    change = acme.licences.set_billing
    for wrong, code in (
        ({"cycle_day": 0}, "day_invalid"),
        ({"cycle_day": 32}, "day_invalid"),
        ({"time_zone": "Europe/Nowhere"}, "time_zone_invalid"),
        ({"time_zone": "posix/Europe/Paris"}, "time_zone_invalid"),
        ({"time_zone": "CET"}, "time_zone_invalid"),
        ({"time_zone": "europe/paris\0"}, "time_zone_invalid"),
        ({"currency": "EURO"}, "currency_invalid"),
        ({"currency": "XYZ"}, "currency_invalid"),
        ({"currency": "JPY"}, "currency_invalid"),
    ):
        assert await codes(change(OPERATOR, ACCOUNT, **wrong)) == [code], wrong
    shown = await change(OPERATOR, ACCOUNT, cycle_day=31, currency="chf")
    assert (shown.cycle_day, shown.currency, shown.fixed) == (31, "CHF", False)
    await acme.buy()
    assert await codes(change(OPERATOR, ACCOUNT, currency="EUR")) == ["billing_fixed"]
    assert await codes(change(OPERATOR, ACCOUNT, cycle_day=1)) == ["billing_fixed"]
    assert (await change(OPERATOR, ACCOUNT, cycle_day=31, currency="CHF")).fixed, "nothing is different"


@pytest.mark.covers("L34")
async def test_the_owner_sets_billing_day_and_time_zone_but_not_the_currency_of_the_prices(
    database: Database,
) -> None:
    acme = await shop(database)
    change = acme.licences.set_billing
    assert await codes(change(acme.olga, None, cycle_day=5, currency="CHF")) == ["not_permitted"]
    shown = await change(acme.olga, None, cycle_day=15, time_zone="Pacific/Auckland")
    assert (shown.cycle_day, shown.time_zone, shown.currency) == (15, "Pacific/Auckland", "EUR")


@pytest.mark.covers("L2", "L3")
async def test_the_same_key_is_the_same_purchase(database: Database) -> None:
    acme = await shop(database, "2026-12-10")
    first = await acme.licences.buy(acme.olga, ACCOUNT, DATA, 2, key="cart-1")
    await acme.licences.set_price(OPERATOR, ACCOUNT, DATA, "99.00", "2027-01-01")
    await acme.on("2027-03-03")
    again = await acme.licences.buy(acme.olga, ACCOUNT, DATA, 2, key="cart-1")
    assert again.model_dump() == first.model_dump()
    for other in ((DATA, 3), (PRO, 2)):
        refused = acme.licences.buy(acme.olga, ACCOUNT, *other, key="cart-1")
        assert await codes(refused) == ["key_used_for_purchase"]
    assert len(await acme.licences.licences(acme.olga)) == 2
    (row,) = await run(database, "SELECT key FROM licence_purchases")
    assert "cart" not in row.key


@pytest.mark.covers("L2")
async def test_what_cannot_be_bought_is_refused(database: Database) -> None:
    acme = await shop(database)
    await AccountDesk(database).create(OPERATOR, "Nord")
    for add_on, quantity, code in (
        ("voice", 1, "unknown_add_on"),
        (DATA, 0, "licences_invalid"),
        (DATA, -1, "licences_invalid"),
        (DATA, MOST_LICENCES + 1, "licences_invalid"),
    ):
        assert await codes(acme.licences.buy(acme.olga, ACCOUNT, add_on, quantity)) == [code]
    assert await codes(acme.licences.buy(OPERATOR, "Nord", DATA, 1)) == ["no_price"]
    assert await codes(acme.licences.buy(acme.olga, "Nord", DATA, 1)) == ["unknown_account"]
    await AccountDesk(database).close(OPERATOR, ACCOUNT)
    assert await codes(acme.licences.buy(OPERATOR, ACCOUNT, DATA, 1)) == ["account_closed"]
    assert await run(database, "SELECT 1 FROM licences UNION SELECT 1 FROM licence_purchases") == []
    assert (await acme.licences.billing(OPERATOR, ACCOUNT)).cycle_day is None


@pytest.mark.covers("L2", "L3")
@pytest.mark.parametrize("attempt", range(5))
async def test_two_purchases_with_one_key_at_once_are_one(database: Database, attempt: int) -> None:
    acme = await shop(database)
    buying = [acme.licences.buy(acme.olga, ACCOUNT, DATA, 2, key="cart-1") for _ in range(4)]
    bought = await asyncio.gather(*buying)
    assert all(one.model_dump() == bought[0].model_dump() for one in bought)
    assert sorted(one.replayed for one in bought) == [False, True, True, True]
    assert len(await acme.licences.licences(acme.olga)) == 2
    assert len(await acme.charged("2026-12")) == 2
    assert len(await run(database, "SELECT 1 FROM events WHERE type = 'licence.bought'")) == 1


@pytest.mark.covers("L33")
async def test_a_licence_that_was_given_back_is_bought_again_at_no_cost(database: Database) -> None:
    acme = await shop(database, "2026-12-01", cycle_day=1)
    one, two = await acme.buy(2)
    await acme.buy(1, SMS)
    await acme.on("2026-12-10")
    await acme.licences.give_back(acme.olga, one)
    await acme.licences.give_back(acme.olga, "LI-3")
    await acme.on("2026-12-20")
    bought = await acme.licences.buy(acme.olga, ACCOUNT, DATA, 2)
    assert (bought.again, bought.new) == ((1,), (4,))
    assert bought.amount == Decimal("3.87"), "of the new one alone"
    assert (await acme.licence(one)).usable_until is None
    assert (await acme.licence("LI-3")).usable_until is not None, "another add-on"
    await acme.on("2027-01-01")
    assert await acme.charged("2026-12", "2027-01", licence=one) == [
        ("2026-12-01", "10.00"),
        ("2026-12-20", "0.00"),
        ("2027-01-01", "10.00"),
    ]
    (again,) = [
        charge
        for charge in (await acme.licences.charges(acme.olga, ACCOUNT, "2026-12", one)).charges
        if charge.reason is ChargeReason.BOUGHT_AGAIN
    ]
    assert str(again.period_end) == "2026-12-31"
    assert await acme.charged("2027-01", licence=two) == [("2027-01-01", "10.00")]


@pytest.mark.covers("L33")
async def test_those_in_use_are_bought_again_first_and_those_that_are_over_never(database: Database) -> None:
    acme = await shop(database, "2026-12-01", cycle_day=1)
    await acme.buy(3)
    for licence in ("LI-1", "LI-2"):
        await acme.licences.give_back(acme.olga, licence)
    number = await acme.use("LI-3", 1)
    await run(database, "UPDATE licences SET number_id = NULL WHERE id = 3")
    await run(database, f"UPDATE licences SET number_id = {number} WHERE id = 2")
    assert (await acme.licences.buy(acme.olga, ACCOUNT, DATA, 1)).again == (2,)
    await acme.on("2027-01-01")
    bought = await acme.licences.buy(acme.olga, ACCOUNT, DATA, 1)
    assert (bought.again, bought.new) == ((), (4,))
    assert bought.amount == Decimal("10.00")
