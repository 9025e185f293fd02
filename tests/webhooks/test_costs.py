"""What deliveries cost: an order as many Actions with three endpoints as with none (A11)."""

import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus

from activities.webhook_relay import relaying
from bench.counters import actions
from models.identifiers import webhook_work_id
from models.orders.lifecycle import OrderStatus
from sandbox.parts import Service
from sandbox.ports import free_port
from sandbox.supervisor import Supervisor
from sandbox.temporal_server import TemporalServer
from sandbox.up import say_nothing
from settings import Settings
from store.key_ring import KeyRing
from store.session import Database
from temporal.connection import connect
from tests.builders import ACCOUNT, OPERATOR
from tests.system.scene import Scene, a_mailbox
from tests.temporal_server import Temporal, a_task_queue, eventually
from tests.webhooks.hooked import Hooked, hooked
from workflows.search_attributes import NAMES

WAKE, STEP = "grpc_SignalWithStartWorkflowExecution", "command_ScheduleActivityTask"
HEARTBEAT = "grpc_RecordActivityTaskHeartbeat"
"""Of the steps of orders none is long enough for one."""
ACTIONS = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: WAKE,
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: STEP,
}


@asynccontextmanager
async def a_counted_scene(database: Database, url: str, folder: Path) -> AsyncIterator[tuple[Scene, str]]:
    """A scene on a Temporal server of its own, and the address of the server's metrics."""
    server = TemporalServer(
        database=folder / "temporal.db",
        log=folder / "temporal.log",
        port=free_port(),
        ui_port=free_port(),
        metrics_port=free_port(),
        search_attributes=NAMES,
    )
    async with a_mailbox() as mailbox, Supervisor(say_nothing, lambda: None) as supervisor:
        await supervisor.start(Service(server.program(), lambda _: server.is_ready()))
        settings = Settings(
            data_dir=folder,
            database_url=url,
            temporal_address=server.address,
            task_queue=a_task_queue(),
            smtp_url=f"smtp://127.0.0.1:{mailbox.port}",
            secret_keys=KeyRing.new_key(),
        )
        scene = Scene(Temporal(await connect(settings)), database, settings, mailbox)
        yield scene, server.metrics_url


async def _an_order(hook: Hooked, number: int) -> None:
    order = await hook.scene.placed(number)
    await hook.scene.desk.acknowledge(OPERATOR, order)
    await hook.scene.desk.enter_iccid(OPERATOR, order, f"893301{number:013d}")
    await hook.scene.desk.processed(OPERATOR, order)
    await eventually(
        lambda: hook.scene.desk.order(OPERATOR, order), lambda found: found.status is OrderStatus.PROCESSED
    )
    await hook.scene.ended(order)


@pytest.mark.timeout(300)
@pytest.mark.covers("A11", "W1")
@pytest.mark.parametrize("events", [100, pytest.param(300, marks=pytest.mark.night)])
async def test_an_order_costs_the_same_with_endpoints_and_deliveries_cost_what_wakes_them(
    database: Database, database_url: str, tmp_path: Path, events: int
) -> None:
    async with (
        a_counted_scene(database, database_url, tmp_path) as (scene, metrics),
        hooked(scene, relayed=False, lines=4) as hook,
    ):
        spent_on_order = {}
        await hook.desk.delete(OPERATOR, hook.made.view.webhook_id)
        counted = start = await actions(metrics)
        for number, endpoints in enumerate((0, 1, 3), start=1):
            while len(await hook.desk.webhooks(OPERATOR)) < endpoints:
                await hook.desk.create(OPERATOR, hook.receiver.url, account=ACCOUNT)
            await _an_order(hook, number)
            before, counted = counted, await actions(metrics)
            spent_on_order[endpoints] = counted - before
        assert spent_on_order[0]
        for endpoints in (1, 3):
            assert spent_on_order[endpoints] == spent_on_order[0], "nothing of a webhook is part of an order"

        await hook.happens(events)
        began = time.monotonic()
        assert await hook.relay.look() == 3
        await _at_rest(hook)
        took, delivered = time.monotonic() - began, len(hook.receiver.taken)
        assert delivered >= 3 * events
        before, counted = counted, await actions(metrics)
        spent = counted - before
        print(f"{sum(spent.values())} Actions for {delivered} deliveries in {took:.1f} s: {dict(spent)}")
        assert sum(spent.values()) <= 3 * 4

        await hook.happens()
        assert await hook.relay.look() == 3
        await eventually(lambda: _taken(hook), lambda taken: taken == delivered + 3)
        await hook.happens()  # within two seconds, and no relay looks
        await _at_rest(hook)
        assert await _taken(hook) == delivered + 6
        before, counted = counted, await actions(metrics)
        assert counted - before == {WAKE: 3, STEP: 3}, "two for each endpoint, and none for what follows"

        async with relaying(scene.temporal.client, database, scene.settings.task_queue):
            await _an_order(hook, 4)
            await _at_rest(hook)
        deliveries = await _taken(hook) - delivered - 6
        assert deliveries > 0
        everything = await actions(metrics)
        woken = everything[WAKE]
        of_webhooks = await eventually(lambda: _of_webhooks(hook), lambda found: found[WAKE] == woken)
        of_orders = everything - of_webhooks - Counter({HEARTBEAT: everything[HEARTBEAT]})
        of_these = everything - counted - spent_on_order[0]
        print(f"{sum(of_these.values())} Actions for {deliveries} deliveries while an order runs")
        assert of_orders == start + Counter({each: 4 * n for each, n in spent_on_order[0].items()})


async def _at_rest(hook: Hooked) -> None:
    """Wait until all is delivered, and the workflows of all endpoints have ended."""
    client = hook.scene.temporal.client
    for one in await hook.desk.webhooks(OPERATOR):
        await eventually(partial(hook.desk.backlog, OPERATOR, one.webhook_id), lambda left: not left.new)
        handle = client.get_workflow_handle(webhook_work_id(one.id))
        await eventually(handle.describe, lambda found: found.status is WorkflowExecutionStatus.COMPLETED)


async def _of_webhooks(hook: Hooked) -> Counter[str]:
    """The Actions of all workflows of webhooks, by their histories."""
    found: Counter[str] = Counter()
    client = hook.scene.temporal.client
    async for run in client.list_workflows("WorkflowType = 'EsimWebhook'"):
        history = await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
        found.update(ACTIONS[event.event_type] for event in history.events if event.event_type in ACTIONS)
    return found


async def _taken(hook: Hooked) -> int:
    return len(hook.receiver.taken)
