"""One real Temporal server a test process, whose workflows can be sent forward in time, and how to wait.

A conftest that needs it imports `temporal` and names it in its `__all__`.
"""

import asyncio
import base64
import json
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, WorkflowEnvironment
from temporalio.worker import Worker

from sandbox.temporal_server import FASTER_QUEUES, find_temporal
from temporal.payloads import PayloadKeys, data_converter
from workflows.search_attributes import NAMES

Found = TypeVar("Found")
PATIENCE = 30.0
"""Seconds after which something that should happen is said not to: long, for a busy machine."""

TIME_SKIPPING = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    # By default a timer fires a second late at least, also when time is skipped.
    'history.timerProcessorMaxTimeShift="10ms"',
    # By default a workflow is listed as one with problems after five failed tasks, ten seconds each.
    "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=1",
)
ONE_PARTITION = ("matching.numTaskqueueReadPartitions=1", "matching.numTaskqueueWritePartitions=1")
"""By default each of the task queues, of which every test has its own, is four queues. A server whose data
stay must not change that: what waits in the others would never be polled.
"""
SWITCHES = (*FASTER_QUEUES, *TIME_SKIPPING, *ONE_PARTITION)


CUT_OFF = 30.0
"""Seconds after which a worker that does not end is left behind; a process would be ended by its watchdog."""
UNYIELDING = 20
"""Seconds that a workflow may compute at a stretch: the usual two pass where many processes share a core."""
_left_behind: set[asyncio.Task[None]] = set()


@asynccontextmanager
async def running(worker: Worker) -> AsyncIterator[None]:
    """The worker runs until the end of the block. Once in thousands of times its shutdown never ends (see
    `worker.order_worker`): then the test that is over does not fail for it.
    """
    if workflows := worker._workflow_worker:
        workflows._deadlock_timeout_seconds = UNYIELDING
    await worker.__aenter__()
    try:
        yield
    finally:
        ending = asyncio.create_task(worker.__aexit__(*sys.exc_info()))
        await asyncio.wait({ending}, timeout=CUT_OFF)
        if ending.done():
            await ending
        else:
            _left_behind.add(ending)


class Temporal:
    """The server. Time passes as usual, but for workflows that are sent forward."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._skipper = TimeSkipper(client)

    @property
    def address(self) -> str:
        return self.client.service_client.config.target_host

    async def forward(self, handle: WorkflowHandle[Any, Any], by: timedelta) -> None:
        """Let this much time pass for one workflow, with everything that happens meanwhile; for one that has
        ended, nothing does. A busy server may answer the same call twice, the second time after the end.
        """
        try:
            await asyncio.wait_for(self._skipper.fast_forward(handle, by), PATIENCE)
        except RPCError as refused:
            if refused.status is not RPCStatusCode.NOT_FOUND or "already completed" not in refused.message:
                raise


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[Temporal]:
    """The server with our search attributes."""
    async with a_server() as server:
        yield server


@asynccontextmanager
async def a_server(identity: str | None = None) -> AsyncIterator[Temporal]:
    """A server with our search attributes, gone at the end; `identity` names its client in histories."""
    options = [part for switch in SWITCHES for part in ("--dynamic-config-value", switch)]
    options += [part for name in NAMES for part in ("--search-attribute", f"{name}=Keyword")]
    async with await WorkflowEnvironment.start_local(
        data_converter=data_converter(PayloadKeys("")),
        dev_server_existing_path=str(find_temporal()),
        dev_server_extra_args=options,
        dev_server_log_level="error",
        identity=identity,
    ) as environment:
        yield Temporal(environment.client)


def a_task_queue() -> str:
    """A queue that no other test polls."""
    return f"orders-{uuid.uuid4().hex}"


async def eventually(
    look: Callable[[], Awaitable[Found]], until: Callable[[Found], Any], within: float = PATIENCE
) -> Found:
    """Look again and again until it is so, less and less often, and return what was seen; fails with the
    last seen.
    """
    begun = time.monotonic()
    while True:
        found = await look()
        if until(found):
            return found
        taken = time.monotonic() - begun
        if taken > within:
            raise AssertionError(f"Still, after {within} s: {found!r}")
        await asyncio.sleep(min(max(0.02, taken / 20), 0.5))


async def comes_true(condition: Callable[[], Any], within: float = PATIENCE) -> None:
    """Wait until the condition holds."""

    async def look() -> Any:
        return condition()

    await eventually(look, bool, within)


def readable(history: str) -> str:
    """A history's JSON with its payloads as text: all that anybody with the Web UI can read."""

    def opened(node: Any) -> Any:
        if isinstance(node, list):
            return [opened(item) for item in node]
        if not isinstance(node, dict):
            return node
        return {
            key: base64.b64decode(value).decode(errors="replace")
            if key in ("data", "encoding", "type") and isinstance(value, str) and _is_base64(value)
            else opened(value)
            for key, value in node.items()
        }

    return json.dumps(opened(json.loads(history)), ensure_ascii=False).replace('\\"', '"')


def _is_base64(text: str) -> bool:
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except ValueError:
        return False
