"""Keeps programs running: starts them, waits until they are ready, restarts them when they die."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.errors import SandboxError
from sandbox.parts import WATCH_SECONDS, Part, Service, State, Status
from sandbox.processes import Child, Lifeline


class Supervisor:
    """Runs services until the block ends, then stops them in reverse order and leaves none running.

    `failed` is done, with a SandboxError, once a service has been given up.
    """

    def __init__(self, say: Callable[[str], None], on_change: Callable[[], None]) -> None:
        self._say = say
        self._on_change = on_change
        self._lifeline = Lifeline()
        self._parts: dict[str, Part] = {}
        self._tasks = [asyncio.create_task(self._watch_lifeline())]
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
                self.failed.exception()  # marks it as retrieved, so that asyncio does not warn
            self.failed.cancel()

    @property
    def children(self) -> list[Child]:
        """All programs, in the order of their first start."""
        return [part.child for part in self._parts.values()]

    @property
    def pids(self) -> dict[str, int]:
        return {child.program.name: child.pid for child in self.children if child.pid is not None}

    @property
    def statuses(self) -> list[Status]:
        """The state of each part."""
        return [part.status for part in self._parts.values()]

    def remove_at_end(self, folder: Path) -> None:
        """Remove this temporary folder at the end, also if this process is killed."""
        self._lifeline.remove_at_end(folder)

    def hurry(self) -> None:
        """From now on kill parts that are to stop, without waiting."""
        self._hurry = True

    async def start(self, service: Service) -> None:
        """Start a service, keep it running from now on, and return when it is ready."""
        part = Part(service, self._lifeline, self._say, self._on_change, self._is_excused)
        self._parts[part.name] = part
        self._tasks.append(asyncio.create_task(self._keep(part)))
        if not await self._reaches(part, State.READY, service.ready_seconds):
            raise SandboxError(
                f"{part.name} was not ready within {service.ready_seconds:.0f} seconds; "
                f"see {service.program.log}."
            )

    async def switch(self, name: str, *, on: bool, at_once: bool = False) -> bool:
        """Start or stop a part on request; whether it was ready, or stopped, within its timeout."""
        part = self._parts[name]
        part.want(running=on, at_once=at_once)
        service = part.service
        if on:
            return await self._reaches(part, State.READY, service.ready_seconds)
        return await self._reaches(part, State.STOPPED, service.program.stop_seconds + service.ready_seconds)

    async def _reaches(self, part: Part, state: State, seconds: float) -> bool:
        reached = asyncio.create_task(part.reached(state))
        ends: set[asyncio.Future[None]] = {reached, self.failed}
        await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        done = reached.done()
        reached.cancel()
        if self.failed.done() and not done:
            self.failed.result()
        return done

    def _is_excused(self, part: Part) -> bool:
        return any(other.is_out for other in self._parts.values() if other is not part)

    async def _keep(self, part: Part) -> None:
        try:
            await part.keep()
        except (SandboxError, OSError) as error:
            if not self.failed.done():
                self.failed.set_exception(error)

    async def _watch_lifeline(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            self._lifeline.renew()

    async def _stop(self) -> None:
        """Stop all parts in reverse order, each within its timeout."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for part in reversed(self._parts.values()):
            await part.stop(hurry=lambda: self._hurry)
