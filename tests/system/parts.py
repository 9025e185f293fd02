"""PostgreSQL and Temporal servers that a test kills, kept running by the sandbox's own supervisor."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.parts import Service
from sandbox.ports import free_port
from sandbox.postgres import Postgres
from sandbox.processes import Child
from sandbox.supervisor import Supervisor
from sandbox.temporal_server import TemporalServer
from sandbox.up import say_nothing
from store import migrations
from tests.temporal_server import TIME_SKIPPING, eventually
from workflows.search_attributes import NAMES


@dataclass
class Part:
    """A server with a folder of its own, which survives it."""

    supervisor: Supervisor
    service: Service
    address: str
    """The database's URL, or the Temporal frontend's host:port."""

    async def is_killed(self) -> None:
        """SIGKILL; it is started again meanwhile, and answers, when this returns."""
        (child,) = self.supervisor.children
        victim = child.pid
        assert victim is not None
        os.kill(victim, signal.SIGKILL)

        async def answers_again() -> bool:
            return child.pid not in (None, victim) and await self.service.is_ready(child)

        await eventually(answers_again, bool)


@asynccontextmanager
async def a_postgres(folder: Path) -> AsyncIterator[Part]:
    """A migrated database as one machine has it, with all that keeps it from losing anything."""
    server = Postgres(folder / "postgres", folder / "postgres.log")

    async def is_ready(child: Child) -> bool:
        return server.is_ready(child.pid)

    try:
        async with _kept_running(Service(server.program(), is_ready, server.prepare), server.url()) as part:
            await migrations.upgrade(server.url())
            yield part
    finally:
        server.clean_up()


@asynccontextmanager
async def a_temporal_server(folder: Path) -> AsyncIterator[Part]:
    """A Temporal server that keeps its workflows in a file, and sends them forward in time when asked."""
    server = TemporalServer(
        database=folder / "temporal.db",
        log=folder / "temporal.log",
        port=free_port(),
        ui_port=free_port(),
        metrics_port=free_port(),
        search_attributes=NAMES,
        switches=TIME_SKIPPING,
    )

    async def is_ready(_: Child) -> bool:
        return await server.is_ready()

    async with _kept_running(Service(server.program(), is_ready), server.address) as part:
        yield part


@asynccontextmanager
async def _kept_running(service: Service, address: str) -> AsyncIterator[Part]:
    async with Supervisor(say_nothing, lambda: None) as supervisor:
        await supervisor.start(service)
        yield Part(supervisor, service, address)
