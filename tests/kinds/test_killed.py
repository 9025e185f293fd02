"""Workers are killed, and Temporal's data is lost: nothing of either kind is lost, nothing happens twice."""

import asyncio
import json
import random
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from activities.follow_ups import FOLLOW_UPS
from models.errors import Refused, Unavailable
from models.operations.retries import Outcome
from models.orders.lifecycle import OrderStatus
from models.orders.ordered import Ordered
from starter.operations.retry import RetryDesk
from starter.operations.work_checks import pending
from store.orders.follow_ups import Due
from store.session import Database
from tests.builders import ANA, OPERATOR
from tests.kinds.gadget import START_LIFE, Gadget, life_of
from tests.kinds.gadget_rows import add_gadgets, keeper
from tests.kinds.instant import Instant
from tests.kinds.ways import a_gadget, comes_to, due, lives, order, placed
from tests.starter.shell import Shell
from tests.system.scene import Scene, refused
from tests.system.whole_orders import happenings
from tests.system.worker_process import WorkerProcess
from tests.temporal_server import a_server, eventually

HAPPENINGS_EACH = 8 + 4
"""As many events as there are of one order of either kind when all is done."""
NIGHT = (pytest.mark.night, pytest.mark.timeout(1800))
WORKER = "tests.kinds.worker"


async def whole_way(scene: Scene, what: Ordered, key: str) -> str:
    """What the callers of one order do, each call again until it is answered."""
    impatient = Scene(scene.temporal, scene.database, scene.settings, scene.mailbox)
    impatient.desk = scene.impatient()

    async def answered() -> str | None:
        try:
            order_id = await placed(impatient, what, key)
            if isinstance(what, Gadget):
                await impatient.desk.processed(OPERATOR, order_id)
        except Unavailable:
            return None
        except Refused as early:
            if [reason.code for reason in early.refusals] != ["not_acknowledged"]:
                raise
            return None
        seen = await order(scene, order_id)
        if seen.held_reason:  # a person who sees to everything that is held
            await scene.desk.retry(OPERATOR, order_id)
        return order_id if seen.status is OrderStatus.PROCESSED else None

    return str(await eventually(answered, bool, within=150))


async def sees_to(scene: Scene, order_id: str) -> None:
    """A person retries what is held, until the order has ended and owes nothing."""

    async def left() -> tuple[list[tuple[str, str]], list[str]]:
        seen = await order(scene, order_id)
        if seen.holds:
            await scene.desk.retry(OPERATOR, order_id)
        return await due(scene, order_id), [event.type for event in seen.events]

    await eventually(left, lambda found: not found[0], within=90)
    await scene.ended(order_id)


@pytest.mark.timeout(240)
@pytest.mark.covers("W1")
@pytest.mark.parametrize(("each", "kills"), [(2, 2), pytest.param(20, 10, marks=NIGHT)])
async def test_workers_killed_between_any_two_steps_of_either_kind(
    quiet: Scene, tmp_path: Path, each: int, kills: int
) -> None:
    scene = quiet
    names = [f"Meter {number}" for number in range(each)]
    gadgets = [Gadget(gadget_id=number) for number in await add_gadgets(scene.database, *names)]
    process = WorkerProcess(scene, tmp_path / "worker.log", WORKER)
    dice = random.Random(20261126)
    wanted: list[Ordered] = [*gadgets, *(Instant() for _ in names)]
    callers = asyncio.gather(*(whole_way(scene, what, f"cart {n}") for n, what in enumerate(wanted)))
    for _ in range(kills):
        async with process.running():
            until = min(await happenings(scene) + dice.randint(2, 9), each * HAPPENINGS_EACH)
            await eventually(partial(happenings, scene), until.__le__, within=60)
    async with scene.worker():
        ids = await asyncio.wait_for(callers, 120)
        for order_id in ids:
            await sees_to(scene, order_id)

    for what, order_id in zip(wanted, ids, strict=True):
        events = Counter(await scene.events(order_id))
        for uncertain in ("mail.uncertain", "order.held", "order.released"):
            events.pop(uncertain, None)
        if isinstance(what, Gadget):
            once = ("order.submitted", "order.provider_processing", "esim.temporary_created")
            ended = ("order.processed", "esim.activated", "mail.sent", "mail.sent")
            assert events == Counter((*once, *ended))
            assert await eventually(partial(lives, scene, life_of(order_id)), bool) == 1
        else:
            assert events == Counter(
                ("order.submitted", "order.provider_processing", "order.processed", "mail.sent")
            )
    copies = Counter((mail.to[0], mail.message_id) for mail in scene.mailbox.mails)
    assert Counter(to for to, _ in copies) == {ANA: 2 * each} | {keeper(name): 1 for name in names}
    known = dict(await scene.sql("SELECT message_id, uncertain FROM mails"))
    assert not {mail: n for (_, mail), n in copies.items() if n > 1 + known[mail]}


