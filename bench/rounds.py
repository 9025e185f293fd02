"""Rounds of orders at one concurrency, real and bare ones taking turns so that both see the same machine."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.orders import Orders, Taken


@dataclass
class Pace:
    """What was measured of one kind of order at one concurrency, all rounds together."""

    concurrency: int
    seconds: float = 0.0
    """First placing to last close, added up over the rounds."""
    taken: list[Taken] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    """Orders a second of each round."""
    cpu: Counter[str] = field(default_factory=Counter)
    """Milliseconds of CPU that each process used in these rounds, for whatever reason."""

    @property
    def orders_per_s(self) -> float:
        """Orders from placing to the end of their workflow, mails included."""
        return len(self.taken) / self.seconds

    def cpu_ms(self) -> dict[str, float]:
        """CPU an order, by process."""
        return {name: used / len(self.taken) for name, used in self.cpu.items()}

    def answered_ms(self, percent: float) -> float:
        """The time of the three calls that so many percent of the orders did not exceed (nearest rank)."""
        times = sorted(order.answered for order in self.taken)
        return 1000 * times[max(0, -(-len(times) * int(percent) // 100) - 1)]


Meter = Callable[[], Mapping[str, float]]
"""Says how many seconds of CPU each process has used so far."""


async def run_round(orders: Orders, count: int, pace: Pace, meter: Meter) -> None:
    """So many orders by `pace.concurrency` callers, each making one order after another."""
    left = iter(range(count))

    async def caller() -> None:
        for _ in left:
            pace.taken.append(await orders.one())

    before, start = meter(), time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(min(pace.concurrency, count))))
    seconds = time.perf_counter() - start
    for name, used in meter().items():
        pace.cpu[name] += round(1000 * (used - before[name]))
    pace.seconds += seconds
    pace.rates.append(count / seconds)


async def take_turns(
    kinds: Sequence[Orders], concurrency: int, rounds: int, count: int, meter: Meter
) -> dict[str, Pace]:
    """Rounds ABAB...; the pace of each kind by its name."""
    paces = {kind.name: Pace(concurrency) for kind in kinds}
    for _ in range(rounds):
        for kind in kinds:
            await run_round(kind, count, paces[kind.name], meter)
    return paces
