"""Whatever happens to an account's licences in 20 years, each costs what a count of its days says.

The count knows no periods: it goes from day to day, and asks of each whether a cycle begins on it.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.licences.add_ons import AddOn
from models.licences.charges import charges, total
from models.licences.history import Bought, BoughtAgain, Changed, Entry, GivenBack, add_on_on, usable_until
from models.licences.prices import Price, PriceList

ONE_DAY = timedelta(days=1)
YEARS = 20
GIVE_BACK, BUY = "give back", "buy"
Wish = AddOn | str
"""What the owner asks for on a day; an add-on is a change to it."""


@dataclass
class Counted:
    """A licence, as it is counted day by day. Amounts are cents."""

    add_on: AddOn
    planned: AddOn | None = None
    given_back: bool = False
    history: list[Entry] = field(default_factory=list)
    days: list[AddOn] = field(default_factory=list)
    """What it was at the end of each day from its purchase to its last."""
    open: list[list[int]] = field(default_factory=list)
    """Of this cycle: from a day on (its ordinal), so many cents a month more, for so many days till now."""
    cost: list[tuple[int, int]] = field(default_factory=list)

    def cycle_ends(self, length: int) -> None:
        for on, cents, days in self.open:
            self.cost.append((on, int(Fraction(cents * days, length) + Fraction(1, 2))))
        self.open = []

    def wishes(self, wish: Wish, today: date, cents: dict[AddOn, int]) -> None:
        """Do what is asked for, unless it makes no sense today."""
        if isinstance(wish, AddOn):
            if not self.given_back and wish in cents and wish is not (self.planned or self.add_on):
                self.history.append(Changed(on=today, add_on=wish))
                self._change(wish, today, cents)
        elif wish == GIVE_BACK and not self.given_back:
            self.history.append(GivenBack(on=today))
            self.given_back, self.planned = True, None
        elif wish == BUY and self.given_back:
            self.history.append(BoughtAgain(on=today))
            self.open.append([today.toordinal(), 0, 0])
            self.given_back = False

    def _change(self, to: AddOn, today: date, cents: dict[AddOn, int]) -> None:
        more = cents[to] - cents[self.add_on]
        if more < 0:
            self.planned = to
        else:
            self.open.append([today.toordinal(), more, 0])
            self.add_on, self.planned = to, None


@dataclass
class Calendar:
    """The days of an account, one after another, with the prices and the licence of each."""

    prices: dict[date, dict[AddOn, int]]
    """In cents a month, by the day on which they begin."""
    cycle_day: int
    cents: dict[AddOn, int] = field(default_factory=dict)
    """The prices of this cycle."""
    length: int = 0
    """How many days of this cycle there were till now."""
    now: Counted | None = None
    licences: list[Counted] = field(default_factory=list)

    def begins_a_cycle(self, today: date) -> bool:
        short_month = (today + ONE_DAY).day == 1
        return today.day == self.cycle_day or (short_month and today.day < self.cycle_day)

    def cycle_ends(self) -> None:
        if self.now:
            self.now.cycle_ends(self.length)
            if self.now.given_back:
                self.now = None
        self.length = 0

    def cycle_begins(self, today: date) -> None:
        for add_on in AddOn:
            since = [day for day, cents in self.prices.items() if add_on in cents and day <= today]
            if since:
                self.cents[add_on] = self.prices[max(since)][add_on]
        if self.now:
            self.now.add_on, self.now.planned = self.now.planned or self.now.add_on, None
            self.now.open.append([today.toordinal(), self.cents[self.now.add_on], 0])

    def pass_day(self, today: date, wishes: list[Wish]) -> None:
        for add_on, cents in self.prices.get(today, {}).items():
            self.cents.setdefault(add_on, cents)  # the first one of an add-on
        for wish in wishes:
            if self.now:
                self.now.wishes(wish, today, self.cents)
            elif isinstance(wish, AddOn) and wish in self.cents:
                self.now = Counted(wish, history=[Bought(on=today, add_on=wish)])
                self.now.open.append([today.toordinal(), self.cents[wish], 0])
                self.licences.append(self.now)
        if self.now:
            self.now.days.append(self.now.add_on)
            for layer in self.now.open:
                layer[2] += 1
        self.length += 1


@dataclass
class Account:
    """What an owner asks for, by days after the first one, at which prices."""

    first: date
    wishes: dict[int, list[Wish]]
    prices: list[Price]
    cycle_day: int


def count(account: Account) -> tuple[list[Counted], date]:
    """Every licence of an account, one after another, and the last day of the last cycle that was counted."""
    prices: dict[date, dict[AddOn, int]] = {}
    for price in account.prices:
        prices.setdefault(price.since, {})[price.add_on] = int(price.amount * 100)
    calendar = Calendar(prices, account.cycle_day)
    today = account.first - timedelta(days=62)  # some cycle begins before the first purchase
    while True:
        day = (today - account.first).days
        if calendar.begins_a_cycle(today):
            calendar.cycle_ends()
            if day > YEARS * 365:
                return calendar.licences, today - ONE_DAY
            calendar.cycle_begins(today)
        calendar.pass_day(today, account.wishes.get(day, []))
        today += ONE_DAY


PAUSES = st.one_of(st.integers(0, 12), st.integers(0, 40), st.integers(0, 500))
WISHES = st.lists(st.sampled_from([*AddOn, *AddOn, GIVE_BACK, BUY, BUY]), min_size=1, max_size=3)


@st.composite
def wishes_of_years(draw: st.DrawFn) -> dict[int, list[Wish]]:
    """Busy weeks and quiet years: most changes meet others in their period."""
    least = draw(st.integers(1, 60))
    day = 0
    made: dict[int, list[Wish]] = {}
    for pause, wishes in draw(st.lists(st.tuples(PAUSES, WISHES), min_size=least, max_size=60)):
        day += pause
        made.setdefault(day, []).extend(wishes)
    return made


@st.composite
def price_changes(draw: st.DrawFn, first: date) -> list[Price]:
    """Of each add-on a price from about the beginning on, and several later ones; some of them alike."""
    made = []
    for add_on in AddOn:
        days = draw(st.sets(st.integers(-70, YEARS * 365), max_size=6)) | {draw(st.integers(-400, 90))}
        for days_later in sorted(days):
            cents = draw(st.one_of(st.sampled_from([0, 1, 999, 1000, 1001]), st.integers(0, 9999)))
            amount = Decimal(cents).scaleb(-2)
            made.append(Price(add_on=add_on, since=first + timedelta(days=days_later), amount=amount))
    return made


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    first = draw(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
    return Account(first, draw(wishes_of_years()), draw(price_changes(first)), draw(st.integers(1, 31)))


def each_licence_costs_its_days(account: Account) -> None:
    licences, last = count(account)
    prices, cycle_day = PriceList(account.prices), account.cycle_day
    for licence in licences:
        made = charges(licence.history, prices, cycle_day, last)
        assert total(made) == Decimal(sum(cents for _, cents in licence.cost)) / 100
        assert [(charge.on.toordinal(), int(charge.amount * 100)) for charge in made] == licence.cost
        bought = licence.history[0].on
        for passed in {0, len(licence.days) // 3, len(licence.days) - 1}:
            there = bought + timedelta(days=passed)
            assert add_on_on(licence.history, prices, cycle_day, there) is licence.days[passed]
        end = bought + timedelta(days=len(licence.days) - 1)
        assert usable_until(licence.history, cycle_day) == (end if licence.given_back else None)
        assert (add_on_on(licence.history, prices, cycle_day, end + ONE_DAY) is None) is licence.given_back


def what_is_charged_stays(account: Account, days_later: int) -> None:
    """A day's charges follow from the entries and prices up to that day."""
    licences, last = count(account)
    day = min(account.first + timedelta(days=days_later), last)
    known = PriceList(price for price in account.prices if price.since <= day)
    for licence in licences:
        made = charges(licence.history, PriceList(account.prices), account.cycle_day, last)
        history = [entry for entry in licence.history if entry.on <= day]
        assert charges(history, known, account.cycle_day, day) == [one for one in made if one.on <= day]


@pytest.mark.covers("L3", "L32", "L33", "L34", "L35", "L36")
@settings(max_examples=150)
@given(accounts())
def test_each_licence_costs_what_its_days_cost(account: Account) -> None:
    each_licence_costs_its_days(account)


@pytest.mark.covers("L35")
@settings(max_examples=50)
@given(accounts(), st.integers(0, YEARS * 366))
def test_nothing_that_comes_later_alters_a_charge(account: Account, days_later: int) -> None:
    what_is_charged_stays(account, days_later)


@pytest.mark.night
@pytest.mark.timeout(3600)
@settings(max_examples=2_000)
@given(accounts(), st.integers(0, YEARS * 366))
def test_ten_thousand_accounts(account: Account, days_later: int) -> None:
    each_licence_costs_its_days(account)
    what_is_charged_stays(account, days_later)
