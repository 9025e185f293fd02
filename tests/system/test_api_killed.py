"""Portal, worker or database are killed in the middle of a POST: the same key gives the same order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from sandbox.ports import free_port
from settings import Settings
from starter import callers
from starter.desks import Desks
from store.key_ring import KeyRing
from store.session import Database
from temporal.connection import connect
from tests.builders import line, run, world
from tests.portal.api.keys import Keyring
from tests.portal.test_process import started
from tests.system import noticed_worker
from tests.system.parts import a_postgres
from tests.system.scene import Scene, a_mailbox, msisdn
from tests.system.worker_process import WorkerProcess
from tests.temporal_server import Temporal, a_task_queue, comes_true

DELAYS = (0.0, 0.03, 0.1)
"""Seconds after which the process is killed: before, while and after the order is accepted."""
PATIENCE = 90.0
_POLLS = "The worker polls"
Kill = Callable[[], Awaitable[None]]


class House:
    """All parts as processes, each of which can be killed and is there again."""

    def __init__(
        self,
        scene: Scene,
        folder: Path,
        stack: AsyncExitStack,
        worker: str = noticed_worker.MODULE,
        **more: str,
    ) -> None:
        self.scene = scene
        self.port = free_port()
        self._folder = folder
        self._stack = stack
        self._more = {"ESIM_SECRET_KEYS": scene.settings.secret_keys, **more}
        self._worker = WorkerProcess(scene, folder / "worker.log", worker, **self._more)

    async def start_worker(self) -> None:
        log = self._folder / "worker.log"
        before = log.read_text().count(_POLLS) if log.exists() else 0
        self.worker = await self._worker.start()
        self._stack.push_async_callback(_end, lambda: self.worker)
        await comes_true(lambda: log.read_text().count(_POLLS) > before)

    async def start_portal(self) -> None:
        settings = self.scene.settings
        self.portal = await self._stack.enter_async_context(
            started(
                self._folder,
                ESIM_PORTAL_PORT=str(self.port),
                ESIM_DATABASE_URL=settings.database_url,
                ESIM_TEMPORAL_ADDRESS=settings.temporal_address,
                ESIM_TASK_QUEUE=settings.task_queue,
                ESIM_ANSWER_TIMEOUT="PT3S",
                **self._more,
            )
        )
        await self.portal.says("listens")

    async def kill_worker(self) -> None:
        self.worker.kill()
        await self.worker.wait()
        await self.start_worker()

    async def kill_portal(self) -> None:
        self.portal.process.kill()
        await self.portal.process.wait()
        await self.start_portal()


async def _end(of: Callable[[], object]) -> None:
    process = of()
    if process.returncode is None:  # type: ignore[attr-defined]
        process.kill()  # type: ignore[attr-defined]
        await process.wait()  # type: ignore[attr-defined]


@asynccontextmanager
async def _a_house(temporal: Temporal, folder: Path) -> AsyncIterator[tuple[House, Kill, dict[str, str]]]:
    async with AsyncExitStack() as stack:
        part = await stack.enter_async_context(a_postgres(folder))
        mailbox = await stack.enter_async_context(a_mailbox())
        settings = Settings(
            data_dir=folder,
            database_url=part.address,
            temporal_address=temporal.address,
            task_queue=a_task_queue(),
            smtp_url=f"smtp://127.0.0.1:{mailbox.port}",
            secret_keys=KeyRing.new_key(),
        )
        database = Database(settings.database_url)
        stack.push_async_callback(database.close)
        await world(database, *(line(number) for number, _ in enumerate(DELAYS, 1)))
        desks = Desks.of(await connect(settings, lazy=True), database, settings)
        headers = await Keyring(desks, callers.operator()).of()
        house = House(Scene(temporal, database, settings, mailbox), folder, stack)
        await house.start_worker()
        await house.start_portal()
        yield house, part.is_killed, headers


@pytest.mark.timeout(300)
@pytest.mark.covers("A3", "A17", "A19")
@pytest.mark.parametrize("victim", ["portal", "worker", "database"])
async def test_the_same_key_gives_the_same_order_whatever_is_killed(
    victim: str, temporal: Temporal, tmp_path: Path
) -> None:
    async with _a_house(temporal, tmp_path) as (house, kill_database, headers):
        kills = {"portal": house.kill_portal, "worker": house.kill_worker, "database": kill_database}
        for number, delay in enumerate(DELAYS, 1):
            call = asyncio.create_task(_placed(house.port, number, headers))
            await asyncio.sleep(delay)
            await kills[victim]()
            order, statuses = await asyncio.wait_for(call, PATIENCE)
            again, repeated = await _placed(house.port, number, headers)

            assert set(statuses) <= {200, 201, 503}, statuses
            assert (again, repeated[-1]) == (order, 200)
            assert await _orders(house.scene.settings.database_url, number) == [order]
            origins = await _origins(house.scene.settings.database_url, order)
            assert origins == [("order.submitted", "api", "127.0.0.1")], (
                "whatever is killed, it is in the audit"
            )


async def _placed(port: int, number: int, headers: dict[str, str]) -> tuple[str, list[int]]:
    """Place the order under its key until it is answered; its id, and the status of each answer."""
    body = {"kind": "switch_to_esim", "line": msisdn(number), "discard_confirmed": True}
    statuses: list[int] = []
    while True:
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=60) as client:
                answer = await client.post(
                    "/orders", json=body, headers={**headers, "Idempotency-Key": f"key {number} of {port}"}
                )
        except httpx.TransportError:
            await asyncio.sleep(0.1)
            continue
        statuses.append(answer.status_code)
        if answer.status_code == 503:
            assert int(answer.headers["Retry-After"]) > 0
            await asyncio.sleep(0.1)
            continue
        assert answer.is_success, f"{answer.status_code} {answer.text}"
        return answer.json()["id"], statuses


async def _orders(url: str, number: int) -> list[str]:
    database = Database(url)  # its connections are new: no killed database has closed them
    rows = await run(
        database,
        "SELECT o.id FROM orders o JOIN lines l ON l.subject = o.subject WHERE l.msisdn = :msisdn",
        msisdn=msisdn(number),
    )
    await database.close()
    return [row.id for row in rows]


async def _origins(url: str, order: str) -> list[tuple[str, str, str]]:
    """From where the caller's events of this order come, as the audit finds it."""
    database = Database(url)
    rows = await run(
        database,
        "SELECT e.type, o.surface, o.address FROM events e LEFT JOIN origins o ON o.id = e.origin_id "
        "WHERE :order = ANY (e.about) AND e.actor LIKE 'user:%' ORDER BY e.id",
        order=order,
    )
    await database.close()
    return [tuple(row) for row in rows]
