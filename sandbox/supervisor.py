"""Keeps programs running: starts them, waits until they are ready, starts them again when they die."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from sandbox.errors import SandboxError
from sandbox.processes import Child, Lifeline, Program

WATCH_SECONDS = 0.1
READY_POLL_SECONDS = 0.05
FIRST_BACK_OFF_SECONDS = 0.2
DEATHS_WINDOW_SECONDS = 60.0
MOST_DEATHS = 5
MOST_DEATHS_AT_START = 3


@dataclass
class Service:
    """A program that shall run for as long as the sandbox does."""

    program: Program
    is_ready: Callable[[Child], Awaitable[bool]]
    prepare: Callable[[], None] = lambda: None
    """Done before each start, in a thread."""
    ready_seconds: float = 60.0
    deaths: list[float] = field(default_factory=list)
    was_ready: bool = False


class Supervisor:
    """Runs services until it is left, then stops them in reverse order and leaves nothing running.

    `failed` is done, with a SandboxError, once a service has been given up.
    """

    def __init__(self, say: Callable[[str], None], on_change: Callable[[], None]) -> None:
        self._say = say
        self._on_change = on_change
        self._lifeline = Lifeline()
        self._watching: dict[Child, asyncio.Task[None]] = {}
        self._hurry = False
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._stop()
        finally:
            self._lifeline.close()
            if self.failed.done():
                self.failed.exception()  # seen: whoever waits for it has it, nobody else shall be warned
            self.failed.cancel()

    @property
    def children(self) -> list[Child]:
        """All that run, in the order of their first start."""
        return list(self._watching)

    @property
    def pids(self) -> dict[str, int]:
        return {child.program.name: child.pid for child in self._watching if child.pid is not None}

    def hurry(self) -> None:
        """From now on do not wait for anything to stop by itself."""
        self._hurry = True

    async def start(self, service: Service) -> None:
        """Start a service, keep it running from now on, and return when it is ready."""
        child = Child(service.program, self._lifeline)
        await asyncio.to_thread(service.prepare)
        self._spawn(child, first=True)
        self._watching[child] = asyncio.create_task(self._keep_running(child, service))
        self._on_change()
        deadline = time.monotonic() + service.ready_seconds
        while not await service.is_ready(child):
            if self.failed.done():
                self.failed.result()
            if time.monotonic() > deadline:
                raise SandboxError(
                    f"{service.program.name} was not ready within {service.ready_seconds:.0f} seconds; "
                    f"see {service.program.log}."
                )
            await asyncio.sleep(READY_POLL_SECONDS)
        service.was_ready = True

    def _spawn(self, child: Child, *, first: bool) -> None:
        try:
            child.start()
        except OSError as error:
            raise SandboxError(f"{child.program.name} cannot be started: {error}") from error
        if not first:
            self._on_change()

    async def _keep_running(self, child: Child, service: Service) -> None:
        try:
            while True:
                await asyncio.sleep(WATCH_SECONDS)
                self._lifeline.renew()
                code = child.ended()
                if code is not None:
                    self._note_death(service, code)
                    await asyncio.sleep(FIRST_BACK_OFF_SECONDS * 2 ** (len(service.deaths) - 1))
                    await asyncio.to_thread(service.prepare)
                    self._spawn(child, first=False)
        except (SandboxError, OSError) as error:
            if not self.failed.done():
                self.failed.set_exception(error)

    def _note_death(self, service: Service, code: int) -> None:
        """Say that a service died; give it up when it keeps dying."""
        now = time.monotonic()
        service.deaths = [*(at for at in service.deaths if at > now - DEATHS_WINDOW_SECONDS), now]
        name, log, how = service.program.name, service.program.log, describe_exit(code)
        if len(service.deaths) >= (MOST_DEATHS if service.was_ready else MOST_DEATHS_AT_START):
            raise SandboxError(
                f"{name} died {len(service.deaths)} times within a minute ({how}), so it was given up; "
                f"see {log}."
            )
        self._say(f"{name} died ({how}) and is started again; see {log}.")

    async def _stop(self) -> None:
        """Stop in reverse order, each in bounded time."""
        for task in self._watching.values():
            task.cancel()
        await asyncio.gather(*self._watching.values(), return_exceptions=True)
        for child in reversed(self.children):
            if child.ended() is None:
                child.ask_to_stop()
            deadline = time.monotonic() + child.program.stop_seconds
            while child.ended() is None and not self._hurry and time.monotonic() < deadline:  # noqa: ASYNC110
                await asyncio.sleep(READY_POLL_SECONDS)
            child.kill()


def describe_exit(code: int) -> str:
    """Put an exit code into words."""
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
