"""What a call of the portal costs: CPU of the portal and of PostgreSQL, and the caller's time."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import httpx

from bench.surroundings import Surroundings

CALLS, WARM_UP = 100, 10
AT_ONCE, TOGETHER = 5, 100


@dataclass(frozen=True)
class Cost:
    """What a call costs."""

    portal_ms: float
    database_ms: float
    p95_ms: float
    """Of the caller's time, with five calls in flight."""
    kilobytes: float
    """Of the answer, uncompressed."""

    @property
    def cpu_ms(self) -> float:
        return self.portal_ms + self.database_ms

    def meets(self, most_cpu_ms: float, most_p95_ms: float) -> bool:
        """Whether it is within these targets."""
        return self.cpu_ms <= most_cpu_ms and self.p95_ms <= most_p95_ms

    def as_json(self) -> dict[str, Any]:
        """Everything for a program."""
        return asdict(self)


async def cost_of(client: httpx.AsyncClient, around: Surroundings, address: httpx.URL) -> Cost:
    """Call this often, first one at a time, then five in flight."""
    for _ in range(WARM_UP):
        answer = await client.get(address)
        answer.raise_for_status()
    before = _used(around)
    for _ in range(CALLS):
        answer = await client.get(address)
    portal, database = (
        (after - was) * 1000 / CALLS for after, was in zip(_used(around), before, strict=True)
    )
    await _together(client, address, WARM_UP)  # PostgreSQL plans a statement on each connection
    times = await _together(client, address, TOGETHER // AT_ONCE)
    p95 = round(_percentile(times, 95), 1)
    return Cost(round(portal, 2), round(database, 2), p95, round(len(answer.content) / 1000, 1))


async def _together(client: httpx.AsyncClient, address: httpx.URL, each: int) -> list[float]:
    """The milliseconds of calls of callers of whom each makes some, one after the other."""
    times: list[float] = []

    async def caller() -> None:
        for _ in range(each):
            start = time.perf_counter()
            await client.get(address)
            times.append((time.perf_counter() - start) * 1000)

    await asyncio.gather(*(caller() for _ in range(AT_ONCE)))
    return times


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure of an odd number of measurements."""
    return Cost(**{name: median(getattr(cost, name) for cost in costs) for name in Cost.__annotations__})


def _used(around: Surroundings) -> tuple[float, float]:
    """CPU seconds of the portal and of PostgreSQL so far."""
    used = around.cpu_seconds()
    return used["portal"], used["postgres"]


def _percentile(times: Sequence[float], percent: int) -> float:
    return sorted(times)[-(-len(times) * percent // 100) - 1]
