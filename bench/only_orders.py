"""Measures orders alone, without the bare workflow, imports and uploads: for comparing two versions.

`python -m bench --only orders` measures so. As a script, `python -P only_orders.py`, it measures a checkout
whose benchmark has no such option yet: that checkout's own code starts the servers and makes and checks the
orders, and this file only takes the place of its `Run`. So import nothing here that such a checkout lacks.
"""

import argparse
import importlib
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from bench.orders import Orders
from bench.rounds import Pace, run_round
from bench.surroundings import Surroundings

LOW, HIGH = 1, 50
"""Callers at once."""


@dataclass(frozen=True)
class OrderFigures:
    """What was measured of the orders, by the number of callers."""

    ours: Mapping[int, Pace]
    seconds: float
    """How long the whole run took."""

    def as_json(self) -> dict[str, Any]:
        """The same names as in the figures of a whole run, with digits enough to divide."""
        paces = {str(concurrency): pace for concurrency, pace in self.ours.items()}
        return {
            "orders_per_s": {callers: round(pace.orders_per_s, 3) for callers, pace in paces.items()},
            "p50_ms": {callers: round(pace.answered_ms(50), 2) for callers, pace in paces.items()},
            "p99_ms": {callers: round(pace.answered_ms(99), 2) for callers, pace in paces.items()},
            "cpu_ms_per_order": {
                name: round(used, 2) for name, used in self.ours[max(self.ours)].cpu_ms().items()
            },
            "seconds": round(self.seconds, 1),
        }


class OnlyOrders:
    """A run of real orders alone."""

    def __init__(
        self, chosen: argparse.Namespace, around: Surroundings, ours: Orders, bare: object = None
    ) -> None:
        self._chosen = chosen
        self._around = around
        self._ours = ours

    async def measure(self, started: float) -> OrderFigures:
        """Warm up; orders one at a time, then with all callers."""
        chosen, meter = self._chosen, self._around.cpu_seconds
        paces = {LOW: Pace(LOW), HIGH: Pace(HIGH)}
        await run_round(self._ours, chosen.warm_up, Pace(HIGH), meter)
        for concurrency, count in ((LOW, chosen.single), (HIGH, chosen.orders)):
            for _ in range(chosen.rounds):
                await run_round(self._ours, count, paces[concurrency], meter)
        return OrderFigures(paces, time.monotonic() - started)


def leave(run: Callable[[], int]) -> NoReturn:
    """End the process with the exit code of `run`, or with a traceback as its last output.

    After an error calls may still be in flight, and the threads of Temporal's client can then block Python's
    finalization, so it is skipped.
    """
    try:
        code = run()
    except KeyboardInterrupt:
        code = 130
    except Exception:  # noqa: BLE001 - it is said, and nothing comes after it
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> int:
    """Let the benchmark of the checkout that is imported from here measure its orders alone."""
    benchmark: Any = importlib.import_module("bench.__main__")
    benchmark.Run = OnlyOrders
    benchmark.show = lambda figures, console: None
    return int(benchmark.main())


if __name__ == "__main__":
    leave(main)
