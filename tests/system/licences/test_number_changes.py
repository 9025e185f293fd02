"""Each change of a number through its workflow: the provider is asked until it has been, whatever fails."""

import asyncio
from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionStatus

from models.language import Language
from models.licences.numbers import Change
from models.orders.lifecycle import HoldReason
from starter.operations.doctor import examine
from starter.operations.recovery import RecoveryDesk
from starter.operations.restarts import Restarted
from starter.operations.retry import RetryDesk
from store.clock import set_clock
from tests.builders import OPERATOR
from tests.licences_world import add_agent
from tests.store.licences.order_ways import OLD, sims
from tests.system import noticed_worker
from tests.system.licences.number_scene import (
    DAY,
    PROVIDER,
    a_number,
    change_id,
    changed,
    due_in,
    held_for,
    provider_notified,
    row,
)
from tests.system.scene import Scene
from tests.system.worker_process import WorkerProcess
from tests.temporal_server import comes_true, eventually
from wording.labels import hold_sentence
from workflows.search_attributes import HOLD_REASON, ORDER_KIND, ORDER_STATUS

REJECTED = "550 5.1.1 No such mailbox"
WORDS = {
    Change.CHANGE_USER: "Please stop this eSIM at once",
    Change.DELETE: "Please stop this eSIM at once",
    Change.STOP_ESIM: "Please stop this eSIM at once",
    Change.SUSPEND: "Please suspend this eSIM",
}


@pytest.mark.covers("L15", "L30", "L38", "L39")
@pytest.mark.parametrize("what", WORDS)
async def test_the_provider_is_asked_once_with_number_and_iccid(scene: Scene, what: Change) -> None:
    number = await a_number(scene)
    result, handle = await changed(scene, number, what)
    assert (result.changed, result.refusals) == (True, ())
    assert await handle.result() is not None
    await provider_notified(scene, handle.id)
    again, later = await changed(scene, number, what)
    assert again == result
    await later.result()
    (mail,) = scene.mailbox.mails
    assert mail.to == [PROVIDER]
    assert WORDS[what] in mail.text
    assert OLD in mail.text
    assert "+33612000001" in mail.text
    assert "Gina" not in mail.text, "the distributor does not learn who uses the number"
    attributes = (await later.describe()).typed_search_attributes
    assert (attributes.get(ORDER_KIND), attributes.get(ORDER_STATUS)) == ("number_change", "applied")


@pytest.mark.covers("L39")
async def test_a_suspended_number_is_resumed(scene: Scene) -> None:
    number = await a_number(scene)
    for what in (Change.SUSPEND, Change.RESUME):
        _, handle = await changed(scene, number, what, key=what)
        await handle.result()
    assert ["suspend" in mail.subject.lower() for mail in scene.mailbox.mails] == [True, False]
    assert [state for state, _, _ in await sims(scene.database)] == ["active"]


@pytest.mark.covers("L16", "L22", "L26")
async def test_what_changes_no_esim_notifies_no_provider(scene: Scene) -> None:
    number = await a_number(scene)
    gina = (await scene.sql("SELECT agent_id FROM numbers"))[0].agent_id
    same, handle = await changed(scene, number, Change.CHANGE_USER, "same", agent_id=gina)
    await handle.result()
    shared, refused = await changed(scene, number, Change.MAKE_SHARED, "shared")
    await refused.result()
    assert (same.changed, [reason.code for reason in shared.refusals]) == (False, ["number_has_esim"])
    assert [state for state, _, _ in await sims(scene.database)] == ["active"]
    assert scene.mailbox.mails == []
    status = (await refused.describe()).status
    assert status is WorkflowExecutionStatus.COMPLETED, "a refused change is no failed workflow"


