"""`esim-orders up`: runs everything one machine needs to place and follow orders, until Ctrl-C."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sandbox
from sandbox.control import Answer, listening, steer
from sandbox.data_dir import Addresses, DataDir
from sandbox.files import private_files
from sandbox.parts import Service
from sandbox.ports import HOST, choose_ports, is_free, one_port_on
from sandbox.postgres import Postgres
from sandbox.processes import Child, Program
from sandbox.supervisor import Supervisor
from sandbox.temporal_server import TemporalServer, worker_polls

USUAL_PORTS = {"temporal": 7233, "temporal_ui": 8233, "temporal_metrics": 9233, "smtp": 1025, "portal": 8090}
GIVEN = ("database_url", "temporal_address", "temporal_ui_url", "smtp_url")
"""Addresses that the user may set as ESIM_... variables, and that are passed to the worker as such."""
PARTS = {"database_url": "postgres", "temporal_address": "temporal", "smtp_url": "mailbox"}
"""Which part of the sandbox an address replaces."""
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def no_migration(database_url: str) -> None:
    """Leave the database as it is."""


def say_nothing(sentence: str) -> None:
    """Ignore the sentence."""


@dataclass(frozen=True)
class Plan:
    """What to run, and on which folder."""

    data_dir: Path
    migrate: Callable[[str], Awaitable[None]] = no_migration
    """Brings the tables up to date; gets the database's URL."""
    worker: Sequence[str] = (sys.executable, "-m", "worker")
    worker_stop_seconds: float = 45.0
    """Longer than a worker takes to finish the steps it has begun (30 s), or until its watchdog (40 s)."""
    portal: Sequence[str] = (sys.executable, "-m", "portal")
    """Empty: no portal."""
    task_queue: str = "esim-orders"
    namespace: str = "default"
    search_attributes: Sequence[str] = ()
    """Names of search attributes of type Keyword."""
    say: Callable[[str], None] = say_nothing
    """Called with a sentence for each event while the sandbox runs (a part died and is started again)."""
    clock: bool = False
    """Whether the clock of this sandbox can be advanced from now on."""
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    """A part that ESIM_DATABASE_URL, ESIM_TEMPORAL_ADDRESS or ESIM_SMTP_URL names is used and not started."""


def up(plan: Plan, announce: Callable[[Addresses], None]) -> None:
    """Run the sandbox until SIGINT, SIGTERM or SIGHUP; `announce` is called once, when all parts are ready.

    A second signal stops without waiting. Raises SandboxError when another sandbox runs on the folder, when
    a part does not become ready, or when it keeps dying. No process is left running in any case.
    """
    asyncio.run(run(plan, announce))


async def run(plan: Plan, announce: Callable[[Addresses], None]) -> None:
    """The same as `up`, within a running event loop of the main thread."""
    stop = asyncio.Event()
    folder = DataDir(plan.data_dir.absolute())
    with private_files(), folder.lock():
        folder.end_leftovers()
        folder.make_private()
        folder.make_keys()
        if plan.clock:
            folder.make_clock()
        running = Sandbox(plan, folder)
        loop = asyncio.get_running_loop()

        def on_signal() -> None:
            if stop.is_set():
                running.supervisor.hurry()
            stop.set()

        heard = [number for number in STOP_SIGNALS if number is not signal.SIGHUP or not _outlives_terminal()]
        for number in heard:
            loop.add_signal_handler(number, on_signal)
        try:
            async with running.supervisor:
                await _until_stopped(running, stop, announce)
        finally:
            running.clean_up()
            for number in heard:
                loop.remove_signal_handler(number)


def _outlives_terminal() -> bool:
    """Whether SIGHUP is ignored, as under `nohup`, so that it outlives its terminal."""
    return signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


