"""Many that are held go on by one workflow, `RetryHeld`, that an operator starts in the Temporal Web UI."""

import asyncio
import json
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

import activities.retry_held
from activities.retry_held import HeldRetries
from models.orders.lifecycle import HoldReason
from sandbox.temporal_server import find_temporal
from starter.operations.retry import RetryDesk
from tests.builders import OPERATOR, line
from tests.system.qr_scene import QUENTIN, QrScene
from tests.system.scene import Scene
from tests.system.test_retry_many import ORDERS, REFUSES, TAKES, all_held, many_held
from tests.temporal_server import eventually, readable
from workflows.operations.messages import ChooseHeld, RetryBatch

Handle = WorkflowHandle[Any, Any]


async def start(scene: Scene, *message: Any, name: str = "retry") -> Handle:
    """As the Web UI's button does: type, task queue, an id of one's own, and JSON."""
    handle: Handle = await scene.temporal.client.start_workflow(
        "RetryHeld",
        args=message,
        id=f"{name}-{scene.settings.task_queue}",
        task_queue=scene.settings.task_queue,
    )
    return handle


async def details(handle: Handle) -> str:
    metadata: WorkflowMetadata = await handle.query(
        "__temporal_workflow_metadata", result_type=WorkflowMetadata
    )
    return metadata.current_details


async def why(handle: Handle) -> str:
    """Why it failed; that it did, and that no task of it had to be tried again."""
    with pytest.raises(WorkflowFailureError) as failed:
        await handle.result()
    assert isinstance(failed.value.cause, ApplicationError)
    events = [event.event_type async for event in handle.fetch_history_events()]
    assert EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED not in events
    return failed.value.cause.message


@pytest.mark.covers("W5", "W9")
async def test_all_that_are_held_for_a_reason_go_on_batch_after_batch(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activities.retry_held, "BATCH", 3)
    ids = await many_held(scene)
    again = await (await start(scene, {"reason": "mail_rejected"})).result()
    assert again == {
        "retried": ORDERS,
        "outcomes": [{"outcome": "held_again", "reason": "mail_rejected", "count": ORDERS}],
    }
    await all_held(scene, ORDERS)

    scene.mailbox.answer, scene.mailbox.door = TAKES, asyncio.Event()
    handle = await start(scene, {"reason": "mail_rejected", "why": "The mail server is back."}, name="next")
    begun = await eventually(lambda: details(handle), lambda text: f"About {ORDERS} are left." in text)
    assert begun.startswith("**Retries what is held**\n\nAll that is held for `mail_rejected`.")
    assert "Why: The mail server is back." in begun
    scene.mailbox.door.set()
    assert (await handle.result())["outcomes"] == [
        {"outcome": "continues", "reason": "mail_rejected", "count": ORDERS}
    ]
    ended = await details(handle)
    assert ended.startswith("**Done**")
    assert f"| {ORDERS} | continues | `mail_rejected` |" in ended
    await scene.mailbox.got(*["orders@telvia.example"] * ORDERS)
    history = readable((await handle.fetch_history()).to_json())
    assert "telvia.example" not in history
    (released,) = {
        event.actor
        for event in (await scene.desk.order(OPERATOR, ids[0])).events
        if event.type == "order.released"
    }
    assert released == "operator"


@pytest.mark.covers("W9")
async def test_a_query_selects_and_what_it_does_not_select_stays_held(scene: Scene) -> None:
    qr = await QrScene.set_up(scene, line(1, sim_type="esim"), line(2))
    scene.mailbox.answer = REFUSES
    request, order = await qr.request(), await scene.placed(2)
    await qr.held_for(request, "mail_rejected")
    await all_held(scene, 2)
    scene.mailbox.answer = TAKES
    done = await (await start(scene, {"query": "OrderKind = 'generate_qr_code'"})).result()
    assert done["retried"] == 1
    await scene.mailbox.got(QUENTIN)
    assert (await scene.desk.order(OPERATOR, order)).held_reason == HoldReason.MAIL_REJECTED
    rest = await (await start(scene, {"all": True}, name="rest")).result()
    assert rest["outcomes"] == [{"outcome": "continues", "reason": "mail_rejected", "count": 1}]
    nothing = await (await start(scene, {"all": True}, name="nothing")).result()
    assert nothing == {"retried": 0, "outcomes": []}


