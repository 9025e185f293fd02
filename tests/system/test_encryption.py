"""With keys nothing that travels through Temporal can be read there; keys come, change and go under way."""

import json
from importlib.metadata import version

import pytest
from temporalio.client import WorkflowHistory
from temporalio.common import RawValue
from temporalio.worker import Replayer

from models.errors import Unavailable
from store.key_ring import KeyRing
from temporal.payloads import PayloadKeys, data_converter
from temporal.workflow_sandbox import workflow_runner
from tests.builders import OPERATOR, iccid
from tests.system.encrypted import EncryptedScene, encrypted_scene, history, spelled
from tests.system.scene import Scene
from tests.temporal_server import eventually
from workflows.orders.order import EsimOrder

__all__ = ["encrypted_scene"]

FIRST, SECOND = KeyRing.new_key(), KeyRing.new_key()
ICCID = iccid(701)
READABLE = {
    "a reference": ICCID,
    "a summary": "Switch line",
    "a message of a failure": "The mail server refused the content",
    "a stack trace": "activities/failures.py",
    "an update's answer": '"status":"provider_processing"',
}


def name(key: str) -> str:
    return key.partition(":")[0]


async def everything_that_happens(scene: Scene) -> list[str]:
    """One order that is processed, and one whose mail is refused."""
    async with scene.worker():
        processed = await scene.acknowledged(1)
        await scene.desk.processed(OPERATOR, processed, iccid=ICCID)
        await scene.ended(processed)
        scene.mailbox.answer = "550 5.1.1 no such user"
        held = await scene.placed(2)
        await eventually(lambda: scene.desk.order(OPERATOR, held), lambda order: order.held_reason)
        scene.mailbox.answer = "250 2.0.0 taken"
    return [processed, held]


@pytest.mark.covers("W6")
async def test_nothing_readable_is_kept(encrypted_scene: EncryptedScene) -> None:
    scene = await encrypted_scene.with_keys(FIRST)
    for order_id in await everything_that_happens(scene):
        assert spelled(await history(scene, order_id)) == {name(FIRST)}
    kept = encrypted_scene.kept()
    assert name(FIRST).encode() in kept
    assert [what for what, text in READABLE.items() if text.encode() in kept] == []


async def test_without_keys_it_could_be_read(encrypted_scene: EncryptedScene) -> None:
    scene = await encrypted_scene.with_keys("")
    for order_id in await everything_that_happens(scene):
        assert spelled(await history(scene, order_id)) == {"plain"}
    kept = encrypted_scene.kept()
    assert [what for what, text in READABLE.items() if text.encode() not in kept] == []


@pytest.mark.covers("W7")
async def test_keys_come_change_and_go_under_an_open_order(encrypted_scene: EncryptedScene) -> None:
    """Each step is a restart of all processes, and nobody notices."""
    scene = await encrypted_scene.with_keys("")
    async with scene.worker():
        order_id = await scene.acknowledged(1)
    for keys in (f"plain,{FIRST}", FIRST, f"{SECOND},{FIRST}", f"plain,{SECOND},{FIRST}"):
        scene = await encrypted_scene.with_keys(keys)
        async with scene.worker():
            await scene.desk.enter_iccid(OPERATOR, order_id, iccid(800 + len(keys) % 100))
            last = scene
    async with last.worker():
        await last.desk.processed(OPERATOR, order_id, iccid=ICCID)
        await last.ended(order_id)
    recorded = await history(last, order_id)
    assert spelled(recorded) == {"plain", name(FIRST), name(SECOND)}
    assert f'"buildId": "{version("esim-orders")}"' in recorded, "the release that took its steps"
    await replays(recorded, order_id, f"{SECOND},{FIRST}")
    with pytest.raises(RuntimeError, match=f"encrypted with the key {name(FIRST)}"):
        await replays(recorded, order_id, SECOND)


async def replays(recorded: str, order_id: str, keys: str) -> None:
    replayer = Replayer(
        workflows=[EsimOrder],
        workflow_runner=workflow_runner(),
        build_id="tests",
        data_converter=data_converter(PayloadKeys(keys)),
    )
    await replayer.replay_workflow(WorkflowHistory.from_json(order_id, recorded))


async def test_an_order_whose_key_is_missing_stalls_in_sight_and_goes_on_with_the_key(
    encrypted_scene: EncryptedScene,
) -> None:
    before = await encrypted_scene.with_keys(FIRST)
    async with before.worker():
        order_id = await before.acknowledged(1)
    after = await encrypted_scene.with_keys(SECOND)
    async with after.worker():
        with pytest.raises(Unavailable):
            await after.impatient().processed(OPERATOR, order_id, iccid=ICCID)
        await after.temporal.client.get_workflow_handle(order_id).signal("retry")
        assert f"encrypted with the key {name(FIRST)}" in await reported(after, order_id)
        other = await after.acknowledged(2)
        await after.desk.processed(OPERATOR, other, iccid=iccid(702))
        await after.ended(other)
    async with (repaired := await encrypted_scene.with_keys(f"{SECOND},{FIRST}")).worker():
        await repaired.desk.processed(OPERATOR, order_id, iccid=ICCID)
        await repaired.ended(order_id)
    assert spelled(await history(repaired, order_id)) == {name(FIRST), name(SECOND)}


async def test_an_order_that_was_tampered_with_stalls_in_sight(encrypted_scene: EncryptedScene) -> None:
    scene = await encrypted_scene.with_keys(FIRST)
    keys = PayloadKeys(FIRST)
    [payload] = await data_converter(PayloadKeys("")).encode([{"order_id": "order-x"}])
    encrypted = keys.encrypt(payload)
    encrypted.data = encrypted.data[:-1] + bytes([encrypted.data[-1] ^ 1])
    outsider = await encrypted_scene.with_keys("")
    async with scene.worker():
        await outsider.temporal.client.start_workflow(
            "EsimOrder", RawValue(encrypted), id="order-tampered", task_queue=scene.settings.task_queue
        )
        assert "cannot be decrypted with the key" in await reported(scene, "order-tampered")
        await scene.acknowledged(1)


async def reported(scene: Scene, order_id: str) -> str:
    """Wait until the server lists the workflow as one with problems; what its history says of them."""
    query = f"TemporalReportedProblems IS NOT NULL AND WorkflowId = '{order_id}'"

    async def count() -> int:
        return (await scene.temporal.client.count_workflows(query)).count

    await eventually(count, bool)
    events = json.loads(await history(scene, order_id))["events"]
    (first, *_) = [event for event in events if event["eventType"] == "EVENT_TYPE_WORKFLOW_TASK_FAILED"]
    return str(first["workflowTaskFailedEventAttributes"]["failure"]["message"])
