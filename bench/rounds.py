"""Rounds of orders at one concurrency, real and bare ones taking turns so that both see the same machine."""

import asyncio
import time
from collections.abc import Sequence
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

    @property
    def orders_per_s(self) -> float:
        """Orders from placing to the end of their workflow, mails included."""
        return len(self.taken) / self.seconds

    def answered_ms(self, percent: float) -> float:
        """The time of the three calls that so many percent of the orders did not exceed (nearest rank)."""
        times = sorted(order.answered for order in self.taken)
        return 1000 * times[max(0, -(-len(times) * int(percent) // 100) - 1)]


async def run_round(orders: Orders, count: int, pace: Pace) -> None:
    """So many orders by `pace.concurrency` callers, each making one order after another."""
    left = iter(range(count))

    async def caller() -> None:
        for _ in left:
            pace.taken.append(await orders.one())

    start = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(min(pace.concurrency, count))))
    seconds = time.perf_counter() - start
    pace.seconds += seconds
    pace.rates.append(count / seconds)


async def take_turns(kinds: Sequence[Orders], concurrency: int, rounds: int, count: int) -> dict[str, Pace]:
    """Rounds ABAB...; the pace of each kind by its name."""
    paces = {kind.name: Pace(concurrency) for kind in kinds}
    for _ in range(rounds):
        for kind in kinds:
            await run_round(kind, count, paces[kind.name])
    return paces
