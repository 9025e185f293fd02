"""The life of the plans of one eSIM line: whatever is reported, in whatever sequence, once or three times."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.travel.life import Plan, Report, decide, replay
from models.travel.profiles import Outcome, PlanState, Reported

T0 = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOME, FRANCE, JAPAN, SEA = "US", "FR", "JP", None
WHERE = st.sampled_from([FRANCE, FRANCE, JAPAN, HOME, SEA, "TH"])
COVERED = st.sampled_from([(FRANCE,), (JAPAN,), (FRANCE, JAPAN)])
VOLUME = 1000


def at(hours: float) -> datetime:
    return T0 + HOUR * hours


def plan(
    number: int = 1, countries: tuple[str, ...] = (FRANCE,), assigned: float = 0, **more: object
) -> Plan:
    lapses = more.pop("lapses", assigned + 24 * 365)
    return Plan(number, frozenset(countries), VOLUME, at(assigned), at(lapses), **more)  # type: ignore[arg-type]


def connection(hours: float, country: str | None = FRANCE, number: int = 1, **more: object) -> Report:
    received = more.pop("received", hours)
    return Report(
        number,
        Reported.CONNECTION,
        at(hours),
        at(received),  # type: ignore[arg-type]
        country,
        at_home=country == HOME,
        **more,  # type: ignore[arg-type]
    )


def usage(hours: float, used: int, country: str | None = FRANCE, number: int = 1) -> Report:
    return replace(connection(hours, country, number), what=Reported.USAGE, used_bytes=used)


# --- by example ---------------------------------------------------------------------------------------------


@pytest.mark.covers("T4", "T5", "T23")
def test_the_first_connection_abroad_starts_thirty_days_to_the_second() -> None:
    decided = decide([plan()], connection(5))
    assert decided.outcome is Outcome.STARTED
    assert decided.plan is not None
    assert decided.plan.ends_at == at(5) + timedelta(seconds=30 * 24 * 3600)
    last = decided.plan.ends_at - timedelta(microseconds=1)
    assert decided.plan.state(last) is PlanState.ACTIVE
    assert decided.plan.state(decided.plan.ends_at) is PlanState.EXPIRED


@pytest.mark.covers("T6", "T21")
def test_a_plan_behind_another_starts_when_that_one_has_ended() -> None:
    plans = [plan(1), plan(2)]
    after, outcomes = replay(plans, [connection(0, number=1), connection(1, number=2)])
    assert [one.started_at for one in after] == [at(0), None]
    assert outcomes[2].outcome is Outcome.COVERED
    after, outcomes = replay(plans, [connection(0, number=1), connection(720, number=2)])
    assert [one.started_at for one in after] == [at(0), at(720)], "the first has ended at that second"


@pytest.mark.covers("T21")
def test_plans_for_other_countries_run_at_once() -> None:
    after, _ = replay([plan(1), plan(2, (JAPAN,))], [connection(0), connection(1, JAPAN, 2)])
    assert [one.started_at for one in after] == [at(0), at(1)]


@pytest.mark.covers("T29")
def test_a_plan_whose_data_is_used_up_ends_and_the_next_takes_over_at_its_own_connection() -> None:
    reports = [usage(0, 600, number=1), usage(5, 500, number=2)]
    after, _ = replay([plan(1), plan(2)], reports)
    assert (after[0].depleted_at, after[0].used_bytes) == (at(5), 1100)
    assert after[0].state(at(5)) is PlanState.DEPLETED
    assert after[1].started_at is None
    after, _ = replay([plan(1), plan(2)], [*reports, connection(9, number=3)])
    assert after[1].started_at == at(9)


@pytest.mark.covers("T30")
@pytest.mark.parametrize(
    ("country", "outcome"),
    [
        (HOME, Outcome.AT_HOME),
        (SEA, Outcome.AT_SEA_OR_IN_THE_AIR),
        ("TH", Outcome.NOT_COVERED),
    ],
)
def test_at_home_at_sea_and_where_no_plan_is_for_nothing_starts(
    country: str | None, outcome: Outcome
) -> None:
    decided = decide([plan(1, (HOME, FRANCE))], connection(0, country))
    assert (decided.outcome, decided.plan) == (outcome, None)


@pytest.mark.covers("T31")
def test_a_connection_before_the_plan_was_assigned_counts_from_then() -> None:
    decided = decide([plan(assigned=10)], connection(5, received=11))
    assert decided.plan is not None
    assert decided.plan.started_at == at(10)


@pytest.mark.covers("T31")
def test_what_was_received_before_a_plan_was_assigned_is_never_about_it() -> None:
    early = replace(usage(12, 900, number=1), received_at=at(12))
    late = connection(5, number=2, received=30)
    after, outcomes = replay([plan(assigned=20)], [early, late])
    assert outcomes[1].outcome is Outcome.NOT_COVERED
    assert (after[0].started_at, after[0].used_bytes) == (at(20), 0)


@pytest.mark.covers("T28", "T32")
def test_a_plan_that_has_lapsed_or_is_revoked_never_starts() -> None:
    assert decide([plan(lapses=10)], connection(10)).outcome is Outcome.NOT_COVERED
    assert decide([plan(lapses=10)], connection(9.99)).outcome is Outcome.STARTED
    assert decide([plan(revoked_at=at(50))], connection(5)).outcome is Outcome.NOT_COVERED


@pytest.mark.covers("T5", "T23")
@pytest.mark.parametrize(
    "start",
    [
        datetime(2026, 3, 15, 12, tzinfo=UTC),  # summer time begins in Europe
        datetime(2026, 10, 10, 12, tzinfo=UTC),
        datetime(2028, 2, 10, 12, tzinfo=UTC),  # the 29th of February
        datetime(2026, 12, 20, 12, tzinfo=UTC),
    ],
)
def test_neither_summer_time_nor_a_leap_day_change_the_thirty_days(start: datetime) -> None:
    one = plan()
    started = replace(one, started_at=start)
    assert started.ends_at is not None
    assert (started.ends_at - start).total_seconds() == 30 * 86_400
    assert started.ends_at.utcoffset() == timedelta()


# --- against another model ----------------------------------------------------------------------------------


@dataclass
class Counting:
    """A plan as a child would count it: hours that are left, and data that is left; no times are compared."""

    number: int
    countries: tuple[str, ...]
    assigned: int
    lapses: int
    hours_left: int | None = None
    data_left: int = VOLUME
    started: int | None = None
    counted: set[int] = field(default_factory=set)

    @property
    def runs(self) -> bool:
        return bool(self.hours_left) and self.data_left > 0


def counted(plans: list[Counting], reports: dict[str, Report], until: int) -> dict[str, Outcome]:
    """Go from hour to hour: all reports of an hour, then each running plan has an hour less."""
    outcomes = {}
    by_hour: dict[int, list[tuple[int, str, Report]]] = {}
    for key, report in reports.items():
        hour = round((report.at - T0) / HOUR)
        by_hour.setdefault(hour, []).append((report.id, key, report))
    # a plan that is started before it was assigned has its hours from then on
    for hour in range(-50, until):
        for _, key, report in sorted(by_hour.get(hour, [])):
            outcomes[key] = _counted_one(plans, report, hour)
        for one in plans:
            if one.hours_left and hour >= one.assigned:
                one.hours_left -= 1
    return outcomes


def _counted_one(plans: list[Counting], report: Report, hour: int) -> Outcome:
    if report.country is None:
        return Outcome.AT_SEA_OR_IN_THE_AIR
    if report.country == HOME:
        return Outcome.AT_HOME
    received = round((report.received_at - T0) / HOUR)
    known = [one for one in plans if report.country in one.countries and one.assigned <= received]
    outcome = Outcome.COVERED
    serving = next((one for one in known if one.runs), None)
    if serving is None:
        outcome = Outcome.STARTED
        fresh = [one for one in known if one.hours_left is None and max(hour, one.assigned) < one.lapses]
        serving = next(iter(fresh), None)
        if serving is None:
            return Outcome.NOT_COVERED
        serving.hours_left, serving.started = 30 * 24, max(hour, serving.assigned)
    serving.data_left -= report.used_bytes
    return outcome


@dataclass
class Line:
    """A line as the store keeps it: each report once, decided at once, a late one with all before."""

    plans: dict[int, Plan] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    until: datetime | None = None

    def take(self, key: str, report: Report) -> None:
        if key in self.reports:
            return
        late = self.until is not None and report.at < self.until
        if late:
            after, decided = replay(list(self.plans.values()), [*self.reports.values(), report])
            self.plans = {one.id: one for one in after}
            for known, earlier in self.reports.items():
                self.outcomes[known] = decided[earlier.id].outcome
            self.outcomes[key] = decided[report.id].outcome
        else:
            found = decide(list(self.plans.values()), report)
            self.outcomes[key] = found.outcome
            if found.plan:
                self.plans[found.plan.id] = found.plan
            self.until = report.at
        self.reports[key] = report


SAID = st.tuples(
    st.one_of(st.integers(-40, 60), st.integers(-40, 2400)),
    WHERE,
    st.one_of(st.none(), st.sampled_from([0, 100, 250, 500, 500, 700, 1000])),
    st.integers(0, 3),
)
"""An hour, a country, data if it is usage, and how often it is repeated."""
GIVEN = st.tuples(
    st.one_of(st.integers(0, 60), st.integers(0, 1500)), COVERED, st.sampled_from([24 * 365, 24 * 30, 400])
)
LIVES = given(
    st.lists(SAID, max_size=14),
    st.lists(GIVEN, min_size=1, max_size=5),
    st.randoms(use_true_random=False),
)


def lived(said: list[Any], given_plans: list[Any], random: Random) -> None:
    """Receive them in any sequence, while plans are assigned: line and count agree."""
    plans = sorted(given_plans, key=lambda one: one[0])
    arrivals = []
    for number, (hour, country, used, repeats) in enumerate(said):
        received = max(hour, 0) + random.choice([0, 0, 0, 1, 100, 1000])
        arrivals.append((received, random.random(), number, hour, country, used))
        arrivals += [
            (received + random.choice([0, 500]), random.random(), number, hour, country, used)
            for _ in range(repeats)
        ]
    line, keys = Line(), {}
    waiting = list(enumerate(plans, start=1))
    for place, (received, _, number, hour, country, used) in enumerate(sorted(arrivals)):
        while waiting and waiting[0][1][0] <= received:
            id_, (assigned, countries, shelf) = waiting.pop(0)
            line.plans[id_] = plan(id_, countries, assigned, lapses=assigned + shelf)
        happened = min(hour, received)
        report = Report(
            place,
            Reported.CONNECTION if used is None else Reported.USAGE,
            at(happened),
            at(received),
            country,
            used or 0,
            at_home=country == HOME,
        )
        line.take(str(number), report)
        keys[number] = report
    model = [
        Counting(id_, countries, assigned, assigned + shelf)
        for id_, (assigned, countries, shelf) in enumerate(plans, start=1)
        if id_ in line.plans
    ]
    outcomes = counted(model, line.reports, 5000)
    assert line.outcomes == outcomes
    for one in model:
        kept = line.plans[one.number]
        assert kept.started_at == (None if one.started is None else at(one.started))
        assert kept.used_bytes == VOLUME - one.data_left
        assert (kept.depleted_at is not None) == (one.data_left <= 0)


@pytest.mark.covers("T21", "T22", "T29", "T30", "T31")
@settings(max_examples=200)
@LIVES
def test_permuted_repeated_and_late_reports_end_as_counted_hour_by_hour(
    said: list[Any], given_plans: list[Any], random: Random
) -> None:
    lived(said, given_plans, random)


@pytest.mark.night
@pytest.mark.timeout(1800)
@pytest.mark.covers("T21", "T22", "T29", "T30", "T31")
@settings(max_examples=5000)
@LIVES
def test_so_do_very_many_of_them(said: list[Any], given_plans: list[Any], random: Random) -> None:
    lived(said, given_plans, random)
