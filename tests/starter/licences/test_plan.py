"""What an owner reads before buying or changing is what the purchase or the change then costs."""

import pytest

from models.licences.history import AddOnChange
from starter.licences.plan import LicencePlanDesk
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR
from tests.starter.licences.shop import DATA, PRO, SMS, codes, shop


@pytest.mark.covers("L3", "L34")
@pytest.mark.parametrize("day", ["2026-12-01", "2026-12-20", "2027-01-31", "2028-02-29"])
async def test_a_purchase_costs_what_was_said_before(database: Database, day: str) -> None:
    open_shop = await shop(database, cycle_day=31)
    await open_shop.buy(1, SMS)
    await open_shop.on(day)
    desk = LicencePlanDesk(database)
    said = await desk.check_buy(open_shop.olga, ACCOUNT, DATA, 3)
    bought = await open_shop.licences.buy(open_shop.olga, ACCOUNT, DATA, 3)
    assert (said.first, said.quantity, said.again) == (bought.amount, 3, 0)
    (row,) = {
        (charge.amount, charge.period_end)
        for charge in (await open_shop.licences.charges(OPERATOR, ACCOUNT)).charges
        if charge.licence_id in bought.new
    }
    assert row == (said.first_each, said.paid_until)
    await open_shop.on(str(said.renews_on))
    listed = await open_shop.licences.charges(OPERATOR, ACCOUNT, str(said.renews_on)[:7])
    then = [
        one.amount for one in listed.charges if one.day == said.renews_on and one.licence_id in bought.new
    ]
    assert sum(then) == said.monthly


@pytest.mark.covers("L33", "L37")
async def test_what_was_given_back_costs_nothing_and_requests_are_counted(database: Database) -> None:
    open_shop = await shop(database)
    desk = LicencePlanDesk(database)
    first = await desk.check_buy(open_shop.olga, ACCOUNT, DATA, 2)
    given, _ = await open_shop.buy(2, shown=first.shown)
    await open_shop.licences.give_back(open_shop.olga, given)
    buying = open_shop.licences.buy(open_shop.olga, ACCOUNT, DATA, 2, shown=first.shown)
    assert await codes(buying) == ["offer_changed"], "less than was shown is not what was shown either"
    said = await desk.check_buy(open_shop.olga, ACCOUNT, DATA, 2)
    assert (said.again, str(said.first)) == (1, "10.00")
    bought = await open_shop.licences.buy(open_shop.olga, ACCOUNT, DATA, 2, shown=said.shown)
    assert bought.amount == said.first
    assert (await desk.check_buy(open_shop.olga, ACCOUNT, DATA, 1)).again == 0


@pytest.mark.covers("L35")
async def test_the_plan_says_the_present_price_and_the_coming_one(database: Database) -> None:
    open_shop = await shop(database)
    await open_shop.buy(2)
    await open_shop.licences.set_price(OPERATOR, ACCOUNT, DATA, "12.00", "2026-12-15")
    plan = await LicencePlanDesk(database).plan(open_shop.adam)
    data = next(each for each in plan.add_ons if each.add_on == DATA)
    assert (data.bought, data.free, str(data.price), str(data.next_price)) == (2, 2, "10.00", "12.00")
    assert [each.add_on.value for each in plan.add_ons] == [SMS, DATA, PRO]
    assert (str(plan.paid_until), str(plan.renews_on)) == ("2026-12-31", "2027-01-01")
    sms = plan.add_ons[0]
    assert (sms.bought, sms.next_price) == (0, None)


@pytest.mark.covers("L36")
async def test_a_change_costs_what_was_said_before(database: Database) -> None:
    open_shop = await shop(database)
    (licence,) = await open_shop.buy(1)
    await open_shop.on("2026-12-17")
    desk = LicencePlanDesk(database)
    offers = {offer.add_on.value: offer for offer in await desk.changes(open_shop.olga, licence)}
    assert offers.keys() == {SMS, PRO}
    assert (offers[SMS].change, str(offers[SMS].applies_from)) == (AddOnChange.DOWNGRADE, "2027-01-01")
    shown = [offer.shown for offer in offers.values()]
    await open_shop.on("2026-12-18")
    changing = open_shop.licences.change(open_shop.olga, licence, PRO, shown=shown)
    assert await codes(changing) == ["offer_changed"], "a day less is charged"
    offers = {offer.add_on.value: offer for offer in await desk.changes(open_shop.olga, licence)}
    changed = await open_shop.licences.change(open_shop.olga, licence, PRO, shown=[offers[PRO].shown])
    assert (changed.amount, changed.applies_from) == (offers[PRO].amount, offers[PRO].applies_from)
    await open_shop.licences.change(open_shop.olga, licence, SMS)
    back = {offer.add_on.value: offer.withdraws for offer in await desk.changes(open_shop.olga, licence)}
    assert back == {DATA: False, PRO: True}
    await open_shop.licences.give_back(open_shop.olga, licence)
    assert await codes(desk.changes(open_shop.olga, licence)) == ["licence_given_back"]


@pytest.mark.covers("L40")
async def test_the_lines_of_a_month_are_its_charges(database: Database) -> None:
    open_shop = await shop(database, cycle_day=15)
    await open_shop.buy(4)
    await open_shop.on("2026-12-05")
    first, second = await open_shop.buy(2)
    await open_shop.licences.change(open_shop.olga, first, PRO)
    await open_shop.licences.give_back(open_shop.olga, second)
    await open_shop.buy(1)
    for day in ("2026-12-05", "2026-12-20", "2027-01-20"):
        await open_shop.on(day)
        for month in ("2026-11", "2026-12", "2027-01"):
            lines = await LicencePlanDesk(database).charge_lines(open_shop.adam, None, month)
            listed = await open_shop.licences.charges(OPERATOR, ACCOUNT, month)
            assert (lines.total, lines.count) == (listed.total, len(listed.charges)), (day, month)
            split = [(line.day, line.reason, line.each) for line in lines.lines for _ in range(line.licences)]
            assert sorted(split) == sorted((one.day, one.reason, one.amount) for one in listed.charges)
            for line in lines.lines:
                alike = [
                    one.licence_id
                    for one in listed.charges
                    if (one.day, one.reason, one.amount) == (line.day, line.reason, line.each)
                ]
                assert (line.licences, line.licence_id) == (len(alike), min(alike)), line