async def _until_stopped(
    running: "Sandbox", stop: asyncio.Event, announce: Callable[[Addresses], None]
) -> None:
    """Start all parts, and wait for a stop signal or until a part is given up."""
    stopped = asyncio.create_task(stop.wait())
    starting = asyncio.create_task(running.start())
    failed = running.supervisor.failed
    ends: set[asyncio.Future[Any]] = {stopped, failed}
    try:
        await asyncio.wait({starting, *ends}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            addresses = starting.result()
            async with listening(running.folder.path, running.answer):
                announce(addresses)
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if failed.done():
            failed.result()
    finally:
        starting.cancel()
        stopped.cancel()
        await asyncio.gather(starting, stopped, return_exceptions=True)


class Sandbox:
    """The parts of one sandbox: which it runs itself, their addresses, the sequence of their start."""

    def __init__(self, plan: Plan, folder: DataDir) -> None:
        self._plan = plan
        self.folder = folder
        self._given = {
            name: value for name in GIVEN if (value := plan.environment.get(f"ESIM_{name.upper()}"))
        }
        self._ports = choose_ports(USUAL_PORTS, folder.ports)
        self._postgres = (
            None if "database_url" in self._given else Postgres(folder.postgres, folder.log("postgres"))
        )
        self._temporal = None if "temporal_address" in self._given else self._temporal_server()
        self._addresses = self._find_addresses()
        self._ready = False
        self.supervisor = Supervisor(plan.say, self._note_children)
        if self._postgres is not None and self._postgres.temporary_folder is not None:
            self.supervisor.remove_at_end(self._postgres.temporary_folder)

    async def start(self) -> Addresses:
        """Start all parts, each as soon as its dependencies are ready, and return their addresses."""
        for moved in self._ports.not_usual(USUAL_PORTS, self._given):
            self._plan.say(moved)
        try:
            async with asyncio.TaskGroup() as parts:
                parts.create_task(self._start_database())
                parts.create_task(self._start_temporal())
                parts.create_task(self._start_mailbox())
        except ExceptionGroup as group:
            raise group.exceptions[0] from group
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._start_worker())
            parts.create_task(self._start_portal())
        self._ready = True
        self._note_children()
        return self._addresses

    async def answer(self, request: Answer) -> Answer:
        """Execute the request of another command: report the parts, stop or start one."""
        external = {PARTS[name]: f"ESIM_{name.upper()}" for name in self._given if name in PARTS}
        return await steer(self.supervisor, external, request)

    def clean_up(self) -> None:
        """Remove the files that say that it runs, and the temporary socket, and leave the ports to others;
        the data of the parts stay.
        """
        self.folder.forget()
        self._ports.release()
        if self._postgres is not None:
            self._postgres.clean_up()

    async def _start_database(self) -> None:
        postgres = self._postgres
        if postgres is not None:

            async def is_ready(child: Child) -> bool:
                return postgres.is_ready(child.pid)

            await self.supervisor.start(Service(postgres.program(), is_ready, postgres.prepare))
        await self._plan.migrate(self._addresses.database_url)

    async def _start_temporal(self) -> None:
        temporal = self._temporal
        if temporal is not None:

            async def is_ready(_: Child) -> bool:
                return await temporal.is_ready()

            await self.supervisor.start(Service(temporal.program(), is_ready))

    async def _start_mailbox(self) -> None:
        if "smtp_url" in self._given:
            return
        port = self._ports["smtp"]
        program = Program(
            name="mailbox",
            command=[
                *(sys.executable, "-m", "sandbox.mailbox"),
                *("--dir", str(self.folder.mailbox), "--port", str(port)),
            ],
            log=self.folder.log("mailbox"),
            folder=Path(sandbox.__file__).parent.parent,
        )

        async def is_ready(_: Child) -> bool:
            return not is_free(port)

        await self.supervisor.start(Service(program, is_ready))

    async def _start_portal(self) -> None:
        if not self._plan.portal:
            return
        port = self._ports["portal"]
        listen = {"ESIM_PORTAL_HOST": HOST, "ESIM_PORTAL_PORT": str(port)}
        metrics = self._plan.environment.get("ESIM_METRICS_ADDRESS")
        if metrics:  # the worker serves its own there
            listen["ESIM_METRICS_ADDRESS"] = one_port_on(metrics)
        program = Program(
            name="portal",
            command=self._plan.portal,
            log=self.folder.log("portal"),
            environment={**self._environment(), **listen},
            folder=Path(sandbox.__file__).parent.parent,
        )

        async def is_ready(_: Child) -> bool:
            return not is_free(port)

        await self.supervisor.start(Service(program, is_ready))

    def _environment(self) -> dict[str, str]:
        """The environment of worker and portal: the addresses of the parts."""
        addresses = {f"ESIM_{name.upper()}": str(getattr(self._addresses, name)) for name in GIVEN}
        return {
            "ESIM_WEBHOOKS_TO_LOOPBACK": self._addresses.webhooks_to_loopback,
            **self._plan.environment,
            **addresses,
            "ESIM_PORTAL_URL": self._addresses.portal_url,
            "ESIM_DATA_DIR": str(self.folder.path),
        }

    async def _start_worker(self) -> None:
        plan = self._plan
        program = Program(
            name="worker",
            command=plan.worker,
            log=self.folder.log("worker"),
            environment=self._environment(),
            stop_seconds=plan.worker_stop_seconds,
        )

        async def is_ready(child: Child) -> bool:
            address = self._addresses.temporal_address
            return await worker_polls(address, plan.namespace, plan.task_queue, since=child.started)

        await self.supervisor.start(Service(program, is_ready))

    def _temporal_server(self) -> TemporalServer:
        return TemporalServer(
            database=self.folder.temporal,
            log=self.folder.log("temporal"),
            port=self._ports["temporal"],
            ui_port=self._ports["temporal_ui"],
            metrics_port=self._ports["temporal_metrics"],
            search_attributes=self._plan.search_attributes,
            namespace=self._plan.namespace,
        )

    def _find_addresses(self) -> Addresses:
        given, postgres, temporal = self._given, self._postgres, self._temporal
        own = {"smtp_url": f"smtp://{HOST}:{self._ports['smtp']}", "temporal_ui_url": "http://localhost:8233"}
        if postgres is not None:
            own["database_url"] = postgres.url()
        if temporal is not None:
            own["temporal_address"] = temporal.address
            own["temporal_ui_url"] = temporal.ui_url
        portal = self._plan.environment.get("ESIM_PORTAL_URL") or f"http://{HOST}:{self._ports['portal']}"
        return Addresses(
            **{name: given.get(name) or own[name] for name in GIVEN},
            portal_url=portal if self._plan.portal else "",
            temporal_metrics_url=temporal.metrics_url if temporal is not None else "",
            pids={},
        )

    def _note_children(self) -> None:
        self.folder.note_children(self.supervisor.children)
        if self._ready:
            self._addresses = replace(self._addresses, pids=self.supervisor.pids)
            self.folder.write_addresses(self._addresses)