@pytest.mark.covers("L30", "W5", "W11")
async def test_a_provider_that_cannot_be_reached_is_asked_again_after_a_retry(scene: Scene) -> None:
    number = await a_number(scene)
    scene.mailbox.answer = REJECTED
    result, handle = await changed(scene, number, Change.CHANGE_USER)
    assert result.esim_stopped, "the caller does not wait for the provider"
    await eventually(lambda: held_for(scene, handle.id), lambda found: found == [HoldReason.MAIL_REJECTED])
    assert (await handle.describe()).typed_search_attributes.get(HOLD_REASON) == HoldReason.MAIL_REJECTED
    checks = {check.name: check for check in await examine(OPERATOR, scene.settings)}
    assert "number changes: mail_rejected 1" in checks["held"].sentence
    assert checks["not_sent"].ids == (handle.id,)
    assert checks["number_changes"].ok, "its workflow runs"
    again = await scene.typed("order", "retry", handle.id.upper(), code=1)
    assert f"{handle.id} is held again" in again.err
    scene.mailbox.answer = "250 2.0.0 taken"
    async with RetryDesk.open(scene.settings) as retrying:
        assert [held.kind for held in await retrying.select(OPERATOR)] == ["number_change"]
    said = await scene.typed("order", "retry", "--reason", "mail_rejected", "--yes")
    assert "change of a number" in said.out
    await handle.result()
    await provider_notified(scene, handle.id)
    assert (scene.mailbox.recipients(), await held_for(scene, handle.id)) == ([PROVIDER], [])
    assert await scene.sql("SELECT 1 FROM not_sent") == []


@pytest.mark.covers("L30", "W5")
@pytest.mark.parametrize("language", Language)
async def test_without_an_order_contact_the_change_is_held_until_there_is_one(
    scene: Scene, language: Language
) -> None:
    number = await a_number(scene)
    await scene.sql("DELETE FROM contact_roles")
    _, handle = await changed(scene, number, Change.DELETE)
    await eventually(lambda: held_for(scene, handle.id), lambda found: found == ["no_order_contact"])
    assert "order" in hold_sentence("no_order_contact", language)
    await scene.typed("contact", "edit", PROVIDER, "--role", "order")
    await handle.signal("retry")
    await handle.result()
    await provider_notified(scene, handle.id)


@pytest.mark.covers("L39")
async def test_a_suspension_that_has_ended_before_it_was_sent_is_not_asked_for(scene: Scene) -> None:
    number = await a_number(scene)
    scene.mailbox.answer = REJECTED
    _, suspended = await changed(scene, number, Change.SUSPEND, "suspend")
    await eventually(lambda: held_for(scene, suspended.id), bool)
    scene.mailbox.answer = "250 2.0.0 taken"
    _, resumed = await changed(scene, number, Change.RESUME, "resume")
    await resumed.result()
    await suspended.result()
    assert ["resume" in mail.text for mail in scene.mailbox.mails] == [True]
    assert (await row(scene, suspended.id)).notified, "nothing is left to be done"


@pytest.mark.covers("L30", "W10")
async def test_a_change_whose_workflow_was_lost_is_started_again(scene: Scene) -> None:
    number = await a_number(scene)
    scene.mailbox.answer = REJECTED
    _, handle = await changed(scene, number, Change.DELETE)
    await eventually(lambda: held_for(scene, handle.id), bool)
    await handle.terminate()
    scene.mailbox.answer = "250 2.0.0 taken"
    async with RecoveryDesk.open(scene.settings) as recovery:
        lost = await eventually(lambda: recovery.find(OPERATOR), bool)
        assert [(one.id, one.kind) for one in lost] == [(handle.id, "number_change")]
        assert [one.outcome for one in await recovery.start(OPERATOR, lost)] == [Restarted.STARTED]
        await provider_notified(scene, handle.id)
        assert await recovery.find(OPERATOR) == []
    assert scene.mailbox.recipients() == [PROVIDER]
    assert await held_for(scene, handle.id) == []


@pytest.mark.covers("L30", "W5")
async def test_an_operator_can_give_up_the_email_to_the_provider(scene: Scene) -> None:
    number = await a_number(scene)
    scene.mailbox.answer = REJECTED
    _, handle = await changed(scene, number, Change.DELETE)
    await eventually(lambda: held_for(scene, handle.id), bool)
    await handle.cancel()
    await handle.result()
    assert (await row(scene, handle.id)).notified, "nothing is left to be done"
    given_up = await scene.sql("SELECT actor FROM events WHERE type = 'number_change.given_up'")
    assert [event.actor for event in given_up] == ["operator"]
    assert await held_for(scene, handle.id) == []


