"""One part of the sandbox: started, restarted when it dies, stopped and started on request."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.errors import SandboxError
from sandbox.processes import Child, Lifeline, Program

WATCH_SECONDS = 0.1
READY_POLL_SECONDS = 0.05
FIRST_BACK_OFF_SECONDS = 0.2
LONGEST_BACK_OFF_SECONDS = 5.0
MOST_DEATHS = 5
MOST_DEATHS_AT_START = 3


@dataclass(frozen=True)
class Service:
    """A program that runs as long as the sandbox does, unless it is stopped on request."""

    program: Program
    is_ready: Callable[[Child], Awaitable[bool]]
    prepare: Callable[[], None] = lambda: None
    """Done before each start, in a thread."""
    ready_seconds: float = 60.0


class State(StrEnum):
    """The state of a part."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"
    STOPPED = "stopped"
    EXTERNAL = "external"
    """An ESIM_ variable names it; the sandbox uses it and does not run it."""


@dataclass(frozen=True)
class Status:
    """A part as `sandbox status` shows it."""

    name: str
    state: State
    pid: int | None
    exits: int
    """How often it exited by itself since the sandbox started, without stops on request."""


@dataclass(eq=False)
class Part:
    """Keeps one service in its wanted state, running or stopped. `keep()` does so until it is cancelled.

    A part is given up (SandboxError) only in a crash loop: when it exits by itself several times in a row
    without becoming ready in between. A part that had been ready is restarted however often it is killed,
    also before it is ready again: a signal rehearses an outage and is no fault of the part.
    """

    service: Service
    lifeline: Lifeline
    say: Callable[[str], None]
    on_change: Callable[[], None]
    is_excused: Callable[["Part"], bool]
    """Whether its deaths do not count: another part, which it may depend on, is unavailable."""
    state: State = State.STARTING
    deaths: int = 0
    _in_a_row: int = 0
    """Deaths since it was last ready, for the back-off."""
    _counted: int = 0
    """Those of them that count towards a crash loop."""
    _was_ready: bool = False
    _wanted: bool = True
    _at_once: bool = False
    _is_out: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set, and replaced, at each change of the wanted state or the state."""

    def __post_init__(self) -> None:
        self.child = Child(self.service.program, self.lifeline)

    @property
    def name(self) -> str:
        return self.service.program.name

    @property
    def is_out(self) -> bool:
        """Whether it was stopped on request or killed, and has not been ready since."""
        return self._is_out

    @property
    def status(self) -> Status:
        return Status(self.name, self.state, self.child.pid, self.deaths)

    def want(self, *, running: bool, at_once: bool = False) -> None:
        """Set whether it runs from now on; `at_once` kills it instead of asking it to stop."""
        if running and not self._wanted:
            self._in_a_row = self._counted = 0
        self._wanted, self._at_once = running, at_once
        self._is_out = self._is_out or not running
        self._tell()

    async def reached(self, state: State) -> None:
        """Wait until it is in this state."""
        while self.state is not state:
            await self._changed.wait()

    async def keep(self) -> None:
        """Keep it in the wanted state until cancelled."""
        while True:
            if self._wanted:
                await self._run()
            else:
                await self._pause()

    async def stop(self, hurry: Callable[[], bool]) -> None:
        """Stop it within its timeout: stop signal first, then SIGKILL."""
        if self.child.ended() is None:
            self.child.ask_to_stop()
        deadline = time.monotonic() + self.service.program.stop_seconds
        while self.child.ended() is None and not hurry() and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(READY_POLL_SECONDS)
        self.child.kill()

    async def _run(self) -> None:
        """Start it, and wait until it has died or is to stop."""
        self._enter(State.STARTING)
        await asyncio.to_thread(self.service.prepare)
        try:
            self.child.start()
        except OSError as error:
            raise SandboxError(f"{self.name} cannot be started: {error}") from error
        self.on_change()
        waiting = asyncio.create_task(self._until_ready())
        try:
            while (code := self.child.ended()) is None and self._wanted:
                if waiting.done():
                    waiting.result()
                await self._nap(WATCH_SECONDS)
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        if code is not None and self._wanted:
            self._note_death(code)
            await self._nap(back_off_seconds(self._in_a_row))

    async def _until_ready(self) -> None:
        while not await self.service.is_ready(self.child):  # noqa: ASYNC110 - a process sets no event
            await asyncio.sleep(READY_POLL_SECONDS)
        self._was_ready, self._is_out = True, False
        self._in_a_row = self._counted = 0
        self._enter(State.READY)

    async def _pause(self) -> None:
        """Stop it on request, and wait until it is to run again."""
        self._enter(State.STOPPING)
        how = "killed" if self._at_once else "stopped"
        await self.stop(hurry=lambda: self._at_once)
        self._enter(State.STOPPED)
        self.on_change()
        self.say(f"{self.name} was {how} on request; to start it: esim-orders sandbox start {self.name}")
        while not self._wanted:
            await self._changed.wait()
        self.say(f"{self.name} is started on request.")

    def _note_death(self, code: int) -> None:
        """Report that it died; raise SandboxError in a crash loop."""
        self.deaths += 1
        self._in_a_row += 1
        log, how = self.service.program.log, describe_exit(code)
        most = MOST_DEATHS if self._was_ready else MOST_DEATHS_AT_START
        if self._was_ready and code < 0:
            self._is_out = True
        elif self.is_excused(self):
            self._in_a_row = min(self._in_a_row, MOST_DEATHS_AT_START)
        else:
            self._counted += 1
        if self._counted >= most:
            raise SandboxError(
                f"{self.name} died {self._counted} times in a row before it was ready ({how}), so it was "
                f"given up; see {log}."
            )
        self.say(f"{self.name} died ({how}) and is started again; see {log}.")

    async def _nap(self, seconds: float) -> None:
        """Wait, at most until the wanted state changes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()

    def _enter(self, state: State) -> None:
        self.state = state
        self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def back_off_seconds(deaths: int) -> float:
    """The exponential backoff before the next start, after this many deaths in a row."""
    doubled = min(deaths - 1, 10)  # 2.0 ** thousands overflows
    return min(FIRST_BACK_OFF_SECONDS * 2.0**doubled, LONGEST_BACK_OFF_SECONDS)


def describe_exit(code: int) -> str:
    """Put an exit code into words."""
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
