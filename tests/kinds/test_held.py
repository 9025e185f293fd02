"""An order that is held for two e-mails at once: each is seen, and each goes its own way (T25)."""

import asyncio

import pytest

from models.errors import Refusal
from models.identifiers import order_id as id_of
from models.orders.lifecycle import HoldReason
from starter.operations.retry import RetryDesk
from tests.builders import ANA, OPERATOR, iccid
from tests.kinds.gadget import KEEPER, OWNER, iccid_for
from tests.kinds.gadget_rows import keeper
from tests.kinds.ways import a_gadget, comes_to, current_details, due, held_for, order, placed
from tests.starter.shell import Shell
from tests.system.scene import Scene
from tests.temporal_server import eventually
from workflows.search_attributes import HOLD_REASON

HIS, HERS = f"send_email:{KEEPER}", f"send_email:{OWNER}"
REJECTED, CONFIGURATION = "550 5.1.1 No such user", "535 5.7.8 Who are you"
TAKEN = "250 2.0.0 taken"


async def processed(scene: Scene) -> str:
    order_id = await placed(scene, await a_gadget(scene))
    await comes_to(scene, order_id, "provider_processing")
    await scene.desk.processed(OPERATOR, order_id)
    return order_id


async def shown_reason(scene: Scene, order_id: str) -> str | None:
    described = await scene.temporal.client.get_workflow_handle(order_id).describe()
    return described.typed_search_attributes.get(HOLD_REASON)


@pytest.mark.covers("W5")
async def test_two_emails_are_held_for_different_reasons_and_each_is_sent_once(open_scene: Scene) -> None:
    scene = open_scene
    # what hers is held for comes later: the oldest hold is known
    scene.mailbox.answers = {keeper("Meter"): REJECTED, ANA: "451 4.3.0 Come back later"}
    order_id = await processed(scene)
    await held_for(scene, order_id, {HIS: HoldReason.MAIL_REJECTED})
    scene.mailbox.answers[ANA] = CONFIGURATION
    both = {HIS: HoldReason.MAIL_REJECTED, HERS: HoldReason.MAIL_CONFIGURATION}
    oldest, newest = await held_for(scene, order_id, {step: str(reason) for step, reason in both.items()})
    assert (oldest.step, newest.step) == (HIS, HERS)
    assert await shown_reason(scene, order_id) == HoldReason.MAIL_REJECTED
    details = await current_details(scene, order_id)
    for step, reason in both.items():
        assert f"**Held** in `{step}`" in details
        assert reason.sentence in details
    shell = Shell(scene.settings.data_dir, scene.settings.database_url)
    told = (await asyncio.to_thread(shell.run, "order", "show", order_id, columns=200)).out
    assert "mail_rejected since" in told
    assert "mail_configuration since" in told
    assert "An eSIM for a gadget" in told
    assert "Meter" in told

    # hers is taken now, his still is not
    scene.mailbox.answers[ANA] = TAKEN
    await scene.desk.retry(OPERATOR, order_id)
    await eventually(lambda: due(scene, order_id), [("send_email", KEEPER)].__eq__)
    again = await held_for(scene, order_id, {HIS: HoldReason.MAIL_REJECTED})
    assert await eventually(lambda: shown_reason(scene, order_id), bool) == HoldReason.MAIL_REJECTED
    assert scene.mailbox.recipients() == [ANA]
    assert again[0].since >= oldest.since

    scene.mailbox.answers.clear()
    await scene.desk.retry(OPERATOR, order_id)
    await scene.ended(order_id)
    assert sorted(scene.mailbox.recipients()) == [ANA, keeper("Meter")]
    seen = await order(scene, order_id)
    assert seen.holds == ()
    assert await due(scene, order_id) == []
    told_of = [(event.type, event.data["step"]) for event in seen.events if "step" in event.data]
    assert told_of.count(("order.held", HIS)) == told_of.count(("order.released", HIS)) == 2
    assert told_of.count(("order.held", HERS)) == told_of.count(("order.released", HERS)) == 1


@pytest.mark.covers("W5")
async def test_what_is_held_is_selected_by_each_of_its_reasons(open_scene: Scene) -> None:
    scene = open_scene
    scene.mailbox.answers = {keeper("Meter"): REJECTED, ANA: CONFIGURATION}
    order_id = await processed(scene)
    await held_for(scene, order_id, {HIS: "mail_rejected", HERS: "mail_configuration"})
    async with RetryDesk.open(scene.settings) as desk:
        for reason in ("mail_rejected", "mail_configuration"):
            (held,) = await desk.select(OPERATOR, reason=reason)
            assert (held.id, held.reason) == (order_id, reason)
        scene.mailbox.answers.clear()
        (done,) = await desk.many(OPERATOR, [held])
    assert (done.id, done.outcome.value) == (order_id, "continues")
    await scene.ended(order_id)
    assert sorted(scene.mailbox.recipients()) == [ANA, keeper("Meter")]


async def test_an_email_that_is_given_up_is_not_owed_any_more(open_scene: Scene) -> None:
    scene = open_scene
    scene.mailbox.answers = {keeper("Meter"): REJECTED}
    order_id = await processed(scene)
    await held_for(scene, order_id, {HIS: "mail_rejected"})
    handle = scene.temporal.client.get_workflow_handle(order_id)
    await scene.temporal.forward(handle, scene.settings.notification_given_up_after)
    await scene.ended(order_id)
    assert await due(scene, order_id) == []
    assert "mail.given_up" in await scene.events(order_id)
    assert scene.mailbox.recipients() == [ANA]


@pytest.mark.covers("W3", "W5")
async def test_operators_read_why_the_answer_of_a_provider_was_refused(open_scene: Scene) -> None:
    scene = open_scene
    key = f"taken of {scene.settings.task_queue}"
    taken = iccid_for(id_of((await scene.ana()).account, key))
    await scene.sql("UPDATE sims SET iccid = :iccid RETURNING id", iccid=taken)
    order_id = await placed(scene, await a_gadget(scene), "taken")
    await held_for(scene, order_id, {"provider_answer": HoldReason.ANSWER_REFUSED})
    why = Refusal.of("iccid_in_use", iccid=taken)
    (event,) = [event for event in (await order(scene, order_id)).events if event.type == "order.held"]
    assert event.data["refusals"] == [why.model_dump(mode="json")]
    assert why.sentence in await current_details(scene, order_id)
    shell = Shell(scene.settings.data_dir, scene.settings.database_url)
    shown = (await asyncio.to_thread(shell.run, "order", "show", order_id, columns=200)).out
    assert shown.count(taken) == 1

    await scene.desk.acknowledge(OPERATOR, order_id, iccid=iccid(4711))
    await scene.desk.processed(OPERATOR, order_id)
    await scene.ended(order_id)
    assert (await order(scene, order_id)).iccid == iccid(4711)
