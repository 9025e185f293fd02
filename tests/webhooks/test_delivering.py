"""Events are delivered to a real receiver, by a worker, with PostgreSQL and Temporal."""

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from models.operations.webhooks import Outcome, WebhookState
from tests.builders import OPERATOR, run
from tests.system.scene import Scene
from tests.temporal_server import eventually
from tests.webhooks.hooked import ADAM, hooked
from tests.webhooks.receiver import RESETS


@pytest.mark.quick
@pytest.mark.covers("A11")
async def test_each_event_is_delivered_signed_and_with_ids_only(idle_scene: Scene) -> None:
    async with hooked(idle_scene, "line.groups_changed") as hook:
        await hook.happens(12)
        await hook.happens(3, "sim.employee_changed")  # no type of the endpoint's
        await hook.got(12)

        assert len(hook.receiver.requests) == 12
        first = hook.receiver.requests[0]
        assert first.verified(hook.made.secret) == {
            "type": "line.groups_changed",
            "timestamp": first.content["timestamp"],
            "data": {"about": ["L-1"]},
        }
        assert first.content["timestamp"].endswith("Z")
        assert first.headers["user-agent"] == "esim-orders-webhooks"
        with pytest.raises(WebhookVerificationError):
            first.verified("whsec_" + "A" * 43 + "=")
        assert {one.id for one in hook.receiver.requests} < await hook.events()


@pytest.mark.covers("A11")
async def test_a_failed_event_is_sent_again_under_its_id_while_others_go_on(idle_scene: Scene) -> None:
    async with hooked(idle_scene) as hook:
        hook.receiver.answers = lambda number: {1: 500, 2: RESETS}.get(number, 200)
        await hook.happens(8)
        await hook.got(9)  # with webhook.created

        first = await eventually(
            lambda: hook.desk.attempts(OPERATOR, hook.id),
            lambda found: len(found) == 2 and all(one.delivered_at for one in found),
        )
        assert {one.outcome for one in first} == {Outcome.STATUS, Outcome.CONNECTION}
        assert {one.id for one in hook.receiver.taken} == await hook.events()
        failed = {one.id for one in hook.receiver.requests if one.status in (500, RESETS)}
        assert failed == {one.event for one in first}
        assert len(hook.receiver.requests) == 11


@pytest.mark.covers("A11")
async def test_a_receiver_that_fails_is_left_alone_and_disabled_after_three_days(idle_scene: Scene) -> None:
    async with hooked(idle_scene) as hook:
        hook.receiver.always(503)
        hook.receiver.text = "<b>Down</b> " * 1000
        await hook.happens(40)
        failing = await hook.until(failures=3)

        assert failing.next_attempt_at is not None
        asked = len(hook.receiver.requests)
        assert asked <= 5, "the others wait with the receiver"
        shown = await hook.desk.webhook(OPERATOR, hook.id)
        assert shown.state is WebhookState.FAILING
        (last, *_) = await hook.desk.attempts(OPERATOR, hook.id)
        assert len(last.answer or "") == 2048

        await hook.sooner(hours=71)
        await eventually(hook.row, lambda row: row.failures == 4)
        assert len(hook.receiver.requests) == asked + 1, "it is tried with one event"
        await hook.sooner(hours=2)
        disabled = await eventually(hook.row, lambda row: row.disabled_at and row.notified_at)

        assert disabled.disabled_for == "failing"
        (mail,) = hook.scene.mailbox.mails
        assert mail.to == [ADAM]
        assert mail.subject == f"Webhook {hook.id} is disabled: nothing could be delivered for three days"
        assert "127.0.0.1" in mail.text
        (told,) = await run(hook.scene.database, "SELECT data FROM events WHERE type = 'webhook.disabled'")
        assert told.data["reason"] == "failing"

        hook.receiver.always(200)
        await hook.desk.enable(OPERATOR, hook.id)
        await hook.got(43)
        assert {one.id for one in hook.receiver.taken} == await hook.events()


@pytest.mark.covers("A11")
async def test_410_disables_at_once_and_the_administrators_are_notified(idle_scene: Scene) -> None:
    async with hooked(idle_scene) as hook:
        hook.receiver.always(410)
        await hook.happens(20)
        row = await eventually(hook.row, lambda row: row.disabled_at and row.notified_at)

        assert row.disabled_for == "gone"
        assert len(hook.receiver.requests) <= 5
        assert [mail.subject for mail in hook.scene.mailbox.mails] == [
            f"Webhook {hook.id} is disabled: its receiver answered 410"
        ]
