"""The gauge of open event streams: of one portal process, by what they follow."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from models.people.callers import Role, UserKind
from sandbox.ports import free_port
from settings import Settings
from starter.desks import Desks
from store.key_ring import KeyRing
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, line, place, run, world
from tests.telemetry.processes import started
from tests.telemetry.watched import samples, value
from tests.temporal_server import Temporal, a_task_queue

PATHS = ("/events/stream", "/events/stream", "/orders/{order}/events/stream")


@pytest.mark.covers("A10", "W3")
async def test_open_streams_are_counted_by_kind(
    temporal: Temporal, database: Database, database_url: str, tmp_path: Path
) -> None:
    secret_keys = KeyRing.new_key()
    await world(database, line(1))
    await place(database, 1)
    ((order,),) = await run(database, "SELECT id FROM orders")
    key = await _key(temporal, database, Settings(secret_keys=secret_keys))
    port, metrics = free_port(), f"127.0.0.1:{free_port()}"
    variables = {
        "ESIM_DATABASE_URL": database_url,
        "ESIM_TEMPORAL_ADDRESS": temporal.address,
        "ESIM_TASK_QUEUE": a_task_queue(),
        "ESIM_SECRET_KEYS": secret_keys,
        "ESIM_PORTAL_PORT": str(port),
        "ESIM_METRICS_ADDRESS": metrics,
    }
    async with started("portal", tmp_path, variables) as portal, httpx.AsyncClient() as client:
        await portal.says("listens on port")

        async def page() -> str:
            return (await client.get(f"http://{metrics}/metrics")).text

        async with AsyncExitStack() as open_:
            for path in PATHS:
                address = f"http://127.0.0.1:{port}/api/v1{path.format(order=order)}"
                stream = client.stream("GET", address, headers={"Authorization": f"Bearer {key}"})
                assert (await open_.enter_async_context(stream)).status_code == 200
            seen = await page()
            assert value(seen, "esim_portal_streams", kind="account") == 2
            assert value(seen, "esim_portal_streams", kind="order") == 1
            assert all(set(each) == {"kind"} for each in samples(seen)["esim_portal_streams"])
        async with asyncio.timeout(30):
            while any(value(seen, "esim_portal_streams", kind=kind) for kind in ("account", "order")):
                seen = await page()


async def _key(temporal: Temporal, database: Database, settings: Settings) -> str:
    desks = Desks.of(temporal.client, database, settings)
    address = "bot@acme.example"
    await desks.users.create_user(OPERATOR, ACCOUNT, "Bot", address, role=Role.OWNER, kind=UserKind.SERVICE)
    made = await desks.api_keys.create(OPERATOR, "test", user=address)
    return made.key.text