@pytest.mark.covers("W9")
async def test_it_is_started_from_a_shell_too(scene: Scene) -> None:
    await many_held(scene, 2)
    scene.mailbox.answer = TAKES
    command = [
        *(str(find_temporal()), "workflow", "execute", "--address", scene.temporal.address),
        *("--type", "RetryHeld", "--task-queue", scene.settings.task_queue, "-w", "retry-1", "-o", "json"),
        *("--input", '{"reason": "mail_rejected"}'),
    ]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert json.loads(said)["result"]["retried"] == 2


_INVALID = 'RetryHeld takes {"reason": "mail_unavailable"}'
_NO_JSON = RawValue(Payload(metadata={"encoding": b"json/plain"}, data=b"{reason: mail}"))


@pytest.mark.covers("W9")
@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ((), _INVALID),
        ((None,), _INVALID),
        (({},), _INVALID),
        (([],), _INVALID),
        (("mail_rejected",), _INVALID),
        (({"reason": ""},), _INVALID),
        (({"reasons": "mail_rejected", "all": True},), _INVALID),
        (({"all": "perhaps"},), _INVALID),
        (({"all": "yes"},), _INVALID),
        (({"reason": "mail_rejected", "all": True},), _INVALID),
        (({"query": 7},), _INVALID),
        (({"query": "Provider='\0'"},), _INVALID),
        (({"query": "Provider='Orange'\n"},), _INVALID),
        (({"query": "x" * 2001},), _INVALID),
        (({"why": "\u009d", "all": True},), _INVALID),
        (({"all": True}, {"all": True}), _INVALID),
        (({"reason": "bad weather"},), "There is no such reason; there are mail_unavailable"),
        (({"query": "this is no query"},), "Temporal does not understand this query"),
        (({"why": "Nothing is chosen."},), _INVALID),
        ((_NO_JSON,), _INVALID),
    ],
)
async def test_bad_input_ends_it_with_one_sentence(
    scene: Scene, message: tuple[Any, ...], sentence: str
) -> None:
    said = await why(await start(scene, *message))
    assert said.startswith(sentence)
    assert len(said.splitlines()) == 1


@pytest.mark.covers("W9")
async def test_it_cannot_take_the_id_of_an_order(scene: Scene) -> None:
    handle = await start(scene, {"all": True}, name="order")
    assert "name this one otherwise" in await why(handle)


@pytest.mark.covers("W1", "W9")
async def test_a_batch_that_is_repeated_sends_nothing_twice(scene: Scene) -> None:
    await many_held(scene, 3)
    scene.mailbox.answer = TAKES
    async with RetryDesk.open(scene.settings) as desk:
        steps = HeldRetries(desk, OPERATOR)
        batch = RetryBatch(held=(await steps.choose_held(ChooseHeld())).held)
        for _ in range(2):
            done = await steps.retry_batch(batch)
            assert [(it.outcome, it.count) for it in done.outcomes] == [("continues", 3)]
    await scene.mailbox.got(*["orders@telvia.example"] * 3)


@pytest.mark.covers("W9")
async def test_cancelled_it_ends_and_may_be_started_again(scene: Scene) -> None:
    await many_held(scene, 2)
    scene.mailbox.answer, scene.mailbox.door = TAKES, asyncio.Event()
    handle = await start(scene, {"all": True})
    await eventually(lambda: details(handle), lambda text: "are left" in text)
    await handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert "it may be started again" in await details(handle)
    scene.mailbox.door.set()
    await scene.mailbox.got(*["orders@telvia.example"] * 2)