@pytest.mark.covers("L32", "L33")
@pytest.mark.parametrize("bought_again", [False, True])
async def test_the_end_of_a_licence_waits_for_its_day(scene: Scene, *, bought_again: bool) -> None:
    number = await a_number(scene)
    of = await due_in(scene, number, 3)
    async with RecoveryDesk.open(scene.settings) as recovery:
        await recovery.start(OPERATOR, await recovery.find(OPERATOR))
    handle = scene.temporal.client.get_workflow_handle(of)
    await eventually(lambda: handle.query("state"), lambda state: state == "due_later")
    if bought_again:
        await scene.sql("UPDATE licences SET usable_until = NULL")
    assert [state for state, _, _ in await sims(scene.database)] == ["active"]
    await scene.forward(of, 3 * DAY)
    await handle.result()
    stopped = not bought_again
    assert [state for state, _, _ in await sims(scene.database)] == ["discarded" if stopped else "active"]
    assert scene.mailbox.recipients() == ([PROVIDER] if stopped else [])
    actors = await scene.sql("SELECT actor FROM events WHERE type = 'number.esim_stopped'")
    assert [event.actor for event in actors] == (["system"] if stopped else [])


@pytest.mark.covers("L32")
async def test_a_change_that_is_due_later_survives_a_cancelled_workflow_and_a_clock_set_ahead(
    scene: Scene,
) -> None:
    number = await a_number(scene)
    of = await due_in(scene, number, 20)
    async with RecoveryDesk.open(scene.settings) as recovery:
        await recovery.start(OPERATOR, await recovery.find(OPERATOR))
    handle = scene.temporal.client.get_workflow_handle(of)
    await eventually(lambda: handle.query("state"), lambda state: state == "due_later")
    await handle.cancel()
    async with scene.database.transaction() as connection:
        await set_clock(connection, 20 * DAY)
    await handle.signal("look")
    await handle.result()
    assert scene.mailbox.recipients() == [PROVIDER]


@pytest.mark.timeout(180)
@pytest.mark.covers("L30", "W1")
async def test_a_worker_that_is_killed_while_it_notifies_the_provider(
    idle_scene: Scene, tmp_path: Path
) -> None:
    scene = idle_scene
    number = await a_number(scene)
    theo = await add_agent(scene.database, "Theo", "theo@acme.example")
    scene.mailbox.door = asyncio.Event()
    log = tmp_path / "worker.log"
    async with WorkerProcess(scene, log, noticed_worker.MODULE).running():
        result, handle = await changed(scene, number, Change.CHANGE_USER, agent_id=theo)
        assert result.esim_stopped
        await comes_true(lambda: scene.mailbox.begun == 1)
    scene.mailbox.door.set()
    assert not (await row(scene, handle.id)).notified
    async with WorkerProcess(scene, log, noticed_worker.MODULE).running():
        await provider_notified(scene, handle.id, within=90)
        await handle.result()
        again, _ = await changed(scene, number, Change.CHANGE_USER, agent_id=theo)
        assert again == result
    assert {mail.message_id for mail in scene.mailbox.mails} == {scene.mailbox.mails[0].message_id}
    assert len(await scene.sql("SELECT 1 FROM events WHERE type = 'number.user_changed'")) == 1


@pytest.mark.timeout(180)
@pytest.mark.covers("L15", "W1")
async def test_a_change_that_is_asked_for_while_no_worker_runs_is_made_by_the_next(
    idle_scene: Scene, tmp_path: Path
) -> None:
    scene = idle_scene
    number = await a_number(scene)
    calling = asyncio.create_task(changed(scene, number, Change.DELETE))
    of = await change_id(scene)

    async def runs() -> bool:
        async for _ in scene.temporal.client.list_workflows(f"WorkflowId = '{of}'"):
            return True
        return False

    await eventually(runs, bool)
    async with WorkerProcess(scene, tmp_path / "worker.log").running():
        result, handle = await calling
        assert result.esim_stopped
        await handle.result()
    assert scene.mailbox.recipients() == [PROVIDER]
