"""The steps of the sweep: what is due by date, and what lost its call."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from activities.travel.follow_ups import wake_one
from models.errors import EsimError
from store.session import Database
from store.travel import due, install_soon, not_installed, notices, stock, sweep
from store.travel.due import Unwoken
from store.travel.notices import Unfinished
from store.travel.settling import Settled
from temporal.looks import look
from temporal.travel.alerts import StaffAlerts, alert
from temporal.travel.lines import wake as wake_line
from workflows.travel.messages import LiveLine, Sweep, SweepTravel, Swept, Wake, WakeTravel
from workflows.travel.steps import SweepSteps

GIVEN_UP_AFTER = 20
"""After so many failures in a row Temporal is unavailable, and the rest is not tried."""
_One = TypeVar("_One")
_log = logging.getLogger(__name__)


class TravelSweep(SweepSteps):
    """Finds in PostgreSQL what is due, and wakes what has to know of it."""

    def __init__(
        self,
        database: Database,
        client: Client,
        alerts: StaffAlerts,
        install_within: timedelta,
        given_up_after: timedelta,
    ) -> None:
        self._database = database
        self._client = client
        self._alerts = alerts
        self._install_within = install_within
        self._given_up_after = given_up_after
        self._parts: dict[Sweep, Callable[[], Awaitable[Swept]]] = {
            Sweep.LAPSED: self._lapse,
            Sweep.LAPSES_SOON: self._lapse_soon,
            Sweep.NOT_INSTALLED: self._end_not_installed,
            Sweep.ENDED_STOCK: self._discard_ended,
        }
        self._wakes: dict[Wake, Callable[[], Awaitable[int]]] = {
            Wake.LINES: self._wake_lines,
            Wake.ORDERS: self._wake_orders,
            Wake.ALERTS: self._send_alerts,
        }

    async def sweep_travel(self, sweep: SweepTravel) -> Swept:
        """One batch of one part."""
        return await self._parts[sweep.part]()

    async def wake_travel(self, wake: WakeTravel) -> Swept:
        """Wake all lines whose workflow does not know what is due, all orders for which an eSIM is reserved,
        or send all alerts that are due.
        """
        return Swept(done=await self._wakes[wake.part]())

    async def _wake_lines(self) -> int:
        tries, after = _Tries(), 0
        while True:
            async with self._database.reading() as connection:
                lines = await due.unwoken(connection, sweep.BATCH, after)
            await tries.each(lines, self._wake_line)
            if len(lines) < sweep.BATCH:
                return tries.over()
            after = lines[-1].line.id

    async def _wake_line(self, found: Unwoken) -> None:
        line = found.line
        start = LiveLine(
            esim_line_id=line.id, account_id=line.account_id, given_up_after=self._given_up_after
        )
        await wake_line(self._client, activity.info().task_queue, start)
        async with self._database.transaction() as connection:
            await due.woken(connection, line.id, found.wake)

    async def _wake_orders(self) -> int:
        tries, after = _Tries(), ""
        while True:
            async with self._database.reading() as connection:
                orders = await stock.reserved_unfinished(connection, sweep.BATCH, after)
            await tries.each(orders, lambda order_id: wake_one(self._client, order_id))
            if len(orders) < sweep.BATCH:
                return tries.over()
            after = orders[-1]

    async def _send_alerts(self) -> int:
        tries, after = _Tries(), ""
        while True:
            async with self._database.reading() as connection:
                due_now = await notices.of_staff(connection, after, sweep.BATCH)
            await tries.each(due_now, self._send_alert)
            if len(due_now) < sweep.BATCH:
                return tries.over()
            after = due_now[-1][0]

    async def _send_alert(self, found: tuple[str, Unfinished]) -> None:
        notice_id, notice = found
        await alert(self._client, activity.info().task_queue, notice_id, notice, self._given_up_after)

    async def _lapse(self) -> Swept:
        async with self._database.transaction() as connection:
            found = await sweep.lapse(connection)
        return Swept(done=found, more=found == sweep.BATCH)

    async def _lapse_soon(self) -> Swept:
        async with self._database.transaction() as connection:
            found = await sweep.lapse_soon(connection)
        return Swept(done=found, more=found == sweep.BATCH)

    async def _end_not_installed(self) -> Swept:
        """Notify of eSIMs that are withdrawn soon, and withdraw those that are due. Each line in a
        transaction of its own, as each locks a profile, too.
        """
        async with self._database.reading() as connection:
            soon = await install_soon.find(connection, self._install_within, sweep.BATCH)
        async with self._database.reading() as connection:
            lines = await not_installed.find(connection, self._install_within, sweep.BATCH)
        tries = _Tries()
        await tries.each(soon, self._notify_soon)
        await tries.each(lines, self._end_line)
        return Swept(done=tries.over(), more=sweep.BATCH in (len(soon), len(lines)))

    async def _notify_soon(self, line: tuple[int, int]) -> None:
        async with self._database.transaction() as connection:
            await install_soon.notify(connection, *line, self._install_within)

    async def _end_line(self, line: tuple[int, int]) -> None:
        async with self._database.transaction() as connection:
            ended = await not_installed.end(connection, *line, self._install_within)
        if ended is not None:
            await self._follow(ended.settled, [ended.request] if ended.request else [])

    async def _discard_ended(self) -> Swept:
        async with self._database.transaction() as connection:
            done = await sweep.discard_ended(connection)
        await self._follow(done.settled, done.requests)
        return Swept(done=done.esims, more=done.esims > 0)

    async def _follow(self, settled: Settled, requests: Sequence[str]) -> None:
        """Alert the staff, wake these orders and have these requests see that they have ended. Where Temporal
        does not answer, a later sweep alerts and wakes; a request looks by itself within a day.
        """
        await self._alerts(settled.alerts)
        try:
            for order_id in settled.served:
                await wake_one(self._client, order_id)
            for request_id in requests:
                await look(self._client, request_id)
        except RPCError:
            _log.warning("What a change of the stock leads to could not be woken.")


class _Tries:
    """What is tried one by one: one that fails delays no other. The step fails once all are tried, and the
    next sweep tries it again.
    """

    def __init__(self) -> None:
        self._done = self._failed = self._in_a_row = 0
        self._last: Exception | None = None

    async def each(self, found: Sequence[_One], call: Callable[[_One], Awaitable[None]]) -> None:
        """Make this call for each. Raises the last failure where too many fail in a row."""
        for one in found:
            try:
                await call(one)
            except (RPCError, EsimError, SQLAlchemyError) as failure:
                self._failed, self._in_a_row, self._last = self._failed + 1, self._in_a_row + 1, failure
                _log.warning("The sweep has failed on %s: %s.", one, type(failure).__name__)
                if self._in_a_row == GIVEN_UP_AFTER:
                    raise
            else:
                self._done, self._in_a_row = self._done + 1, 0

    def over(self) -> int:
        """How many were done. Raises if any has failed: to be tried again at once if none was done."""
        if self._last is None:
            return self._done
        if not self._done:
            raise self._last
        raise ApplicationError(f"{self._failed} of them failed.", type="some_failed", non_retryable=True)
