"""Streams outlive a restart of PostgreSQL, and end with the portal's process (A10)."""

import asyncio
import signal
from pathlib import Path

import httpx
import pytest

from bench.fleet import seed
from models.people.callers import Role, UserKind
from portal.app import create_app
from sandbox.postgres import ThrowAwayPostgres
from settings import Settings
from starter.desks import Desks
from starter.people.api_keys import ApiKeyDesk
from starter.people.users import UserDesk
from store import events
from store.migrations import upgrade
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR
from tests.callers.world import KEYS, NO_TEMPORAL
from tests.portal.api.following import Reader, served
from tests.portal.api.keys import bearer
from tests.portal.test_process import PATIENCE, parts, started
from tests.temporal_server import temporal

__all__ = ["parts", "temporal"]
pytestmark = pytest.mark.covers("A10")


async def _headers(database: Database) -> dict[str, str]:
    """A key of the account."""
    users, bot = UserDesk(database), "streams@acme.example"
    await users.create_user(OPERATOR, ACCOUNT, "Bot", bot, role=Role.OWNER, kind=UserKind.SERVICE)
    made = await ApiKeyDesk(database, Settings(secret_keys=KEYS)).create(OPERATOR, "test", user=bot)
    return bearer(made.key.text)


async def _happens(database: Database, number: int) -> None:
    async with database.transaction() as connection:
        await events.append(connection, 1, ("sim:1",), "system", ("qr.shown", {"version": number}))


async def test_a_stream_goes_on_after_a_restart_of_postgresql() -> None:
    with ThrowAwayPostgres() as server:
        await upgrade(server.url())
        settings = Settings(database_url=server.url(), temporal_address=NO_TEMPORAL, secret_keys=KEYS)
        async with Desks.open(settings) as desks:
            await seed(desks.database, 1)
            headers = await _headers(desks.database)
            async with (
                served(create_app(desks.links, settings, desks=desks)) as here,
                here.following("/events/stream", headers) as reader,
            ):
                await _happens(desks.database, 1)
                await reader.has(1)
                await asyncio.to_thread(server._child.stop)
                refused = await here.client.get("/events/stream", headers=headers)
                assert refused.status_code == 503
                await asyncio.to_thread(server._child.start)
                await asyncio.to_thread(server._wait_until_ready)
                other = Database(server.url(), pool_size=1)
                for number in (2, 3):
                    await _happens(other, number)
                await other.close()
                await reader.has(3)
    assert [each["data"]["version"] for each in reader.data] == [1, 2, 3]


async def test_the_process_stops_at_once_although_streams_are_open(
    tmp_path: Path, parts: dict[str, str], database: Database
) -> None:
    headers = await _headers(database)
    async with started(tmp_path, ESIM_SECRET_KEYS=KEYS, **parts) as portal:
        await portal.says("listens")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{portal.port}/api/v1") as client:
            async with client.stream("GET", "/events/stream", headers=headers) as response:
                reader = Reader(response)
                reading = asyncio.create_task(reader.read())
                await _happens(database, 1)
                await reader.has(1)
                loop = asyncio.get_running_loop()
                began = loop.time()
                portal.process.send_signal(signal.SIGTERM)
                await reader.end()
                await reading
            assert await portal.ends() == 0
            assert loop.time() - began < PATIENCE / 4, "not the grace period of requests"
    assert "Traceback" not in portal.written
    assert "GET /events/stream 200" in portal.written.replace("/api/v1", "")
