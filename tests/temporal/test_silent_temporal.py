"""A Temporal that takes calls and never answers: what needs none is done at once all the same."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from models.codes.requests import RequestStatus
from models.people.callers import LinkBearer
from settings import Settings
from starter.codes.desk import QrDesk
from starter.codes.link_desk import LinkDesk
from store.key_ring import KeyRing
from store.session import Database
from tests.builders import run
from tests.qr_world import qr_world


@pytest.fixture
async def silent_port() -> AsyncIterator[int]:
    """Where somebody listens and says nothing."""
    over = asyncio.Event()

    async def listen(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    over.set()
    server.close()
    await server.wait_closed()


@pytest.mark.covers("F35", "W1")
async def test_a_contact_hears_soon_that_the_code_is_taken(
    database: Database, database_url: str, silent_port: int
) -> None:
    keys = KeyRing.new_key()
    world = await qr_world(database, keys=keys)
    request_id = await world.asked()
    token = await world.upload_link(request_id)
    settings = Settings(
        database_url=database_url, temporal_address=f"127.0.0.1:{silent_port}", secret_keys=keys
    )
    async with QrDesk.open(settings) as desk, asyncio.timeout(10):
        links = LinkDesk(desk)
        checked = await links.check_code(LinkBearer(token), "LPA:1$smdp.example.com$SILENT-TEMPORAL-1")
        sent = await links.send(LinkBearer(token), checked.upload_id)
    assert sent.imported.changed
    (row,) = await run(database, "SELECT status FROM qr_requests")
    assert row.status == RequestStatus.IMPORTED
