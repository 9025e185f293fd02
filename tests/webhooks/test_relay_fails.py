"""The relay goes on, whatever fails, and purges also while nothing is due."""

import asyncio
import logging
from typing import Any

import pytest

from activities import webhook_relay as relay_module
from models.errors import Unavailable
from store.operations import webhook_relay
from tests.builders import run
from tests.system.scene import Scene
from tests.temporal_server import eventually
from tests.webhooks.hooked import hooked

pytestmark = pytest.mark.covers("A11")


async def test_what_is_due_is_delivered_though_the_look_and_the_passing_on_fail(
    idle_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def too_long(*_: Any) -> Any:
        raise Unavailable("database", "The statement took too long.")

    monkeypatch.setattr(webhook_relay, "anything", too_long)
    monkeypatch.setattr(webhook_relay, "pass_on", too_long)
    async with hooked(idle_scene, "line.groups_changed", relayed=False) as hook:
        await hook.happens(2)
        assert await hook.relay.look() == 1
        await hook.got(2)


async def test_a_defect_is_logged_once_and_the_next_look_delivers(
    idle_scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks: list[int] = []
    claim = webhook_relay.claim

    async def breaks(*given: Any) -> Any:
        looks.append(len(looks))
        if len(looks) <= 3:
            raise KeyError("a defect")
        return await claim(*given)

    monkeypatch.setattr(webhook_relay, "claim", breaks)
    monkeypatch.setattr(relay_module, "EVERY", 0.05)
    with caplog.at_level(logging.WARNING, relay_module.__name__):
        async with hooked(idle_scene, "line.groups_changed") as hook:
            await hook.happens(2)
            await hook.got(2)
    crashes = [one for one in caplog.records if one.name == relay_module.__name__ and one.exc_info]
    assert len(crashes) == 1


async def test_old_attempts_are_purged_while_nothing_is_due_until_few_are_left(
    idle_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "PURGE_EVERY", 3600.0)
    async with hooked(idle_scene, "order.processed", relayed=False) as hook:
        await run(
            hook.scene.database,
            "INSERT INTO webhook_attempts"
            " (webhook_id, account_id, epoch, xid, event_id, type, number, outcome, at)"
            " SELECT :id, 1, 1, '1', n, 'order.processed', 1, 'timeout',"
            " esim_now() - CASE WHEN n > 7 THEN interval '31 days' ELSE interval '29 days' END"
            " FROM generate_series(1, 2507) n",
            id=hook.made.view.id,
        )
        purging = asyncio.create_task(hook.relay.keep_purging())
        try:

            async def left() -> int:
                (row,) = await run(hook.scene.database, "SELECT count(*) AS number FROM webhook_attempts")
                return int(row.number)

            await eventually(left, lambda number: number == 7)
        finally:
            purging.cancel()
            await asyncio.wait({purging})
