"""The steps of the sweep: what is due by date, and what lost its call."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError

from activities.travel.follow_ups import wake as wake_orders
from activities.travel.staff import alert
from store.session import Database
from store.travel import due, install_soon, not_installed, notices, stock, sweep
from temporal.travel.lines import wake as wake_line
from workflows.travel.messages import LiveLine, Sweep, SweepTravel, Swept, WakeTravel
from workflows.travel.steps import SweepSteps

_log = logging.getLogger(__name__)


class TravelSweep(SweepSteps):
    """Finds in PostgreSQL what is due, and wakes what has to know of it."""

    def __init__(
        self, database: Database, client: Client, install_within: timedelta, given_up_after: timedelta
    ) -> None:
        self._database = database
        self._client = client
        self._install_within = install_within
        self._given_up_after = given_up_after
        self._parts: dict[Sweep, Callable[[], Awaitable[Swept]]] = {
            Sweep.LAPSED: self._lapse,
            Sweep.LAPSES_SOON: self._lapse_soon,
            Sweep.NOT_INSTALLED: self._end_not_installed,
            Sweep.ENDED_STOCK: self._discard_ended,
        }

    async def sweep_travel(self, sweep: SweepTravel) -> Swept:
        """One batch of one part."""
        return await self._parts[sweep.part]()

    async def wake_travel(self, wake: WakeTravel) -> Swept:
        """Wake lines whose workflow does not know what is due, orders for which an eSIM is reserved, and send
        the alerts that are due.
        """
        done = await self._wake_lines()
        async with self._database.reading() as connection:
            orders = await stock.reserved_unfinished(connection)
        await wake_orders(self._client, orders)
        done += len(orders)
        after = ""
        while True:
            async with self._database.reading() as connection:
                due_now = await notices.of_staff(connection, after, sweep.BATCH)
            if not due_now:
                return Swept(done=done)
            for notice_id, notice in due_now:
                await alert(self._client, activity.info().task_queue, notice_id, notice, self._given_up_after)
            done, after = done + len(due_now), due_now[-1][0]

    async def _wake_lines(self) -> int:
        done = 0
        while True:
            async with self._database.reading() as connection:
                lines = await due.unwoken(connection, sweep.BATCH)
            for line_id, account_id, due_at in lines:
                start = LiveLine(
                    esim_line_id=line_id, account_id=account_id, given_up_after=self._given_up_after
                )
                await wake_line(self._client, activity.info().task_queue, start)
                async with self._database.transaction() as connection:
                    await due.woken(connection, line_id, due_at)
            done += len(lines)
            if len(lines) < sweep.BATCH:
                return done

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
        for line_id, account_id in soon:
            async with self._database.transaction() as connection:
                await install_soon.notify(connection, line_id, account_id, self._install_within)
        async with self._database.reading() as connection:
            lines = await not_installed.find(connection, self._install_within, sweep.BATCH)
        for line_id, account_id in lines:
            async with self._database.transaction() as connection:
                orders = await not_installed.end(connection, line_id, account_id, self._install_within)
            await self._wake(orders or ())
        return Swept(done=len(soon) + len(lines), more=sweep.BATCH in (len(soon), len(lines)))

    async def _discard_ended(self) -> Swept:
        async with self._database.transaction() as connection:
            ended, orders = await sweep.discard_ended(connection)
        await self._wake(orders)
        return Swept(done=ended, more=ended > 0)

    async def _wake(self, orders: Sequence[str]) -> None:
        """Wake these orders; where Temporal does not answer, a later sweep does."""
        try:
            await wake_orders(self._client, orders)
        except RPCError:
            _log.warning("Orders for which stock has arrived could not be woken.")
