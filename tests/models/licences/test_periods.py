"""A billing cycle begins on the account's cycle day, in a shorter month on its last day."""

import ast
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import models.licences
from models.licences.periods import next_period, period_of

DAYS = st.dates(date(1999, 1, 1), date(2101, 1, 1))
CYCLE_DAYS = st.integers(1, 31)


@pytest.mark.covers("L34")
@pytest.mark.parametrize(
    ("cycle_day", "starts"),
    [
        (1, ["2026-12-01", "2027-01-01", "2027-02-01", "2027-03-01"]),
        (28, ["2026-12-28", "2027-01-28", "2027-02-28", "2027-03-28"]),
        (29, ["2026-12-29", "2027-01-29", "2027-02-28", "2027-03-29"]),
        (30, ["2026-12-30", "2027-01-30", "2027-02-28", "2027-03-30"]),
        (31, ["2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]),
        (28, ["2028-01-28", "2028-02-28", "2028-03-28"]),
        (29, ["2028-01-29", "2028-02-29", "2028-03-29"]),
        (30, ["2028-01-30", "2028-02-29", "2028-03-30"]),
        (31, ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31"]),
        (29, ["2100-01-29", "2100-02-28", "2100-03-29"]),  # no leap year
        (31, ["2000-01-31", "2000-02-29", "2000-03-31"]),  # one, though a century
    ],
)
def test_the_periods_follow_the_cycle_day_through_short_months(cycle_day: int, starts: list[str]) -> None:
    period = period_of(date.fromisoformat(starts[0]), cycle_day)
    found = [period]
    for _ in starts[1:]:
        period = next_period(period, cycle_day)
        found.append(period)
    assert [period.start.isoformat() for period in found] == starts


@given(DAYS, CYCLE_DAYS)
def test_every_day_is_in_one_period(day: date, cycle_day: int) -> None:
    period = period_of(day, cycle_day)
    assert period.start <= day <= period.end
    assert period_of(period.start, cycle_day) == period_of(period.end, cycle_day) == period
    assert next_period(period, cycle_day).start.toordinal() == period.end.toordinal() + 1
    assert 28 <= period.days <= 31


@given(DAYS, CYCLE_DAYS)
def test_the_first_day_leaves_all_days_and_the_last_day_one(day: date, cycle_day: int) -> None:
    period = period_of(day, cycle_day)
    assert period.days_left(period.start) == period.days
    assert period.days_left(period.end) == 1
    with pytest.raises(ValueError, match="not within"):
        period.days_left(next_period(period, cycle_day).start)


@pytest.mark.parametrize("cycle_day", [0, 32, -1])
def test_a_month_has_days_1_to_31(cycle_day: int) -> None:
    with pytest.raises(ValueError, match="A cycle day is 1 to 31"):
        period_of(date(2026, 12, 1), cycle_day)


def test_the_models_read_no_clock_and_no_float() -> None:
    """What a licence costs depends on its history, and on nothing else."""
    (folder,) = models.licences.__path__
    for path in Path(folder).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            assert not (isinstance(node, ast.Attribute) and node.attr in {"today", "now", "utcnow"}), path
            assert not (isinstance(node, ast.Name) and node.id == "float"), path
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), path
