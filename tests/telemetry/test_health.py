"""The health pages: alive, and ready only where every part serves; never a secret."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import make_url
from starlette.applications import Starlette

from models.errors import Refused
from sandbox.ports import free_port
from sandbox.postgres import ThrowAwayPostgres
from settings import load
from starter.operations.readiness import Check
from telemetry.health import Health
from tests.conftest import administer
from tests.telemetry.processes import started
from tests.temporal_server import Temporal, eventually

PASSWORD = "sentinel-password"
PARTS = ["database", "migrations", "temporal", "search_attributes"]


@dataclass
class Looks:
    """Finds what it is told to, and counts how often it was asked."""

    found: Sequence[Check] = (Check("database", ok=True, sentence="It answers."),)
    times: int = 0

    async def __call__(self) -> Sequence[Check]:
        self.times += 1
        await asyncio.sleep(0)
        return self.found


def asking(looks: Looks) -> httpx.AsyncClient:
    app = Starlette(routes=Health(looks).routes())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://worker")


@pytest.mark.covers("W8")
async def test_ready_is_200_where_every_part_serves_and_else_503() -> None:
    looks = Looks()
    async with asking(looks) as client:
        answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        200,
        {"ok": True, "parts": [{"part": "database", "ok": True, "sentence": "It answers."}]},
    )
    looks.found = (*looks.found, Check("temporal", ok=False, sentence="It is away."))
    async with asking(looks) as client:
        answer = await client.get("/health/ready")
        alive = await client.get("/health/live")
    assert (answer.status_code, answer.json()["ok"]) == (503, False)
    assert (alive.status_code, alive.json()) == (200, {"ok": True, "parts": []})


async def test_who_asks_often_costs_nothing() -> None:
    looks = Looks()
    async with asking(looks) as client:
        answers = await asyncio.gather(*(client.get("/health/ready") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert looks.times == 1


@pytest.mark.covers("W8")
@pytest.mark.parametrize("module", ["worker", "portal"])
async def test_a_process_says_whether_it_is_well(
    module: str, temporal: Temporal, database_url: str, tmp_path: Path
) -> None:
    port = free_port()
    variables = {
        "ESIM_DATABASE_URL": database_url,
        "ESIM_TEMPORAL_ADDRESS": temporal.address,
        "ESIM_PORTAL_PORT": str(port if module == "portal" else free_port()),
        "ESIM_HEALTH_ADDRESS": f"localhost:{port}" if module == "worker" else "",
    }
    async with (
        started(module, tmp_path, variables) as process,
        httpx.AsyncClient(base_url=f"http://localhost:{port}", timeout=30) as client,
    ):
        await process.says("polls" if module == "worker" else "listens")
        assert (await client.get("/health/live")).status_code == 200
        ready = await client.get("/health/ready")
        assert [part["part"] for part in ready.json()["parts"]] == PARTS
        assert (ready.status_code, ready.json()["ok"]) == (200, True)
        assert await process.stop() == 0
    assert "/health" not in process.written, "they are asked all the time"


@pytest.mark.covers("W8")
async def test_a_portal_without_its_parts_lives_and_is_not_ready(tmp_path: Path) -> None:
    port = free_port()
    variables = {
        "ESIM_DATABASE_URL": f"postgresql+asyncpg://esim:{PASSWORD}@127.0.0.1:{free_port()}/esim",
        "ESIM_TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}",
        "ESIM_PORTAL_PORT": str(port),
    }
    async with (
        started("portal", tmp_path, variables) as portal,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        await portal.says("listens")
        assert (await client.get("/health/live")).status_code == 200
        ready = await client.get("/health/ready")
    assert ready.status_code == 503
    assert [part["ok"] for part in ready.json()["parts"]] == [False] * len(PARTS)
    assert "ESIM_DATABASE_URL" in ready.text
    assert "ESIM_TEMPORAL_ADDRESS" in ready.text
    assert PASSWORD not in ready.text + portal.written
    assert "127.0.0.1" not in ready.text


@pytest.mark.covers("W8")
async def test_a_worker_loses_its_database_and_gets_it_back(
    temporal: Temporal, postgres: ThrowAwayPostgres, database_url: str, tmp_path: Path
) -> None:
    port, name = free_port(), make_url(database_url).database
    variables = {
        "ESIM_DATABASE_URL": database_url,
        "ESIM_TEMPORAL_ADDRESS": temporal.address,
        "ESIM_HEALTH_ADDRESS": f"127.0.0.1:{port}",
    }
    async with (
        started("worker", tmp_path, variables) as process,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        await process.says("polls")

        async def parts() -> list[bool]:
            return [part["ok"] for part in (await client.get("/health/ready")).json()["parts"]]

        assert await parts() == [True, True, True, True]
        await administer(postgres, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await administer(
            postgres, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
        await eventually(parts, lambda found: found == [False, False, True, True])
        await administer(postgres, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await eventually(parts, all)


async def test_an_address_that_is_taken_is_refused(
    temporal: Temporal, database_url: str, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        variables = {
            "ESIM_DATABASE_URL": database_url,
            "ESIM_TEMPORAL_ADDRESS": temporal.address,
            "ESIM_HEALTH_ADDRESS": f"127.0.0.1:{taken.getsockname()[1]}",
        }
        async with started("worker", tmp_path, variables) as process:
            assert await process.ends() == 2
    assert process.written.endswith("The health page cannot be served there; see ESIM_HEALTH_ADDRESS.\n")


ADDRESSES = ["9464", "localhost", "localhost:port", "http://localhost:9464"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_a_host_and_a_port(address: str) -> None:
    with pytest.raises(Refused) as refused:
        load(metrics_address=address, health_address=address)
    assert refused.value.refusals[0].parameters == {"settings": "ESIM_METRICS_ADDRESS, ESIM_HEALTH_ADDRESS"}


async def test_a_process_names_the_addresses_that_are_none(tmp_path: Path) -> None:
    variables = {"ESIM_HEALTH_ADDRESS": ADDRESSES[0], "ESIM_METRICS_ADDRESS": ADDRESSES[1]}
    async with started("worker", tmp_path, variables | {"ESIM_OTLP_ENDPOINT": "x"}) as process:
        assert await process.ends() == 2
    named = "ESIM_METRICS_ADDRESS, ESIM_HEALTH_ADDRESS, ESIM_OTLP_ENDPOINT"
    assert process.written == f"These settings are not valid: {named}.\n"
