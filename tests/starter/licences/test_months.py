"""What an account is charged adds up over months, whatever its time zone, billing day and calendar do.

The calendar is turned from one critical moment to the next, as an account lives through them: ends of months
and the nights in which clocks are changed.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from models.licences.periods import period_of
from starter.licences.plan import LicencePlanDesk
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR
from tests.starter.licences.shop import DATA, PRICES, Shop, shop

UTC = ZoneInfo("UTC")
PLACES = {
    "Europe/Paris": ("2027-03-28T03:00", "2027-10-31T03:00"),
    "America/New_York": ("2027-03-14T03:00", "2027-11-07T02:00"),
    "Africa/Cairo": ("2027-04-30T01:00", "2027-10-29T00:00"),  # at midnight
    "Atlantic/Azores": ("2027-03-28T01:00", "2027-10-31T01:00"),
    "Pacific/Kiritimati": ("2027-02-28T23:00", "2027-03-01T00:00"),  # 14 hours ahead of UTC
    "Pacific/Pago_Pago": ("2027-02-28T23:00", "2027-03-01T00:00"),  # 11 hours behind
}
"""Of each time zone two nights in which its clocks change, or a month ends far from UTC."""


def _moments(zone: str) -> list[datetime]:
    """Before, at and after each critical moment there, and the ends of months."""
    there = ZoneInfo(zone)
    critical = [datetime.fromisoformat(at).replace(tzinfo=there) for at in PLACES[zone]]
    critical += [datetime(2027, month, 1, tzinfo=there) for month in (2, 3, 5, 11)]
    around = (timedelta(minutes=-65), timedelta(minutes=-5), timedelta(), timedelta(hours=1))
    return sorted(at.astimezone(UTC) + near for at in critical for near in around)


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


async def _months(acme: Shop, first: date, last: date) -> tuple[Decimal, list[tuple[int, date, str]]]:
    """What the pages of all months say together: their sum, and licence, day and reason of each charge."""
    pages, total, charges = LicencePlanDesk(acme.database), Decimal(0), list[tuple[int, date, str]]()
    month = first.replace(day=1)
    while month <= last:
        lines = await pages.charge_lines(acme.adam, None, f"{month:%Y-%m}")
        listed = await acme.licences.charges(OPERATOR, ACCOUNT, f"{month:%Y-%m}")
        assert (lines.total, lines.count) == (listed.total, len(listed.charges)), month
        assert {one.day.replace(day=1) for one in listed.charges} <= {month}
        total += lines.total
        charges += [(one.licence_id, one.day, one.reason.value) for one in listed.charges]
        month = (month + timedelta(days=31)).replace(day=1)
    return total, charges


def _starts(after: date, last: date, cycle_day: int) -> set[date]:
    """The days on which billing cycles begin."""
    days = (after + timedelta(days=number + 1) for number in range((last - after).days))
    return {day for day in days if period_of(day, cycle_day).start == day}


@pytest.mark.covers("L34", "L40")
@pytest.mark.parametrize(("zone", "cycle_day"), [*zip(PLACES, (31, 1, 31, 1, 29, 31), strict=True)])
async def test_the_months_add_up_and_each_cycle_is_charged_once(
    database: Database, zone: str, cycle_day: int
) -> None:
    moments = _moments(zone)
    acme = await shop(database, "2027-01-30", time_zone=zone, cycle_day=cycle_day)
    pages, bought, charged = LicencePlanDesk(database), dict[int, date](), Decimal(0)
    for moment in moments:
        await acme.on(_written(moment))
        offer = await pages.check_buy(acme.olga, ACCOUNT, DATA, 1)
        purchase = await acme.licences.buy(acme.olga, ACCOUNT, DATA, 1, shown=offer.shown)
        today = moment.astimezone(ZoneInfo(zone)).date()
        bought |= dict.fromkeys(purchase.new, today)
        period = period_of(today, cycle_day)
        assert (offer.paid_until, offer.days) == (period.end, period.days_left(today)), moment
        assert (await pages.charge_lines(acme.adam)).month == f"{today:%Y-%m}", moment
        charged += offer.first
    last = max(bought.values())
    total, charges = await _months(acme, min(bought.values()), last)
    assert len(set(charges)) == len(charges), "nothing is charged twice"
    assert {licence: day for licence, day, reason in charges if reason == "first"} == bought
    monthly = {(licence, start) for licence, day in bought.items() for start in _starts(day, last, cycle_day)}
    assert {(licence, day) for licence, day, reason in charges if reason == "monthly"} == monthly
    assert total == charged + len(monthly) * Decimal(PRICES[DATA])
