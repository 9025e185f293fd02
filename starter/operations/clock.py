"""The clock of a sandbox: shown, and advanced from one due time to the next.

The clock of the database decides what is due (`store.clock`), so it is set ahead there. The timers of
workflows run on: a workflow for which something has come due gets the signal `look`, asks the database, and
executes its steps. The clock moves on once all of them are done, so that nothing is skipped and everything
happens in the sequence of its time.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import Client, ScheduleActionStartWorkflow, WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from models.errors import Refused, Unavailable
from models.people.callers import AllAccounts, Caller, Permission
from settings import Settings
from starter.connected import ConnectedDesk
from starter.operations.settling import AT_ONCE, Failing, Settling
from store.clock import ClockState, read_clock, set_clock
from store.operations import due_times, holds, unfinished
from store.operations.due_times import RemindedAfter
from store.session import Database
from temporal.calls import NoSuchWorkflow
from temporal.connection import explained, reached
from temporal.travel.schedule import SCHEDULE

LONGEST_HOP = timedelta(days=1)
"""The clock never jumps over a day, since sweeps look for what is due on it."""
LONGEST = timedelta(days=3650)
SWEEP_SECONDS = 60.0
ONLY_SENDS = frozenset({"qr_notification", "licence_request", "travel_notice", "user_mail", "job"})
"""The kinds of work that wait for no time: their workflows have no signal `look`."""
_NOT_ANSWERED = "waiting"
"""The hold after the last reminder. It ends no advance: a distributor that does not answer is no failure."""

Report = Callable[[datetime, timedelta], None]
"""Called after each hop with the time of the clock, and how far it still has to go."""


@dataclass(frozen=True)
class Clock:
    """The clock of a sandbox. `ahead`: of this machine's."""

    now: datetime
    ahead: timedelta


@dataclass(frozen=True)
class HeldMeanwhile:
    """What is held since the clock was advanced, after its last reminder."""

    id: str
    reason: str


@dataclass(frozen=True)
class Advanced:
    """The clock after it was advanced. `hops`: how many due times and days it stopped at."""

    clock: Clock
    hops: int
    held: tuple[HeldMeanwhile, ...]


def _no_report(_: datetime, __: timedelta) -> None:
    """Report nothing."""


