"""What deliveries cost: an order as many Actions with three endpoints as with none (A11)."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.counters import actions
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
from tests.system.test_other_languages import client as javascript
from tests.system.test_other_languages import output
from tests.temporal_server import Temporal, a_task_queue, eventually
from tests.webhooks.hooked import Hooked, hooked
from workflows.search_attributes import NAMES

__all__ = ["javascript"]
_FLUSHED = 3.0
"""Seconds until the server's page has what was counted."""


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


async def _counted(url: str) -> Counter[str]:
    await asyncio.sleep(_FLUSHED)
    return await actions(url)


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
async def test_an_order_costs_the_same_with_none_one_and_three_endpoints_and_deliveries_next_to_nothing(
    database: Database, database_url: str, tmp_path: Path, events: int
) -> None:
    async with (
        a_counted_scene(database, database_url, tmp_path) as (scene, metrics),
        hooked(scene, relayed=False, lines=3) as hook,
    ):
        spent_on_order = {}
        await hook.desk.delete(OPERATOR, hook.made.view.webhook_id)
        counted = await _counted(metrics)
        for number, endpoints in enumerate((0, 1, 3), start=1):
            while len(await hook.desk.webhooks(OPERATOR)) < endpoints:
                await hook.desk.create(OPERATOR, hook.receiver.url, account=ACCOUNT)
            await _an_order(hook, number)
            before, counted = counted, await _counted(metrics)
            spent_on_order[endpoints] = counted - before
        assert spent_on_order[0]
        for endpoints in (1, 3):
            assert spent_on_order[endpoints] == spent_on_order[0], "nothing of a webhook is part of an order"

        await hook.happens(events)
        began = time.monotonic()
        await hook.relay.look()
        all_of_them = await eventually(lambda: _taken(hook), lambda taken: taken >= 3 * events, within=60)
        took = time.monotonic() - began
        await asyncio.sleep(_FLUSHED)  # the step lingers
        spent = await _counted(metrics) - counted
        print(f"{sum(spent.values())} Actions for {all_of_them} deliveries in {took:.1f} s: {dict(spent)}")
        assert sum(spent.values()) <= 3 * 4


async def _taken(hook: Hooked) -> int:
    return len(hook.receiver.taken)


@pytest.mark.timeout(240)
@pytest.mark.covers("A11", "W4")
async def test_javascript_verifies_the_requests(idle_scene: Scene, javascript: Path) -> None:
    await output(javascript, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--silent")
    async with hooked(idle_scene, "line.groups_changed") as hook:
        await hook.happens(3)
        await hook.got(3)
        requests: list[dict[str, Any]] = [
            {"headers": one.headers, "body": one.body.decode()} for one in hook.receiver.taken
        ]
    code, types = await _verified(javascript, hook.made.secret, requests)
    assert (code, json.loads(types)) == (0, ["line.groups_changed"] * 3)
    requests[0]["body"] += " "
    assert (await _verified(javascript, hook.made.secret, requests))[0] != 0


async def _verified(folder: Path, secret: str, requests: list[dict[str, Any]]) -> tuple[int | None, bytes]:
    process = await asyncio.create_subprocess_exec(
        *("node", "verify.mjs", secret),
        cwd=folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    said, _ = await process.communicate(json.dumps(requests).encode())
    return process.returncode, said
