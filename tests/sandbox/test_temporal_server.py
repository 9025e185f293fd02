import asyncio
import time
import urllib.request
from pathlib import Path

from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client

from sandbox.ports import free_port
from sandbox.processes import Child, Lifeline
from sandbox.temporal_server import TemporalServer


async def search_attributes(database: Path, names: tuple[str, ...]) -> set[str]:
    """Run a server on the database until it is ready, and ask what it knows."""
    server = TemporalServer(
        database, database.with_suffix(".log"), free_port(), free_port(), free_port(), search_attributes=names
    )
    lifeline = Lifeline()
    child = Child(server.program(), lifeline)
    child.start()
    try:
        deadline = time.monotonic() + 30
        while not await server.is_ready():
            assert child.ended() is None, server.log.read_text()
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        client = await Client.connect(server.address)
        answer = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace="default")
        )
        for url in (server.metrics_url, server.ui_url):
            with await asyncio.to_thread(urllib.request.urlopen, url) as page:
                assert page.status == 200
        return set(answer.custom_attributes)
    finally:
        child.kill()
        lifeline.close()


async def test_older_database_learns_new_search_attributes(tmp_path: Path) -> None:
    database = tmp_path / "with space.db"
    assert await search_attributes(database, ("OrderStatus",)) == {"OrderStatus"}
    assert await search_attributes(database, ("OrderStatus", "Provider")) == {"OrderStatus", "Provider"}
