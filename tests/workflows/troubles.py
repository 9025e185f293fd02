"""Failures that a test has in store for the steps of an order."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from models.orders.lifecycle import HoldReason

SLACK = timedelta(seconds=2)


@dataclass(frozen=True)
class Trouble:
    """One failing attempt. `afterwards`: the effect is there, and only the answer is lost."""

    type: str = "unexpected"
    final: bool = False
    afterwards: bool = False

    def raise_it(self) -> None:
        raise ApplicationError("in trouble", type=self.type, non_retryable=self.final)


AWAY = Trouble("component_unavailable")
FINAL = Trouble("unexpected", final=True)
LOST_ANSWER = Trouble("component_unavailable", afterwards=True)
MAIL_AWAY = Trouble(HoldReason.MAIL_UNAVAILABLE)
MAIL_REJECTED = Trouble(HoldReason.MAIL_REJECTED, final=True)


class Troubles:
    """`attempts` counts every try of a step."""

    def __init__(self) -> None:
        self.coming: dict[str, deque[Trouble]] = defaultdict(deque)
        self.lasting: dict[str, Trouble] = {}
        self.shut: dict[str, asyncio.Event] = {}
        self.let_pass: dict[str, int] = {}
        self.attempts: dict[str, int] = defaultdict(int)

    def next(self, step: str, *troubles: Trouble) -> None:
        self.coming[step].extend(troubles)

    def last(self, step: str, trouble: Trouble) -> None:
        """From now on every attempt fails, until `over`."""
        self.lasting[step] = trouble

    def over(self, step: str) -> None:
        self.lasting.pop(step, None)
        self.coming.pop(step, None)

    def shut_before(self, step: str, *, let_pass: int = 0) -> asyncio.Event:
        """Attempts of this step wait at its door until the event is set; some may pass before."""
        self.shut[step] = asyncio.Event()
        self.let_pass[step] = self.attempts[step] + let_pass
        return self.shut[step]

    @asynccontextmanager
    async def around(self, step: str) -> AsyncIterator[None]:
        self.attempts[step] += 1
        if step in self.shut and self.attempts[step] > self.let_pass[step]:
            await asyncio.wait_for(self.shut[step].wait(), _left())
            if _left() == 0:  # a busy machine opened the door to an attempt that was given up meanwhile
                raise TimeoutError
        trouble = self.coming[step].popleft() if self.coming[step] else self.lasting.get(step)
        if trouble and not trouble.afterwards:
            trouble.raise_it()
        yield
        if trouble:
            trouble.raise_it()


def _left() -> float | None:
    """Seconds that this attempt has before Temporal takes it for lost. One that has nothing left fails, as a
    transaction of a database that does not answer: it does not come through long after it was given up.
    """
    if not activity.in_activity():
        return None
    info = activity.info()
    assert info.start_to_close_timeout is not None
    ends = info.started_time + info.start_to_close_timeout - SLACK
    return max((ends - datetime.now(UTC)).total_seconds(), 0)
