"""The step delivers while the endpoint's turn lasts, and gives it back (A11)."""

import logging
from datetime import timedelta

import pytest
from temporalio.client import WorkflowExecutionStatus

import activities.webhooks
from starter.operations.component_checks import secret_keys
from store.key_ring import KeyRing
from store.operations import webhook_relay
from store.secrets import signing_secret_of
from temporal.webhooks import wake
from tests.builders import run
from tests.system.scene import Scene
from tests.temporal_server import eventually
from tests.webhooks.hooked import Hooked, hooked

pytestmark = pytest.mark.covers("A11")
TYPE = "line.groups_changed"


async def _ended(hook: Hooked) -> None:
    """Wait until the workflow has ended."""
    handle = hook.scene.temporal.client.get_workflow_handle(f"webhook-{hook.made.view.id}")
    await eventually(handle.describe, lambda found: found.status is WorkflowExecutionStatus.COMPLETED)


async def test_a_turn_ends_though_more_is_due_and_the_next_one_goes_on(
    idle_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_relay, "TURN", timedelta(seconds=10))  # too short for a second batch
    async with hooked(idle_scene, TYPE, relayed=False) as hook:
        await hook.happens(12)
        for number in (5, 10, 12):
            assert await hook.relay.look() == 1
            await hook.until(woken_until=None)
            assert len(hook.receiver.taken) == number
            await _ended(hook)
        assert {one.id for one in hook.receiver.requests} < await hook.events()


async def test_without_a_turn_nothing_is_sent(idle_scene: Scene) -> None:
    async with hooked(idle_scene, TYPE, relayed=False) as hook:
        await hook.happens(3)
        client, queue = hook.scene.temporal.client, hook.scene.settings.task_queue
        await wake(client, queue, hook.made.view.id, 1)
        await _ended(hook)
        assert hook.receiver.requests == []


async def test_a_receiver_that_fails_is_tried_again_when_the_relay_gives_it_a_turn(idle_scene: Scene) -> None:
    async with hooked(idle_scene, TYPE, relayed=False) as hook:
        hook.receiver.always(500)
        await hook.happens(6)
        await hook.relay.look()
        await _ended(hook)
        row = await hook.until(failures=3, woken_until=None)
        asked = len(hook.receiver.requests)
        assert row.next_attempt_at is not None

        await hook.sooner(hours=1)
        assert len(hook.receiver.requests) == asked, "no timer of its own"
        assert await hook.relay.look() == 1
        await hook.until(failures=4)
        assert len(hook.receiver.requests) == asked + 1


async def test_an_endpoint_whose_key_is_missing_keeps_no_turn_and_waits(
    idle_scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    async with hooked(idle_scene, TYPE, relayed=False) as hook:
        other = KeyRing.new_key()
        lost = KeyRing(other).encrypt(signing_secret_of(hook.made.view.id), hook.made.secret.encode())
        (before,) = await run(hook.scene.database, "SELECT secret FROM webhooks")
        await run(hook.scene.database, "UPDATE webhooks SET secret = :lost", lost=lost)
        await hook.happens(2)
        with caplog.at_level(logging.ERROR, activities.webhooks.__name__):
            await hook.relay.look()
            await _ended(hook)

        row = await hook.until(woken_until=None)
        assert row.next_attempt_at is not None
        assert (row.failures, row.disabled_at) == (0, None), "its receiver is not at fault"
        assert hook.receiver.requests == []
        assert [record for record in caplog.records if hook.id in record.getMessage()]
        assert await hook.relay.look() == 0
        said = await secret_keys(hook.scene.settings.secret_keys, hook.scene.database)
        assert not said.ok
        assert other.partition(":")[0] in said.ids

        await run(hook.scene.database, "UPDATE webhooks SET secret = :secret", secret=before.secret)
        await hook.sooner(hours=1)
        await hook.relay.look()
        await hook.got(2)
