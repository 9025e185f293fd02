"""What is computed from the rounds of two versions, and how it is shown."""

import io
import json

import pytest
from rich.console import Console

from bench.against import play_pairs
from bench.pairs import Comparison, Pair, Round, Version, sequence
from bench.table import show_comparison


def taken(rate: float, p50_ms: float = 100.0, cpu_ms: float = 120.0, *faults: str) -> Round:
    return Round(rate, p50_ms, cpu_ms, faults)


def compared(*rates: tuple[float, float], at_least: float = 0.95) -> Comparison:
    """Old and new rate of each pair."""
    pairs = [
        Pair(sequence(number)[0], taken(old), taken(new, 110.0, 90.0))
        for number, (old, new) in enumerate(rates)
    ]
    return Comparison("HEAD~3", "0123456789abcdef", at_least, pairs)


def test_the_versions_change_places_in_each_pair() -> None:
    assert [sequence(number) for number in range(4)] == [
        ("old", "new"),
        ("new", "old"),
        ("old", "new"),
        ("new", "old"),
    ]


def test_rounds_are_played_in_that_sequence_and_stay_with_their_version() -> None:
    played: list[Version] = []

    def play(version: Version) -> Round:
        played.append(version)
        return taken(10.0 if version == "old" else 9.0)

    pairs = list(play_pairs(3, play))
    assert played == ["old", "new", "new", "old", "old", "new"]
    assert [pair.first for pair in pairs] == ["old", "new", "old"]
    assert {pair.ratio for pair in pairs} == {0.9}


def test_ratios_are_new_to_old() -> None:
    pair = Pair("old", taken(20.0, 100.0, 80.0), taken(18.0, 110.0, 100.0))
    assert (pair.ratio, pair.p50_ratio, pair.cpu_ratio) == pytest.approx((0.9, 1.1, 1.25))


def test_one_disturbed_pair_does_not_change_the_verdict() -> None:
    found = compared((10, 9.9), (10, 10.1), (10, 2), (10, 9.8), (8, 8))
    assert found.ratio == pytest.approx(0.99)
    assert found.spread == pytest.approx((0.2, 1.01))
    assert found.fast_enough


def test_the_median_is_of_the_ratios_and_not_the_ratio_of_the_medians() -> None:
    found = compared((10, 9), (20, 30), (30, 27))
    assert found.ratio == pytest.approx(0.9)


@pytest.mark.parametrize(("new", "fast_enough"), [(9.5, True), (9.49, False), (12.0, True)])
def test_the_median_must_not_be_below_the_limit(new: float, fast_enough: bool) -> None:
    found = compared((10, new))
    assert found.fast_enough is fast_enough
    assert found.as_json()["fast_enough"] is fast_enough


def test_faults_name_their_round() -> None:
    pair = Pair("old", taken(10.0), taken(10.0, 100.0, 120.0, "3 mails were lost or are unknown."))
    found = Comparison("HEAD", "0123", 0.95, [pair])
    assert found.faults == ["Pair 1, new: 3 mails were lost or are unknown."]


def test_a_round_is_read_from_the_figures_of_a_whole_run_or_of_orders_alone() -> None:
    answer = {
        "orders_per_s": {"1": 7.7, "50": 14.1},
        "p50_ms": {"1": 102.0, "50": 2529.0},
        "cpu_ms_per_order": {"temporal": 70.0, "worker": 45.5},
        "qr_import_ms": 131,
        "faults": [],
    }
    assert Round.from_json(answer) == Round(14.1, 102.0, 115.5)


def test_a_program_gets_every_pair_and_the_medians() -> None:
    answer = json.loads(json.dumps(compared((10, 9.9), (10, 10.1), (10, 9.8)).as_json()))
    assert answer["ratio"] == 0.99
    assert (answer["lowest_ratio"], answer["highest_ratio"]) == (0.98, 1.01)
    assert (answer["p50_ratio"], answer["cpu_ratio"]) == (1.1, 0.75)
    assert [pair["first"] for pair in answer["pairs"]] == ["old", "new", "old"]
    assert answer["pairs"][1]["new"]["orders_per_s"] == 10.1
    assert answer["enough_pairs"] is False
    assert compared(*[(10, 10)] * 5).as_json()["enough_pairs"] is True


def test_the_table_fits_80_columns() -> None:
    output = io.StringIO()
    pairs = [Pair("new", taken(1234.5, 12345.0), taken(1111.1, 12346.0))] * 5
    show_comparison(Comparison("main", "0123456789abcdef", 0.95, pairs), Console(file=output, width=80))
    lines = output.getvalue().splitlines()
    assert max(len(line) for line in lines) <= 80
    assert "…" not in output.getvalue()
    assert "1234.5" in output.getvalue()
    assert "12346" in output.getvalue()
    assert lines[-2:] == [
        "Orders/s, new / old: median 0.900 of 5, from 0.900 to 0.900.",
        "At least 0.95 is wanted: too slow.",
    ]
