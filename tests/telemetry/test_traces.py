"""One trace from a page to the step that answers it, with nothing in it but ids and types."""

import asyncio
import socket
import sys
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from sandbox.ports import free_port
from telemetry.spans import Redacted, TemporalCalls
from temporal.workflow_sandbox import workflow_runner
from tests.replay.test_replay import RECORDED, history
from tests.telemetry.collector import collecting
from tests.telemetry.processes import ROOT, started
from tests.telemetry.watched import Watched
from tests.temporal_server import Temporal
from worker import WORKFLOWS

pytestmark = pytest.mark.timeout(300)
"""The day that is watched takes its time on a busy machine, and the first test here waits for it."""

SECRET = "sentinel@private.example"


@pytest.mark.covers("W3")
def test_one_trace_goes_from_the_page_to_the_step(watched: Watched) -> None:
    pages = [span for _, span in watched.spans if span.name == "POST /u/{token}/notify"]
    (trace_id,) = {
        span.trace_id
        for _, span in watched.spans
        if span.name == "StartWorkflow:EsimQrNotification" and span.trace_id in {p.trace_id for p in pages}
        if any(s.trace_id == span.trace_id and s.name.startswith("RunActivity") for _, s in watched.spans)
    }
    ours = {span.name: (service, span) for service, span in watched.spans if span.trace_id == trace_id}
    way = [
        ("esim-portal", "POST /u/{token}/notify"),
        ("esim-portal", "StartWorkflow:EsimQrNotification"),
        ("esim-worker", "RunWorkflow:EsimQrNotification"),
        ("esim-worker", "StartActivity:send_notification"),
        ("esim-worker", "RunActivity:send_notification"),
    ]
    before = {b""}
    for service, name in way:
        found, span = ours[name]
        assert found == service
        assert span.parent_span_id in before, name
        before = {span.span_id} if before == {b""} else before | {span.span_id}
    logged = {line["trace_id"] for line in watched.logs["portal"] if "trace_id" in line}
    assert trace_id.hex() in logged


@pytest.mark.covers("W6")
def test_no_span_holds_anything_personal_or_secret(watched: Watched) -> None:
    traces = watched.traces.lower()
    assert [what for what, secret in watched.secrets.items() if secret.lower() in traces] == []
    failed = [span for _, span in watched.spans if span.events]
    assert failed, "steps failed with texts that repeat addresses"
    for span in failed:
        assert not span.status.message
        for event in span.events:
            assert {attribute.key for attribute in event.attributes} <= {
                "exception.type",
                "exception.escaped",
            }


def test_what_a_visitor_sends_along_is_not_taken_over(watched: Watched) -> None:
    assert "sentinel=baggage" not in watched.traces
    assert not [span for _, span in watched.spans if span.trace_id.hex() == "5e" * 16]


def test_texts_are_left_out_of_every_span() -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(Redacted(kept)))
    with (
        pytest.raises(ValueError, match="row"),
        provider.get_tracer("test").start_as_current_span("step", attributes={"order": "order-1"}),
    ):
        raise ValueError(f"row of {SECRET}")
    (span,) = kept.get_finished_spans()
    assert SECRET not in span.to_json()
    assert span.attributes == {"order": "order-1"}
    assert span.events[0].attributes == {"exception.type": "ValueError", "exception.escaped": "False"}
    assert not span.status.is_ok


@pytest.mark.covers("W7")
@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
async def test_histories_recorded_without_traces_replay_with_them(file: Path) -> None:
    replayer = Replayer(
        workflows=WORKFLOWS,
        workflow_runner=workflow_runner(),
        build_id="tests",
        data_converter=pydantic_data_converter,
        interceptors=[TemporalCalls(TracerProvider(shutdown_on_exit=False).get_tracer("test"))],
    )
    await replayer.replay_workflow(history(file.stem))


@pytest.mark.parametrize("module", ["worker", "portal"])
async def test_without_the_extra_it_refuses_to_start(module: str, tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['opentelemetry.sdk'] = None; import runpy; "
        f"sys.argv = [{module!r}]; runpy.run_module({module!r}, run_name='__main__')"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program),
        env={"ESIM_DATA_DIR": str(tmp_path), "ESIM_OTLP_ENDPOINT": "http://127.0.0.1:1"},
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == 2
    assert said.decode() == (
        "ESIM_OTLP_ENDPOINT is set, but what sends traces is not installed; "
        "run: pip install 'esim-orders[traces]'\n"
    )


@pytest.mark.covers("W6")
async def test_no_library_traces_by_itself(temporal: Temporal, database_url: str, tmp_path: Path) -> None:
    """What FastAPI would send holds the path, and with it the token of a link."""
    port = free_port()
    with collecting() as collector:
        variables = {
            "ESIM_DATABASE_URL": database_url,
            "ESIM_TEMPORAL_ADDRESS": temporal.address,
            "ESIM_PORTAL_PORT": str(port),
            "FASTAPI_OTEL_AUTO_CONFIGURE": "true",
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        }
        async with started("portal", tmp_path, variables) as portal:
            await portal.says("listens")
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
                assert (await client.get("/q/sentinel-token")).status_code == 404
            assert await portal.stop() == 0
    assert collector.requests == []


async def test_a_collector_that_is_away_stops_nothing(
    temporal: Temporal, database_url: str, tmp_path: Path
) -> None:
    port = free_port()
    variables = {
        "ESIM_DATABASE_URL": database_url,
        "ESIM_TEMPORAL_ADDRESS": temporal.address,
        "ESIM_PORTAL_PORT": str(port),
    }
    with socket.socket() as nobody:  # bound, and not listening
        nobody.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        async with started("portal", tmp_path, variables | {"ESIM_OTLP_ENDPOINT": endpoint}) as portal:
            await portal.says("listens")
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
                assert (await client.get("/")).status_code == 200
            assert await portal.stop() == 0
    assert "Traceback" not in portal.written