@pytest.mark.covers("W1")
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_follow_up_is_done_by_the_worker_after_the_one_that_was_killed(
    quiet: Scene, tmp_path: Path, moment: str
) -> None:
    scene = quiet
    what = await a_gadget(scene)
    log = tmp_path / "worker.log"
    dying = await WorkerProcess(scene, log, WORKER, DIES=moment).start()
    order_id = await placed(scene, what)
    await comes_to(scene, order_id, "provider_processing")
    calling = asyncio.create_task(scene.desk.processed(OPERATOR, order_id))
    assert await asyncio.wait_for(dying.wait(), 60) == -9, log.read_text()
    assert (await order(scene, order_id)).status is OrderStatus.PROCESSED
    assert (START_LIFE, life_of(order_id)) in await due(scene, order_id)
    async with scene.worker():
        assert (await calling).status is OrderStatus.PROCESSED
        await sees_to(scene, order_id)
        life = scene.temporal.client.get_workflow_handle(life_of(order_id))
        assert await life.result() == order_id
        assert await eventually(partial(lives, scene, life_of(order_id)), bool) == 1


async def cannot(_: Client, due: Due, __: Database) -> None:
    raise Unavailable("temporal", f"The workflow of {due.order_id} cannot be started.")


@pytest.mark.timeout(180)
@pytest.mark.covers("W1", "W5")
async def test_an_ended_order_whose_workflow_was_lost_still_pays_what_it_owes(
    quiet: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = quiet
    before.mailbox.answers = {keeper("Meter"): "451 4.3.0 Come back later"}
    with monkeypatch.context() as patch:
        patch.setitem(FOLLOW_UPS, START_LIFE, cannot)
        async with before.worker():
            order_id = await placed(before, await a_gadget(before))
            await comes_to(before, order_id, "provider_processing")
            await before.desk.processed(OPERATOR, order_id)
            await before.mailbox.got(ANA)
            await eventually(lambda: due(before, order_id), lambda left: len(left) == 2)

    before.mailbox.answers.clear()
    async with a_server() as empty:  # a Temporal that knows nothing of all this
        settings = before.settings.model_copy(update={"temporal_address": empty.address})
        scene = Scene(empty, before.database, settings, before.mailbox)
        assert [kind for kind, _ in await due(scene, order_id)] == [START_LIFE, "send_email"]
        assert (await pending(scene.database)).ok, "it may be about to be done"
        await scene.sql("UPDATE follow_ups SET due_since = due_since - interval '16 minutes'")
        assert not (found := await pending(scene.database)).ok
        assert found.sentence.endswith(f": {order_id}. Run: esim-orders order retry ORDER")
        told = await asyncio.to_thread(_doctor, scene)
        assert [check["sentence"] for check in told["checks"] if check["name"] == "pending"] == [
            found.sentence
        ]
        async with scene.worker():
            async with RetryDesk.open(settings) as desk:
                assert (await desk.one(OPERATOR, order_id)).outcome is Outcome.STARTED_AGAIN
            await scene.ended(order_id)
            assert await empty.client.get_workflow_handle(life_of(order_id)).result() == order_id
            assert await due(scene, order_id) == []
            assert (await pending(scene.database)).ok
            await scene.mailbox.got(ANA, keeper("Meter"))
            assert await refused(scene.desk.retry(OPERATOR, order_id)) == ["order_over"]
            assert (await scene.events(order_id)).count("order.processed") == 1


def _doctor(scene: Scene) -> dict[str, Any]:
    where = {
        "ESIM_TEMPORAL_ADDRESS": scene.settings.temporal_address,
        "ESIM_TASK_QUEUE": scene.settings.task_queue,
        "ESIM_SMTP_URL": scene.settings.smtp_url,
    }
    shell = Shell(scene.settings.data_dir, scene.settings.database_url, where)
    found: dict[str, Any] = json.loads(shell.run("doctor", "--json", code=1).out)
    return found


async def test_a_cancel_whose_workflow_was_lost_is_told_to_the_provider_all_the_same(quiet: Scene) -> None:
    """A swap's provider, whom only the withdrawal tells: it is owed until it is sent."""
    scene = quiet
    async with scene.worker():
        order_id = await scene.placed()
        await scene.mailbox.got("orders@telvia.example")
        scene.mailbox.answer = "451 4.3.0 Come back later"
        begun = scene.mailbox.begun
        await scene.desk.cancel(OPERATOR, order_id, reason="Sold.")
        await eventually(partial(_begun, scene), (begun + 2).__le__)
        await scene.temporal.client.get_workflow_handle(order_id).terminate()
    scene.mailbox.answer = "250 2.0.0 taken"
    assert await due(scene, order_id) == [("withdraw_from_provider", ""), ("send_email", "people")]
    async with scene.worker():
        await scene.desk.retry(OPERATOR, order_id)
        await scene.ended(order_id)
    await scene.mailbox.got("orders@telvia.example", "orders@telvia.example", ANA)
    assert await due(scene, order_id) == []


async def _begun(scene: Scene) -> int:
    return scene.mailbox.begun
