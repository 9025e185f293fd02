"""Both kinds are seen wherever orders are: in lists, pages of the Web UI, metrics and logs."""

import asyncio
import json
import re
from pathlib import Path

import httpx
import pytest

from models.orders.ordered import Ordered
from sandbox.ports import free_port
from store.operations import metrics
from tests.builders import ANA, OPERATOR
from tests.kinds.gadget_rows import keeper
from tests.kinds.instant import Instant
from tests.kinds.ways import a_gadget, comes_to, current_details, order, placed, placement
from tests.starter.shell import Shell
from tests.system.scene import Scene
from tests.system.worker_process import WorkerProcess
from tests.telemetry.watched import value
from tests.temporal_server import eventually
from workflows.orders.messages import PlaceOrder
from workflows.orders.order import EsimOrder
from workflows.search_attributes import DISTRIBUTOR, ORDER_KIND, ORDER_STATUS, PROVIDER


@pytest.mark.covers("W3")
async def test_lists_and_pages_show_both_kinds(open_scene: Scene) -> None:
    scene = open_scene
    gadget = await placed(scene, await a_gadget(scene))
    await comes_to(scene, gadget, "provider_processing")
    instant = await placed(scene, Instant(colour="green"))
    await scene.ended(instant)
    shell = Shell(scene.settings.data_dir, scene.settings.database_url)
    listed = (await asyncio.to_thread(shell.run, "order", "list", columns=200)).out
    for words in (gadget, "Meter", "An eSIM for a gadget", "Orange", instant, "something green", "at once"):
        assert words in listed
    shown = (await asyncio.to_thread(shell.run, "order", "show", instant, columns=200)).out
    assert re.search(r"colour\W+green", shown)
    assert re.search(r"kind\W+Something at once", shown)
    as_json = json.loads((await asyncio.to_thread(shell.run, "order", "show", gadget, "--json")).out)
    assert (as_json["kind"], as_json["details"]["gadget"]) == ("test_gadget", "Meter")
    assert as_json["what"]["kind"] == "test_gadget"
    async with scene.database.reading() as connection:
        counted = await metrics.orders(connection)
    assert counted["test_instant", "processed", ""] == 1
    assert counted["test_gadget", "provider_processing", "Orange"] == 1


@pytest.mark.covers("W3", "W4")
@pytest.mark.parametrize("kind", ["test_instant", "test_gadget"])
async def test_temporal_finds_an_order_that_json_alone_started(open_scene: Scene, kind: str) -> None:
    """What the start left out is provided by the acceptance."""
    scene = open_scene
    what: Ordered = await a_gadget(scene) if kind == "test_gadget" else Instant(answered=False)
    order_id = "order-" + ("b" if kind == "test_gadget" else "c") * 16
    start = PlaceOrder(order=await placement(scene, what, order_id))
    handle = await scene.temporal.client.start_workflow(
        EsimOrder.run,
        json.loads(start.model_dump_json()),
        id=order_id,
        task_queue=scene.settings.task_queue,
    )
    await handle.execute_update("place")
    status = "provider_processing" if kind == "test_gadget" else "submitted"
    await comes_to(scene, order_id, status)
    wanted = (
        f"TaskQueue = '{scene.settings.task_queue}' AND OrderKind = '{kind}' AND OrderStatus = '{status}'"
    )

    async def found() -> list[str]:
        return [row.id async for row in scene.temporal.client.list_workflows(wanted)]

    assert await eventually(found, bool) == [order_id]
    described = await handle.describe()
    attributes = described.typed_search_attributes
    assert (attributes.get(ORDER_KIND), attributes.get(ORDER_STATUS)) == (kind, status)
    assert attributes.get(DISTRIBUTOR) is None
    assert attributes.get(PROVIDER) == ("Orange" if kind == "test_gadget" else None)
    page = await current_details(scene, order_id)
    label = {"test_gadget": "Test gadget (Orange)", "test_instant": "Test instant"}[kind]
    assert page.startswith(f"{label}\n\n")
    assert "Waits for" in page


@pytest.mark.covers("W3", "W6")
async def test_metrics_and_log_lines_of_a_worker_name_the_order(quiet: Scene, tmp_path: Path) -> None:
    scene = quiet
    port, log = free_port(), tmp_path / "worker.log"
    more = {"ESIM_LOG_FORMAT": "json", "ESIM_METRICS_ADDRESS": f"127.0.0.1:{port}"}
    scene.mailbox.answers = {keeper("Meter"): "550 5.1.1 No such user"}
    async with WorkerProcess(scene, log, "tests.kinds.worker", **more).running():
        gadget = await placed(scene, await a_gadget(scene))
        await comes_to(scene, gadget, "provider_processing")
        await scene.desk.processed(OPERATOR, gadget)
        instant = await placed(scene, Instant())
        await scene.ended(instant)
        await eventually(lambda: order(scene, gadget), lambda seen: seen.holds)

        async def page() -> str:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"http://127.0.0.1:{port}/metrics")).text

        def complete(seen: str) -> bool:
            counted = {"status": "processed", "provider": "Orange"}
            return (
                value(seen, "esim_orders", kind="test_gadget", **counted) == 1
                and value(seen, "esim_orders", kind="test_instant", status="processed", provider="") == 1
                and value(seen, "esim_held", what="order", reason="mail_rejected") == 1
                and value(seen, "esim_mails", template="gadget_owner", state="sent") == 1
            )

        seen = await eventually(page, complete, within=60)
        lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    failed = [line for line in lines if line.get("activity_type") == "send_email"]
    assert {line["order_id"] for line in failed} == {gadget}
    for secret in (ANA, keeper("Meter"), "Meter"):
        assert secret not in seen
        assert secret not in log.read_text()