class ClockDesk(ConnectedDesk):
    """Shows and advances the clock of a sandbox. `mark` is the one in the sandbox's data folder: the database
    must have the same, else both methods raise `Refused` (`no_sandbox_clock`).
    """

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        super().__init__(client, database, settings)
        self._client = client
        self._settling = Settling(client, database)
        self._reminded_after = RemindedAfter(
            acknowledgement=settings.acknowledgement_reminder_after,
            processing=settings.processing_reminder_after,
            qr_code=settings.qr_reminder_after,
            requester_notified=settings.qr_requester_notified_after,
        )

    async def show(self, caller: Caller, mark: str | None) -> Clock:
        """The clock as it is now."""
        caller.require(Permission.SEE_OPERATIONS)
        return _clock(await self._read(mark))

    async def advance(
        self, caller: Caller, mark: str | None, by: timedelta, report: Report = _no_report
    ) -> Advanced:
        """Advance the clock by so much, and let all steps that come due meanwhile finish.

        It stops at a step that keeps failing: raises `Refused` (`clock_stopped`), which says how far it came;
        what is left can be advanced once the step is retried. Raises `Refused` (`clock_duration_invalid`).
        """
        caller.require(Permission.SEE_OPERATIONS)
        began = await self._read(mark)
        if not timedelta() < by <= LONGEST:
            raise Refused.because("clock_duration_invalid", most=LONGEST.days)
        end = began.ahead + by
        async with self._database.reading() as connection:
            before = await holds.everywhere(connection)
        woken: dict[str, datetime] = {}
        clock, hops = began, 0
        await self._look_at(woken, clock)
        await self._settle(before, clock, end)
        while clock.ahead < end:
            clock = await self._hop(clock.now, end)
            hops += 1
            swept, looked = await self._sweep(), await self._look_at(woken, clock)
            if swept or looked:
                await self._settle(before, clock, end)
            report(clock.now, end - clock.ahead)
        await self._look_at_all()
        held = await self._settle(before, clock, end)
        return Advanced(_clock(await self._read(mark)), hops, held)

    async def _read(self, mark: str | None) -> ClockState:
        async with self._database.transaction() as connection:
            state = await read_clock(connection)
        if mark is None or state.mark != mark:
            raise Refused.because("no_sandbox_clock")
        return state

    async def _hop(self, looked: datetime, end: timedelta) -> ClockState:
        """Set the clock ahead to the next due time after the last look, at most by a day and to the end. It
        runs on by itself, too, so that may have passed already.
        """
        async with self._database.transaction() as connection:
            state = await read_clock(connection)
            following = await due_times.next_time(connection, self._reminded_after, looked)
            due_in = LONGEST_HOP if following is None else max(following - state.now, timedelta())
            await set_clock(connection, min(end, state.ahead + min(due_in, LONGEST_HOP)))
        async with self._database.transaction() as connection:
            return await read_clock(connection)

    async def _look_at(self, woken: dict[str, datetime], clock: ClockState) -> bool:
        """Have every workflow look for which something is due that it was not woken for; whether there is
        one.
        """
        async with self._database.reading() as connection:
            due = await due_times.due(connection, self._reminded_after, clock.now)
        now_due = [one for one in due if woken.get(one.workflow_id) != one.at]
        woken.update({one.workflow_id: one.at for one in now_due})
        await self._signal([one.workflow_id for one in now_due])
        return bool(now_due)

    async def _look_at_all(self) -> None:
        """Have everything look that waits: also what waits for another time than the settings say."""
        async with self._database.reading() as connection:
            waiting = await unfinished.waiting(connection, AllAccounts())
        await self._signal([one.id for one in waiting if one.kind not in ONLY_SENDS])

    async def _signal(self, workflow_ids: list[str]) -> None:
        at_once = asyncio.Semaphore(AT_ONCE)

        async def look(workflow_id: str) -> None:
            async with at_once:
                try:
                    await self._calls.signal(workflow_id, "look")
                except NoSuchWorkflow:
                    return  # it has ended, or is lost, which `doctor` reports

        await asyncio.gather(*map(look, workflow_ids))

    async def _settle(
        self, before: dict[tuple[str, str], str], clock: ClockState, end: timedelta
    ) -> tuple[HeldMeanwhile, ...]:
        """Wait until all steps are done; what is held since the start, after its last reminder. Raises
        `Refused` (`clock_stopped`) for any other hold, and for a step that keeps failing.
        """
        failing = await self._settling.until_settled()
        async with self._database.reading() as connection:
            held = await holds.everywhere(connection)
        new = {key: reason for key, reason in held.items() if key not in before}
        for (workflow_id, step), reason in new.items():
            if step != _NOT_ANSWERED:
                failing = Failing(workflow_id, step, reason)
        if failing is not None:
            raise Refused.because(
                "clock_stopped",
                work=failing.workflow_id,
                step=failing.step,
                reason=failing.reason,
                at=f"{clock.now:%Y-%m-%d %H:%M:%S} UTC",
                left=iso_duration(end - clock.ahead),
            )
        return tuple(HeldMeanwhile(workflow_id, reason) for (workflow_id, _), reason in new.items())

    async def _sweep(self) -> bool:
        """Run the workflow of the schedule now, and wait for its end; False where there is no schedule."""
        try:
            with reached():
                schedule = (await self._client.get_schedule_handle(SCHEDULE).describe()).schedule
        except RPCError as failure:
            if failure.status is RPCStatusCode.NOT_FOUND:
                return False
            raise explained(failure) from None
        action = schedule.action
        if not isinstance(action, ScheduleActionStartWorkflow):
            return False
        arguments: list[Any] = await self._client.data_converter.decode(action.args) if action.args else []
        try:
            with reached():
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._client.execute_workflow(
                        action.workflow,
                        args=arguments,
                        id=f"{action.id}-clock",
                        task_queue=action.task_queue,
                        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                    )
        except (TimeoutError, WorkflowFailureError):
            raise Unavailable(
                "worker", "The sweep does not succeed; the clock is not advanced any further."
            ) from None
        except RPCError as failure:
            raise explained(failure) from None
        return True


def _clock(state: ClockState) -> Clock:
    return Clock(state.now, state.ahead)


def iso_duration(length: timedelta) -> str:
    """A duration in ISO 8601, in whole seconds, such as `P29DT3H`."""
    seconds = round(length.total_seconds())
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    time = "".join(f"{value}{unit}" for value, unit in ((hour, "H"), (minute, "M"), (second, "S")) if value)
    return f"P{f'{days}D' if days or not time else ''}{f'T{time}' if time else ''}"
