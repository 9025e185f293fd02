"""The gauges say what the database holds, also what it does not hold any more, and how old they are."""

import socket
from pathlib import Path

import httpx
import pytest
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from models.orders.lifecycle import OPEN, HoldReason
from sandbox.ports import free_port, one_port_on
from store.operations import metrics as database_metrics
from store.session import Database
from telemetry.metrics import GaugeReader
from tests.builders import acknowledge, line, place, run, world
from tests.telemetry.processes import started
from tests.telemetry.watched import Watched, samples, value
from tests.temporal_server import Temporal

pytestmark = pytest.mark.timeout(300)
"""The day that is watched takes its time on a busy machine, and the first test here waits for it."""

ORDER = {"kind": "switch_to_esim", "provider": "Orange"}


class Page:
    """What Prometheus reads of a runtime of the test's own."""

    def __init__(self) -> None:
        self._address = f"127.0.0.1:{free_port()}"
        metrics = PrometheusConfig(bind_address=self._address)
        self._runtime = Runtime(telemetry=TelemetryConfig(metrics=metrics, attach_service_name=False))

    def reader(self, database: Database) -> GaugeReader:
        return GaugeReader(database, self._runtime.metric_meter)

    async def read(self) -> str:
        async with httpx.AsyncClient() as client:
            return (await client.get(f"http://{self._address}/metrics")).text


@pytest.mark.covers("W3")
async def test_the_gauges_follow_the_orders(database: Database) -> None:
    await world(database, line(1), line(2))
    first = await place(database, 1)
    await place(database, 2)
    page = Page()
    reader = page.reader(database)
    await reader.look()
    seen = await page.read()
    assert value(seen, "esim_orders", **ORDER, status="submitted") == 2
    assert (value(seen, "esim_oldest_waiting_seconds", what="order", status="submitted") or 0) > 0

    await acknowledge(database, first)
    await run(
        database,
        "INSERT INTO holds (workflow_id, step, account_id, reason) "
        "SELECT id, 'waiting', account_id, 'mail_rejected' FROM orders",
    )
    await run(
        database,
        "INSERT INTO mails (id, order_id, template, recipient, message_id, state) "
        "SELECT id, id, 'provider_order', 'contact:1', id, 'failed' FROM orders",
    )
    await reader.look()
    seen = await page.read()
    assert value(seen, "esim_orders", **ORDER, status="submitted") == 1
    assert value(seen, "esim_orders", **ORDER, status="provider_processing") == 1
    assert value(seen, "esim_held", what="order", reason="mail_rejected") == 2
    assert value(seen, "esim_held", what="order", reason="no_processing") == 0
    assert value(seen, "esim_mails", template="provider_order", state="failed") == 2


@pytest.mark.covers("W3")
async def test_what_is_gone_shows_0(database: Database) -> None:
    await world(database)
    await place(database)
    page = Page()
    reader = page.reader(database)
    await reader.look()
    assert value(await page.read(), "esim_orders", **ORDER, status="submitted") == 1
    await run(database, "UPDATE orders SET status = 'cancelled'")
    await reader.look()
    seen = await page.read()
    assert value(seen, "esim_orders", **ORDER, status="submitted") == 0
    assert value(seen, "esim_orders", **ORDER, status="cancelled") == 1
    assert value(seen, "esim_oldest_waiting_seconds", what="order", status="submitted") == 0


async def test_a_database_that_is_away_is_told_by_the_age(caplog: pytest.LogCaptureFixture) -> None:
    database = Database(f"postgresql+asyncpg://esim@127.0.0.1:{free_port()}/esim")
    page = Page()
    reader = page.reader(database)
    for _ in range(2):
        await reader.look()
    seen = await page.read()
    assert set(samples(seen)) == {"esim_metrics_age_seconds"}
    assert (value(seen, "esim_metrics_age_seconds") or 0) > 0
    assert caplog.messages == ["The gauges are not up to date: Unavailable."], "said once"


async def test_every_reason_and_status_is_there_before_it_happens(database: Database) -> None:
    async with database.reading() as connection:
        held = await database_metrics.held(connection)
        waiting = await database_metrics.oldest_waiting(connection)
    assert {reason for _, reason in held} == {str(reason) for reason in HoldReason}
    assert {status for what, status in waiting if what == "order"} == {str(status) for status in OPEN}
    assert not any({**held, **waiting}.values())


@pytest.mark.covers("W3")
def test_both_processes_show_the_same(watched: Watched) -> None:
    for seen in watched.metrics.values():
        assert value(seen, "esim_orders", **ORDER, status="processed") == 1
        assert value(seen, "esim_held", what="order", reason="mail_rejected") == 1
        assert value(seen, "esim_mails", template="manager_notified", state="sent") == 1
        assert value(seen, "esim_qr_imports", outcome="imported", code="none") == 1
        assert value(seen, "esim_qr_imports", outcome="refused", code="file_type_mismatch") == 1
        assert (value(seen, "esim_metrics_age_seconds") or 0) < 5
    assert "temporal_worker_task_slots_available" in samples(watched.metrics["worker"])


@pytest.mark.covers("W6")
def test_no_metric_names_anybody(watched: Watched) -> None:
    pages = "\n".join(watched.metrics.values()).lower()
    assert [what for what, secret in watched.secrets.items() if secret.lower() in pages] == []


@pytest.mark.parametrize("module", ["worker", "portal"])
async def test_an_address_that_is_taken_is_refused(module: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"localhost:{taken.getsockname()[1]}"
        async with started(module, tmp_path, {"ESIM_METRICS_ADDRESS": address}) as process:
            assert await process.ends() == 2
    assert process.written == "Metrics cannot be served there; see ESIM_METRICS_ADDRESS.\n"


async def test_a_host_that_is_none_is_refused(tmp_path: Path) -> None:
    variables = {"ESIM_METRICS_ADDRESS": "nowhere.invalid:9464", "ESIM_LOG_FORMAT": "json"}
    async with started("worker", tmp_path, variables) as process:
        assert await process.ends() == 2
    assert '"message": "Metrics cannot be served there; see ESIM_METRICS_ADDRESS."' in process.written


async def test_without_an_address_nothing_is_served(
    temporal: Temporal, database_url: str, tmp_path: Path
) -> None:
    variables = {"ESIM_DATABASE_URL": database_url, "ESIM_TEMPORAL_ADDRESS": temporal.address}
    async with started("worker", tmp_path, variables) as process:
        await process.says("polls")
        assert process.listens_at() == []
        assert await process.stop() == 0


def test_the_sandbox_gives_the_portal_a_port_of_its_own() -> None:
    assert one_port_on("127.0.0.1:9464") == "127.0.0.1:9465"
    assert one_port_on("[::1]:9464") == "[::1]:9465"
