"""Measures placing an order by the desk and over HTTP, one caller, in turns.

Alone: each order is placed once the order before was sent to its distributor, and is followed in the way in
which it was placed: so each way has rested while the other one was used. At once: it is placed while the
worker is still busy with the order before. HTTP is spoken by Python's plain client, as httpx takes 2 ms of
its own for a call.
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from bench.cost import WARM_UP
from bench.fleet import USER
from bench.surroundings import Surroundings
from models.orders.lifecycle import OrderKind
from models.people.callers import Caller
from starter import callers
from starter.orders.desk import OrderDesk
from starter.orders.drafts import OrderDraft

PLACED = 100
_LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Placing:
    """Medians of the caller's time for an order."""

    desk_p50_ms: float
    http_p50_ms: float

    @property
    def ratio(self) -> float:
        """Over HTTP to by the desk."""
        return self.http_p50_ms / self.desk_p50_ms

    def __str__(self) -> str:
        by_each = f"{self.desk_p50_ms:.1f} ms by the desk, {self.http_p50_ms:.1f} ms over HTTP"
        return f"{by_each}: {self.ratio:.2f} times"


async def measure_placing(
    around: Surroundings, headers: Mapping[str, str], lines: int, most: float
) -> tuple[Placing, Placing]:
    """Alone, and at once. Where either ratio is above `most`, the median of three rounds, as the load of the
    machine comes and goes. Each order is for a line of its own, from the last of the account's lines down.
    """
    numbers = (f"+336{lines - number:08d}" for number in count())
    async with OrderDesk.open(around.settings) as desk:
        user = await callers.user(desk.database, USER)
        by_each = _ByEach(desk, user, HTTPConnection(urlsplit(around.addresses.portal_url).netloc), headers)
        rounds = [await by_each.round(numbers)]
        if any(placing.ratio > most for placing in rounds[0]):
            rounds += [await by_each.round(numbers) for _ in range(2)]
    alone, at_once = (sorted(placings, key=lambda each: each.ratio) for placings in zip(*rounds, strict=True))
    return alone[len(alone) // 2], at_once[len(at_once) // 2]


@dataclass(frozen=True)
class _ByEach:
    desk: OrderDesk
    user: Caller
    portal: HTTPConnection
    headers: Mapping[str, str]

    async def round(self, lines: Iterator[str]) -> tuple[Placing, Placing]:
        """Alone, and at once."""
        return await self._medians(lines, alone=True), await self._medians(lines, alone=False)

    async def _medians(self, lines: Iterator[str], *, alone: bool) -> Placing:
        taken = [await self._times(next(lines), next(lines), alone=alone) for _ in range(PLACED + WARM_UP)]
        return Placing(*(round(median(times) * 1000, 1) for times in zip(*taken[WARM_UP:], strict=True)))

    async def _times(self, first: str, second: str, *, alone: bool) -> tuple[float, float]:
        """Seconds until the order for the first line is accepted by the desk, for the second over HTTP."""
        start = time.perf_counter()
        placed = await self.desk.place(self.user, _draft(first))
        by_desk = time.perf_counter() - start
        if alone:
            await self._sent(placed.order_id)
        start = time.perf_counter()
        order_id = self._over_http(second)
        over_http = time.perf_counter() - start
        if alone:
            self._sent_over_http(order_id)
        return by_desk, over_http

    def _over_http(self, line: str) -> str:
        body = _draft(line).model_dump(mode="json", exclude={"key"}, exclude_defaults=True)
        headers = {**self.headers, "Content-Type": "application/json", "Idempotency-Key": line}
        return str(self._asked("POST", "/orders", headers, json.dumps(body))["id"])

    def _asked(self, method: str, path: str, headers: Mapping[str, str], body: str = "") -> dict[str, Any]:
        self.portal.request(method, f"/api/v1{path}", body or None, headers)
        answer = self.portal.getresponse()
        said = answer.read()
        assert answer.status in {200, 201}, said
        return dict(json.loads(said))

    async def _sent(self, order_id: str) -> None:
        """Wait until the order's e-mails are sent: then it waits for its distributor."""
        async for order in self.desk.watch(self.user, order_id, every=_LOOK_SECONDS):
            if not order.not_sent:
                return

    def _sent_over_http(self, order_id: str) -> None:
        while self._asked("GET", f"/orders/{order_id}", self.headers)["waits_for"]["what"] == "sending":
            time.sleep(_LOOK_SECONDS)


def _draft(line: str) -> OrderDraft:
    kind, pack = OrderKind.SWITCH_TO_ESIM, "Corporate eSIM"
    return OrderDraft(kind=kind, line=line, pack=pack, discard_confirmed=True, key=line)
