"""Compares two versions by rounds in pairs: both rounds of a pair see the same load, so the ratio counts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Literal

ENOUGH = 5
"""The least number of pairs for a verdict."""

Version = Literal["old", "new"]


def sequence(pair: int) -> tuple[Version, Version]:
    """Which version comes first in this pair, counting from 0: ABBAABBA, so that a drift favours neither."""
    return ("old", "new") if pair % 2 == 0 else ("new", "old")


@dataclass(frozen=True)
class Round:
    """What one round of one version measured."""

    orders_per_s: float
    """With 50 callers."""
    p50_ms: float
    """The caller's time for the three calls of an order, alone."""
    cpu_ms: float
    """CPU an order, all processes together, with 50 callers."""
    faults: tuple[str, ...] = ()
    """Sentences about orders that did not end as they must."""

    @classmethod
    def from_json(cls, answer: Mapping[str, Any]) -> "Round":
        """Read the JSON object of `python -m bench --json`."""
        rates, times = answer["orders_per_s"], answer["p50_ms"]
        return cls(
            orders_per_s=float(rates[max(rates, key=int)]),
            p50_ms=float(times[min(times, key=int)]),
            cpu_ms=float(sum(answer["cpu_ms_per_order"].values())),
            faults=tuple(answer["faults"]),
        )


@dataclass(frozen=True)
class Pair:
    """A round of each version, one right after the other. Ratios are new to old."""

    first: Version
    old: Round
    new: Round

    @property
    def ratio(self) -> float:
        """Orders a second: above 1, the new version is faster."""
        return self.new.orders_per_s / self.old.orders_per_s

    @property
    def p50_ratio(self) -> float:
        """Time of one order: above 1, the new version is slower."""
        return self.new.p50_ms / self.old.p50_ms

    @property
    def cpu_ratio(self) -> float:
        """CPU an order: above 1, the new version is more expensive. Other load hardly changes it."""
        return self.new.cpu_ms / self.old.cpu_ms

    def as_json(self) -> dict[str, Any]:
        """Both rounds and their ratios."""
        ratios = {"ratio": self.ratio, "p50_ratio": self.p50_ratio, "cpu_ratio": self.cpu_ratio}
        return asdict(self) | {name: round(value, 4) for name, value in ratios.items()}


@dataclass(frozen=True)
class Comparison:
    """All pairs, and whether the new version is fast enough."""

    revision: str
    """As the old version was asked for."""
    commit: str
    """What that was."""
    at_least: float
    """The least median ratio of orders a second."""
    pairs: Sequence[Pair]

    @property
    def ratio(self) -> float:
        """The median: one disturbed pair does not move it far."""
        return median(pair.ratio for pair in self.pairs)

    @property
    def spread(self) -> tuple[float, float]:
        """The lowest and the highest ratio of a pair."""
        ratios = [pair.ratio for pair in self.pairs]
        return min(ratios), max(ratios)

    @property
    def p50_ratio(self) -> float:
        return median(pair.p50_ratio for pair in self.pairs)

    @property
    def cpu_ratio(self) -> float:
        return median(pair.cpu_ratio for pair in self.pairs)

    @property
    def fast_enough(self) -> bool:
        return self.ratio >= self.at_least

    @property
    def faults(self) -> list[str]:
        """The faults of orders of both versions."""
        return [
            f"Pair {number}, {version}: {fault}"
            for number, pair in enumerate(self.pairs, start=1)
            for version, taken in (("old", pair.old), ("new", pair.new))
            for fault in taken.faults
        ]

    def as_json(self) -> dict[str, Any]:
        """Everything for a program."""
        lowest, highest = self.spread
        figures = {
            "ratio": self.ratio,
            "lowest_ratio": lowest,
            "highest_ratio": highest,
            "p50_ratio": self.p50_ratio,
            "cpu_ratio": self.cpu_ratio,
        }
        return {
            "against": self.revision,
            "commit": self.commit,
            **{name: round(value, 4) for name, value in figures.items()},
            "at_least": self.at_least,
            "fast_enough": self.fast_enough,
            "enough_pairs": len(self.pairs) >= ENOUGH,
            "pairs": [pair.as_json() for pair in self.pairs],
            "faults": self.faults,
        }
