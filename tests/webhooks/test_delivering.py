"""Events are delivered to a real receiver, by a worker, with PostgreSQL and Temporal."""

from datetime import timedelta

import pytest
from standardwebhooks.webhooks import WebhookVerificationError
from temporalio.client import WorkflowExecutionStatus

from models.operations.webhooks import Outcome, WebhookState
from starter.operations.recovery import RecoveryDesk
from starter.operations.webhook_check import webhooks
from store.operations import webhook_metrics, webhook_relay
from tests.builders import OPERATOR, run
from tests.system.scene import Scene
from tests.temporal_server import eventually, readable
from tests.webhooks.hooked import ADAM, Hooked, hooked
from tests.webhooks.receiver import HANGS, RESETS


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
            "data": {"about": ["L-1"], "sequence": first.content["data"]["sequence"]},
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


@pytest.mark.covers("A11", "W10")
async def test_a_workflow_that_temporal_has_lost_is_started_again(
    idle_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_relay, "TURN", timedelta(hours=1))
    async with hooked(idle_scene, "line.groups_changed") as hook:
        hook.receiver.always(HANGS)
        await hook.happens(6)
        await eventually(lambda: _asked(hook), lambda number: number > 0)
        handle = hook.scene.temporal.client.get_workflow_handle(f"webhook-{hook.made.view.id}")
        await handle.terminate("lost")
        hook.receiver.always(200)
        await RecoveryDesk(hook.scene.temporal.client, hook.scene.database, hook.scene.settings).start(
            OPERATOR, []
        )
        await hook.got(6)


async def _asked(hook: Hooked) -> int:
    return len(hook.receiver.requests)


@pytest.mark.covers("A11", "W6")
async def test_no_history_has_an_address_a_secret_or_an_event(idle_scene: Scene) -> None:
    async with hooked(idle_scene, "line.groups_changed") as hook:
        hook.receiver.answers = lambda number: 500 if number < 2 else 200
        hook.receiver.text = "MARK of the receiver"
        await hook.happens(6)
        await hook.got(4)
        handle = hook.scene.temporal.client.get_workflow_handle(f"webhook-{hook.made.view.id}")
        await eventually(
            handle.describe, lambda found: found.status is WorkflowExecutionStatus.COMPLETED, within=60
        )
        text = readable((await handle.fetch_history()).to_json())
        assert "deliver_events" in text
        for secret in (str(hook.receiver.port), hook.made.secret, "MARK", "line.groups_changed"):
            assert secret not in text
        logged = await run(hook.scene.database, "SELECT data::text FROM events WHERE type LIKE 'webhook.%'")
        assert all(str(hook.receiver.port) not in row.data for row in logged)


@pytest.mark.covers("A11", "W8")
async def test_doctor_and_metrics_see_events_that_wait(idle_scene: Scene) -> None:
    async with hooked(idle_scene, relayed=False) as hook:
        await hook.happens(3)
        database = hook.scene.database
        async with database.reading() as connection:
            seen = await webhook_metrics.seen(connection, 0)
            waited = await webhook_metrics.oldest_waiting(connection)
        assert seen.late == (hook.id,)
        assert waited[()] > 0
        assert (await webhooks(database)).ok, "for less than five minutes"

        await hook.relay.look()
        await hook.got(4)
        await eventually(hook.row, lambda row: row.woken_until is None)
        async with database.reading() as connection:
            assert (await webhook_metrics.seen(connection, 0)).late == ()
            assert await webhook_metrics.states(connection) == {
                ("enabled",): 1,
                ("failing",): 0,
                ("disabled",): 0,
            }
            assert await webhook_metrics.retries(connection) == {(): 0}
        assert (await webhooks(database)).sentence == "Webhooks: 1 enabled, 0 failing, 0 disabled."


@pytest.mark.covers("A11", "W8")
async def test_what_waited_while_an_endpoint_was_disabled_or_failed_is_not_late(idle_scene: Scene) -> None:
    late = "UPDATE webhooks SET working_since = esim_now() - interval '1 day', xid = '1'"
    old = "INSERT INTO events (account_id, about, type, actor, audience, data, at) VALUES (1,"
    old += (
        " ARRAY['line:1'], 'line.groups_changed', 'operator', 'account', '{}', esim_now() - interval '1 h')"
    )
    async with hooked(idle_scene, "line.groups_changed", relayed=False) as hook:
        database = hook.scene.database
        await run(database, old)
        await run(database, late)
        assert not (await webhooks(database)).ok

        await hook.desk.disable(OPERATOR, hook.id)
        await hook.desk.enable(OPERATOR, hook.id)
        assert (await webhooks(database)).ok
        async with database.reading() as connection:
            assert 0 < (await webhook_metrics.oldest_waiting(connection))[()] < 300

        await run(database, f"{late}, failures = 4, failing_since = esim_now()")
        await run(database, old)
        await hook.relay.look()
        works = await eventually(hook.row, lambda row: row.failures == 0)
        assert works.working_since > works.created_at


@pytest.mark.covers("A11")
async def test_what_no_endpoint_wants_is_passed_without_waking_anyone(idle_scene: Scene) -> None:
    async with hooked(idle_scene, "order.processed", relayed=False) as hook:
        before = await hook.row()
        await hook.happens(5)
        assert await hook.relay.look() == 0
        after = await hook.row()
        assert (after.epoch, int(after.xid)) > (before.epoch, int(before.xid))
        assert await hook.relay.look() == 0
        assert hook.receiver.requests == []
