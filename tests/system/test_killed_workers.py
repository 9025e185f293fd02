"""Workers are killed at random moments: nothing is lost, and nothing is done twice (W1)."""

import asyncio
import random
from functools import partial
from pathlib import Path

import pytest

from tests.builders import line, world
from tests.system.scene import Scene
from tests.system.whole_orders import (
    every_mail_came_once,
    everything_happened_once,
    go_all_the_way,
    happenings,
)
from tests.system.worker_process import WorkerProcess
from tests.temporal_server import comes_true, eventually

NIGHT = (pytest.mark.night, pytest.mark.timeout(1800))


@pytest.mark.timeout(240)
@pytest.mark.covers("W1", "W8")
@pytest.mark.parametrize(("many", "kills"), [(4, 2), pytest.param(35, 15, marks=NIGHT)])
async def test_workers_killed_between_any_two_steps(
    idle_scene: Scene, tmp_path: Path, many: int, kills: int
) -> None:
    scene, numbers = idle_scene, range(1, many + 1)
    await world(scene.database, *(line(number) for number in numbers))
    process = WorkerProcess(scene, tmp_path / "worker.log")
    dice = random.Random(20261121)

    callers = asyncio.gather(*(go_all_the_way(scene, number) for number in numbers))
    for _ in range(kills):
        async with process.running():
            until = await happenings(scene) + dice.randint(4, 16)
            await eventually(partial(happenings, scene), until.__le__, within=90)
    async with scene.worker():
        orders = await asyncio.wait_for(callers, 150)
        for order_id in orders:
            await asyncio.wait_for(scene.ended(order_id), 60)

    for number, order_id in zip(numbers, orders, strict=True):
        await everything_happened_once(scene, number, order_id)
    await every_mail_came_once(scene, many)


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
