"""The results of one run, and the targets that they are compared with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.imports import ImportPace
from bench.lists import ListPace
from bench.rounds import Pace
from bench.uploads import UploadPace

MOST_GROWTH = 0.05
"""The most by which memory may grow, as a fraction; N orders that leaked would add more."""

Column = Mapping[int, Pace]
"""The pace of one kind of order by its concurrency."""


@dataclass(frozen=True)
class Figures:
    """What one run measured. Ratios are ours to the bare workflow's."""

    ours: Column
    bare: Column
    actions: Mapping[str, float]
    """Actions an order, by type."""
    events_per_order: float
    worker_rss_mb: Mapping[int, float]
    """Memory of the worker by the number of real orders it had done: after the warm-up, then N and N more."""
    fleet_imports: Sequence[ImportPace]
    fleet_lists: Sequence[ListPace]
    """Of all imported lines together."""
    uploads: UploadPace
    many_codes_s: float
    """Seconds for 100 pictures in a ZIP."""
    seconds: float
    """How long the whole run took."""

    @property
    def actions_per_order(self) -> float:
        return sum(self.actions.values())

    @property
    def throughput_ratio(self) -> float:
        high = max(self.ours)
        return self.ours[high].orders_per_s / self.bare[high].orders_per_s

    @property
    def p50_ratio(self) -> float:
        low = min(self.ours)
        return self.ours[low].answered_ms(50) / self.bare[low].answered_ms(50)

    @property
    def cpu_ratio(self) -> float:
        """The throughput ratio by CPU alone: other load on the machine changes it less."""
        high = max(self.ours)
        return sum(self.bare[high].cpu_ms().values()) / sum(self.ours[high].cpu_ms().values())

    @property
    def growth(self) -> float:
        """The growth of the worker's memory during the last N orders, as a fraction."""
        *_, before, after = self.worker_rss_mb.values()
        return after / before - 1

    def targets(self) -> "Sequence[Target]":
        """The targets with the measured values."""
        return (
            Target("throughput_ratio", self.throughput_ratio, 0.75, at_least=True),
            Target("p50_ratio", self.p50_ratio, 1.5),
            Target("actions_per_order", self.actions_per_order, 11),
            Target("events_per_order", self.events_per_order, 40),
            Target("worker_rss_growth", self.growth, MOST_GROWTH),
            Target("qr_import_ms", self.uploads.ms(50), 300),
            Target("many_codes_s", self.many_codes_s, 15),
        )

    def as_json(self) -> dict[str, Any]:
        """Everything for a machine. Where it depends on the concurrency, that is the key."""
        return {
            "orders_per_s": _each(self.ours, lambda pace: pace.orders_per_s),
            "p50_ms": _each(self.ours, lambda pace: pace.answered_ms(50)),
            "p99_ms": _each(self.ours, lambda pace: pace.answered_ms(99)),
            "bare_orders_per_s": _each(self.bare, lambda pace: pace.orders_per_s),
            "bare_p50_ms": _each(self.bare, lambda pace: pace.answered_ms(50)),
            "bare_p99_ms": _each(self.bare, lambda pace: pace.answered_ms(99)),
            "throughput_ratio": round(self.throughput_ratio, 3),
            "p50_ratio": round(self.p50_ratio, 3),
            "actions_per_order": round(self.actions_per_order, 2),
            "events_per_order": round(self.events_per_order, 2),
            "worker_rss_mb": {str(done): round(size, 1) for done, size in self.worker_rss_mb.items()},
            "cpu_ratio": round(self.cpu_ratio, 3),
            "cpu_ms_per_order": _rounded(self.ours[max(self.ours)].cpu_ms()),
            "bare_cpu_ms_per_order": _rounded(self.bare[max(self.bare)].cpu_ms()),
            "import_s": {taken.rows: round(taken.seconds, 2) for taken in self.fleet_imports},
            "import_rows_per_s": {taken.rows: round(taken.rows_per_s) for taken in self.fleet_imports},
            "import_rss_mb": {taken.rows: round(taken.rss_mb) for taken in self.fleet_imports},
            "list_rows": max((taken.rows for taken in self.fleet_lists), default=0),
            "list_first_row_s": {taken.form: round(taken.first_row_s, 2) for taken in self.fleet_lists},
            "list_s": {taken.form: round(taken.seconds, 1) for taken in self.fleet_lists},
            "list_rss_mb": {taken.form: round(taken.rss_mb) for taken in self.fleet_lists},
            "qr_import_ms": round(self.uploads.ms(50)),
            "qr_import_p95_ms": round(self.uploads.ms(95)),
            "qr_import_ms_by_file": {name: round(self.uploads.ms(50, name)) for name in self.uploads.taken},
            "many_codes_s": round(self.many_codes_s, 1),
            "targets_met": {target.name: target.met for target in self.targets()},
            "seconds": round(self.seconds, 1),
        }


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(figure, 1) for name, figure in figures.items()}


def _each(column: Column, figure: Callable[[Pace], float]) -> dict[str, float]:
    return {str(concurrency): round(figure(pace), 1) for concurrency, pace in column.items()}


@dataclass(frozen=True)
class Target:
    """A figure and the limit that it shall keep."""

    name: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def wanted(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.limit:g}"
