"""Workers are stopped under load, or where a step never ends: they end in time and nothing is lost (W1)."""

import asyncio
import os
import random
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

import worker
from telemetry.watchdog import EXIT_CODE, SECONDS_TO_LOG
from tests.builders import line, world
from tests.system.scene import Scene
from tests.system.stuck_worker import BEGUN
from tests.system.whole_orders import (
    every_mail_came_once,
    everything_happened_once,
    go_all_the_way,
    happenings,
)
from tests.system.worker_process import WorkerProcess
from tests.temporal_server import comes_true, eventually

STOPS = int(os.environ.get("STOPS", "500"))
"""How often the loaded worker is stopped: STOPS=10 for a short night."""
AT_ONCE = 6
MOST_LINES = 700
"""The eSIMs of `go_all_the_way` have the numbers after these."""
LONGEST_STOP = (worker.GRACE + worker.MARGIN).total_seconds() + SECONDS_TO_LOG


@pytest.mark.parametrize("stuck", ["port", "loop"])
@pytest.mark.covers("W1")
async def test_a_shutdown_that_never_ends_is_cut_off_and_the_next_worker_takes_the_step(
    idle_scene: Scene, tmp_path: Path, stuck: str
) -> None:
    scene, log = idle_scene, tmp_path / "stuck.log"
    await world(scene.database)
    process = await WorkerProcess(scene, log, "tests.system.stuck_worker", STUCK=stuck).start()
    try:
        order_id = await scene.placed()
        await comes_true(lambda: BEGUN in log.read_text())
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 20) == EXIT_CODE, log.read_text()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert log.read_text().count("The shutdown took longer than 2 s") == 1

    async with scene.worker():
        await eventually(lambda: scene.events(order_id), lambda events: "mail.sent" in events, within=60)
    assert scene.mailbox.recipients() == ["orders@telvia.example"]
    assert await scene.events(order_id) == ["order.submitted", "mail.sent"]


@pytest.mark.night
@pytest.mark.timeout(60 + 60 * STOPS)
@pytest.mark.covers("W1", "W8")
async def test_a_loaded_worker_stops_in_time_however_often(idle_scene: Scene, tmp_path: Path) -> None:
    scene, log = idle_scene, tmp_path / "worker.log"
    lines = range(1, min(2 * STOPS + AT_ONCE, MOST_LINES) + 1)
    await world(scene.database, *(line(number) for number in lines))
    process = WorkerProcess(scene, log)
    dice = random.Random(20261126)
    codes: Counter[int] = Counter()
    unused, orders, over = iter(lines), dict[int, str](), asyncio.Event()

    async def one_after_another() -> None:
        while not over.is_set():
            number = next(unused)
            orders[number] = await go_all_the_way(scene, number)

    callers = asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))
    for _ in range(STOPS):
        running = await process.start()
        try:
            until = await happenings(scene) + dice.randint(3, 8)
            await eventually(partial(happenings, scene), until.__le__, within=90)
            running.terminate()
            codes[await asyncio.wait_for(running.wait(), LONGEST_STOP + 10)] += 1
        finally:
            if running.returncode is None:
                running.kill()
                await running.wait()
    over.set()
    async with process.running():
        await asyncio.wait_for(callers, 180)
        for order_id in orders.values():
            await asyncio.wait_for(scene.ended(order_id), 60)
    print(f"\nexit codes of {STOPS} stops: {dict(codes)}")
    assert codes.keys() <= {0, EXIT_CODE}, log.read_text()[-10_000:]
    assert codes[EXIT_CODE] <= max(1, STOPS // 20), "a stop that is cut off is rare"
    for number, order_id in orders.items():
        await everything_happened_once(scene, number, order_id)
    await every_mail_came_once(scene, len(orders))
