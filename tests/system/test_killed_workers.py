"""Workers are killed at random moments: nothing is lost, and nothing is done twice (W1)."""

import asyncio
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

import worker
from models.errors import PartAway
from models.inventory import SimState
from models.lifecycle import OrderStatus
from models.orders import OrderState
from tests.builders import ANA, iccid, line, world
from tests.system.scene import Scene
from tests.temporal_server import comes_true, eventually

ORDERS = range(1, 8)
KILLS = 3


class WorkerProcess:
    """`python -m worker` as an operator runs it."""

    def __init__(self, scene: Scene, log: Path) -> None:
        settings = scene.settings
        self._log = log
        self._environment = {name: value for name, value in os.environ.items() if name[:5] != "ESIM_"} | {
            "ESIM_DATA_DIR": str(settings.data_dir),
            "ESIM_DATABASE_URL": settings.database_url,
            "ESIM_TEMPORAL_ADDRESS": settings.temporal_address,
            "ESIM_TASK_QUEUE": settings.task_queue,
            "ESIM_SMTP_URL": settings.smtp_url,
        }

    async def start(self) -> asyncio.subprocess.Process:
        with self._log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "worker"),
                env=self._environment,
                cwd=Path(worker.__file__).parent,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """It runs, and is killed at the end of the block."""
        process = await self.start()
        try:
            yield
        finally:
            assert process.returncode is None, self._log.read_text()
            process.kill()
            await process.wait()


@pytest.mark.timeout(240)
@pytest.mark.covers("W1", "W8")
async def test_workers_killed_between_any_two_steps(idle_scene: Scene, tmp_path: Path) -> None:
    scene = idle_scene
    await world(scene.database, *(line(number) for number in ORDERS))
    process = WorkerProcess(scene, tmp_path / "worker.log")
    retries: Counter[str] = Counter()
    dice = random.Random(20261121)

    callers = asyncio.gather(*(go_all_the_way(scene, number, retries) for number in ORDERS))
    for _ in range(KILLS):
        async with process.running():
            until = await happenings(scene) + dice.randint(5, 20)
            await eventually(partial(happenings, scene), until.__le__, within=90)
    async with process.running():
        orders = await asyncio.wait_for(callers, 150)
        for order_id in orders:
            await asyncio.wait_for(scene.ended(order_id), 60)

    for number, order_id in zip(ORDERS, orders, strict=True):
        await everything_happened_once(scene, number, order_id)
    copies = Counter((tuple(mail.to), mail.message_id) for mail in scene.mailbox.mails)
    assert len(copies) == 3 * len(ORDERS), "each mail has one Message-ID for ever"
    assert max(copies.values()) <= 2 + max(retries.values(), default=0)
    assert Counter(to for (to,), _ in copies)["orders@telvia.example"] == len(ORDERS)
    assert Counter(to for (to,), _ in copies)[ANA] == len(ORDERS)


async def go_all_the_way(scene: Scene, number: int, retries: Counter[str]) -> str:
    """What the callers of one order do, each call again until it is answered."""
    desk, draft = scene.impatient(), scene.draft(number, key=f"cart {number}")
    while True:
        try:
            order_id = (await desk.place(draft)).order_id
            await mailed(scene, order_id, retries)
            await desk.acknowledge(order_id)
            state: OrderState = await desk.processed(order_id, iccid=iccid(700 + number))
        except PartAway:
            continue
        assert state.status is OrderStatus.PROCESSED
        return order_id


async def mailed(scene: Scene, order_id: str, retries: Counter[str]) -> None:
    """The provider acknowledges what it got; a person asks again where nobody knows whether it did."""

    async def sent() -> bool:
        order = await scene.desk.order(order_id)
        if order.held_reason == "mail_uncertain":
            retries[order_id] += 1
            await scene.desk.retry(order_id)
        return any(event.type == "mail.sent" for event in order.events)

    await eventually(sent, bool, within=120)


async def happenings(scene: Scene) -> int:
    return int((await scene.sql("SELECT count(*) FROM order_events"))[0][0])


async def everything_happened_once(scene: Scene, number: int, order_id: str) -> None:
    events = Counter(await scene.events(order_id))
    assert events.pop("mail.sent") == 3
    for uncertain in ("mail.uncertain", "order.held", "order.released"):
        events.pop(uncertain, None)
    assert events == Counter(
        [
            "order.submitted",
            "order.provider_processing",
            "esim.temporary_created",
            "order.processed",
            "sim.discarded",
            "esim.activated",
        ]
    )
    shown = await scene.line(number)
    assert shown.sim is not None
    assert (shown.sim.iccid, shown.sim.state) == (iccid(700 + number), SimState.ACTIVE)
    assert (shown.temporary, shown.open_order) == (None, None)


@pytest.mark.covers("W1")
async def test_a_worker_asked_to_stop_finishes_what_it_has_begun(idle_scene: Scene, tmp_path: Path) -> None:
    scene = idle_scene
    await world(scene.database)
    process = await WorkerProcess(scene, tmp_path / "worker.log").start()
    try:
        door = scene.mailbox.door = asyncio.Event()
        order_id = await scene.placed()
        await comes_true(lambda: scene.mailbox.begun)
        process.terminate()
        await comes_true(
            lambda: "steps in flight are finished first" in (tmp_path / "worker.log").read_text()
        )
        door.set()
        assert await asyncio.wait_for(process.wait(), 30) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert scene.mailbox.recipients() == ["orders@telvia.example"]
    assert await scene.events(order_id) == ["order.submitted", "mail.sent"]
