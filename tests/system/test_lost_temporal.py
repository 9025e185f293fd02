"""Temporal's data is lost: a new server knows nothing, and one command starts all that is not finished."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Collection
from typing import Any

import pytest
from temporalio import workflow

import store.operations.not_sent
import store.operations.unfinished
from models.codes.requests import RequestStatus
from models.errors import Unavailable
from models.identifiers import WORK
from models.orders.lifecycle import OrderStatus
from starter.cli.operations import retry_many
from starter.operations import work_checks
from starter.operations.doctor import examine
from starter.operations.recovery import RecoveryDesk
from starter.operations.restart_kinds import RESTARTS
from starter.operations.restarts import Restarted
from store.operations import metrics
from store.operations.hold_subjects import KINDS
from store.operations.unfinished import Waiting, waiting
from telemetry import logs
from temporal.travel.schedule import SCHEDULE
from tests.builders import ANA, OPERATOR, iccid, line, place, world
from tests.system.qr_scene import QrScene, a_code
from tests.system.scene import Scene
from tests.temporal_server import Temporal, a_server, eventually
from worker import WORKFLOWS

BOSS = "boss@acme.example"
REFUSES = "550 5.1.1 No such user"
MANY = 40
TAKES = "250 2.0.0 taken"


@pytest.fixture(scope="module")
async def empty() -> AsyncIterator[Temporal]:
    """A Temporal service after the loss: it runs, and knows no workflow."""
    async with a_server() as server:
        yield server


def after_the_loss(scene: Scene, empty: Temporal) -> Scene:
    settings = scene.settings.model_copy(update={"temporal_address": empty.address})
    return Scene(empty, scene.database, settings, scene.mailbox)


async def started(scene: Scene, *, code: int = 0) -> dict[str, Any]:
    said = await scene.typed("order", "retry", "--without-workflow", "--yes", "--json", code=code)
    answer: dict[str, Any] = json.loads(said.out)
    return answer


async def named_by_doctor(scene: Scene) -> dict[str, set[str]]:
    found = await examine(OPERATOR, scene.settings)
    wanted = ("orders", "qr_requests", "qr_notifications")
    return {check.name: set(check.ids) for check in found if check.name in wanted}


async def one_of_everything(scene: Scene) -> tuple[QrScene, dict[str, str]]:
    """The ids of what is not finished in every way that there is; what is finished has none."""
    qr = await QrScene.set_up(
        scene,
        *(line(number) for number in (1, 2, 3, 4)),
        *(line(number, sim_type="esim") for number in (5, 6, 7)),
    )
    esims = [await qr.sim_of(number) for number in (5, 6, 7)]
    ids = {"open": await scene.acknowledged(1)}
    finished = await scene.acknowledged(2)
    await scene.desk.processed(OPERATOR, finished, iccid=iccid(902))
    await scene.ended(finished)
    ids["request"] = await qr.request(sim=esims[0])
    ids["imported"] = await qr.request(sim=esims[1])
    await qr.desk.import_code(await scene.ana(), esims[1], str(a_code(1)))
    await qr.becomes(ids["imported"], RequestStatus.IMPORTED)
    scene.mailbox.answers = {BOSS: REFUSES, ANA: REFUSES}
    ids["owing"] = await scene.acknowledged(3)
    await scene.desk.processed(OPERATOR, ids["owing"], iccid=iccid(903))
    await qr.desk.import_code(await scene.ana(), esims[2], str(a_code(2)))
    ids["notification"] = (await qr.desk.notify(OPERATOR, esims[2], to=BOSS)).id
    await holds_are(scene, ids["owing"], ids["notification"])
    scene.mailbox.answer = REFUSES
    ids["held"] = await scene.placed(4)
    await holds_are(scene, ids["owing"], ids["notification"], ids["held"])
    return qr, ids


async def sweeps(scene: Scene) -> bool:
    """Whether Temporal has the Schedule of the sweep."""
    return SCHEDULE in {one.id async for one in await scene.temporal.client.list_schedules()}


async def holds_are(scene: Scene, *ids: str) -> None:
    async def held() -> set[str]:
        return {row[0] for row in await scene.sql("SELECT workflow_id FROM holds")}

    await eventually(held, lambda found: found == set(ids))


@pytest.mark.covers("W5", "W10")
async def test_all_that_is_not_finished_is_named_started_once_and_goes_on(
    idle_scene: Scene, empty: Temporal
) -> None:
    async with idle_scene.worker():
        qr, ids = await one_of_everything(idle_scene)
        assert await named_by_doctor(idle_scene) == {
            "orders": set(),
            "qr_requests": set(),
            "qr_notifications": set(),
        }
        mails = len(idle_scene.mailbox.mails)
    scene = after_the_loss(idle_scene, empty)
    assert await named_by_doctor(scene) == {
        "orders": {ids["open"], ids["owing"], ids["held"]},
        "qr_requests": {ids["request"], ids["imported"]},
        "qr_notifications": {ids["notification"]},
    }

    assert not await sweeps(scene)
    done = await started(scene)
    assert await sweeps(scene), "the Schedule of the sweep is made again"
    assert {one["id"] for one in done["each"]} == set(ids.values())
    assert (done["found"], done["started"]) == (len(ids), len(ids))
    await holds_are(scene)
    assert await named_by_doctor(scene) == {"orders": set(), "qr_requests": set(), "qr_notifications": set()}

    scene.mailbox.answer, scene.mailbox.answers = TAKES, {}
    async with scene.worker():
        processed = await scene.desk.processed(OPERATOR, ids["open"], iccid=iccid(901))
        assert processed.status is OrderStatus.PROCESSED
        for over in (ids["open"], ids["owing"], ids["notification"]):
            await scene.ended(over)
        await eventually(lambda: scene.events(ids["held"]), lambda events: "mail.sent" in events)
        await scene.forward(ids["imported"], scene.settings.qr_requester_notified_after)
        await scene.ended(ids["imported"])
    sent = scene.mailbox.mails[mails:]
    assert len({mail.message_id for mail in sent}) == len(sent), "no mail is sent twice"
    assert [mail.to for mail in sent].count([BOSS]) == 1
    assert await qr.download_link() is not None, "the requester is notified of the imported code"


@pytest.mark.covers("W10")
async def test_what_runs_is_left_alone_with_all_that_it_is_held_for(scene: Scene) -> None:
    await world(scene.database, line(1), line(2))
    scene.mailbox.answer = REFUSES
    held = await scene.placed(1)
    await holds_are(scene, held)
    chosen = await waiting_of(scene, held)
    async with RecoveryDesk.open(scene.settings) as recovery:
        # Temporal's list, which lags behind, may lack it
        (found,) = await recovery.start(OPERATOR, chosen)
        assert found.outcome is Restarted.RUNS
        await holds_are(scene, held)
        scene.mailbox.answer = TAKES
        order = await scene.acknowledged(2)
        (found,) = await recovery.start(OPERATOR, await waiting_of(scene, order))
        assert found.outcome is Restarted.RUNS


async def waiting_of(scene: Scene, *ids: str) -> list[Waiting]:
    async with scene.database.reading() as connection:
        return [one for one in await waiting(connection, OPERATOR.scope) if one.id in ids]


@pytest.mark.covers("W10")
async def test_two_who_start_all_at_once_start_each_once(idle_scene: Scene, empty: Temporal) -> None:
    numbers = range(1, 13)
    async with idle_scene.worker():
        await world(idle_scene.database, *(line(number) for number in numbers))
        idle_scene.mailbox.answer = REFUSES
        ids = await asyncio.gather(*(idle_scene.placed(number) for number in numbers))
        await holds_are(idle_scene, *ids)
    scene = after_the_loss(idle_scene, empty)
    async with RecoveryDesk.open(scene.settings) as one, RecoveryDesk.open(scene.settings) as other:
        chosen = await one.find(OPERATOR)
        assert {it.id for it in chosen} == set(ids)
        both = await asyncio.gather(one.start(OPERATOR, chosen), other.start(OPERATOR, chosen))
    outcomes = [restart.outcome for done in both for restart in done]
    assert outcomes.count(Restarted.STARTED) == len(ids)
    assert outcomes.count(Restarted.RUNS) == len(ids)


@pytest.mark.covers("W1", "W10")
async def test_one_that_is_killed_is_finished_by_its_repeat(idle_scene: Scene, empty: Temporal) -> None:
    numbers = range(1, MANY + 1)
    await world(idle_scene.database, *(line(number) for number in numbers))
    ids = {(await place(idle_scene.database, number)).order_id for number in numbers}
    await idle_scene.sql(
        "INSERT INTO holds (workflow_id, step, account_id, reason) "
        "SELECT id, 'submit_to_provider', account_id, 'mail_rejected' FROM orders"
    )
    scene = after_the_loss(idle_scene, empty)
    ours = f"TaskQueue = '{scene.settings.task_queue}' AND ExecutionStatus = 'Running'"

    async def running() -> set[str]:
        return {row.id async for row in scene.temporal.client.list_workflows(ours)}

    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "starter.cli", "order", "retry", "--without-workflow", "--yes"),
        env=scene.shell()._own(80),
    )
    await eventually(running, bool)
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
    done = await started(scene)
    assert done["failed"] == 0
    assert await running() <= ids
    await eventually(running, lambda found: found == ids)
    await holds_are(scene)


@pytest.mark.covers("W10")
async def test_one_that_could_not_be_started_is_told_and_started_by_the_repeat(
    idle_scene: Scene, empty: Temporal
) -> None:
    await world(idle_scene.database, line(1), line(2))
    ids = {(await place(idle_scene.database, number)).order_id for number in (1, 2)}
    scene = after_the_loss(idle_scene, empty)
    settings = scene.settings
    scene.settings = settings.model_copy(update={"task_queue": "x" * 1001})  # Temporal starts nothing there
    failed = await started(scene, code=3)
    assert (failed["failed"], failed["started"]) == (2, 0)
    scene.settings = settings
    done = await started(scene)
    assert {one["id"] for one in done["each"] if one["outcome"] == "started"} == ids
    assert await named_by_doctor(scene) == {"orders": set(), "qr_requests": set(), "qr_notifications": set()}


@pytest.mark.covers("W10")
async def test_a_person_is_asked_sees_the_progress_and_reads_a_summary(
    idle_scene: Scene, empty: Temporal
) -> None:
    async with idle_scene.worker():
        await world(idle_scene.database, line(1), line(2))
        await idle_scene.placed(1)
        await idle_scene.placed(2)
    scene = after_the_loss(idle_scene, empty)
    declined = await scene.typed("order", "retry", "--without-workflow", code=2, typed="n\n")
    assert "Start 2 orders?" in declined.err
    asked = ("order", "retry", "--without-workflow")
    said = await asyncio.to_thread(lambda: scene.shell().terminal(*asked, answers=("y",), columns=100))
    assert "2/2" in said, "a terminal shows how far it is"
    assert "started" in said
    async with RecoveryDesk.open(scene.settings) as recovery:
        await eventually(lambda: recovery.find(OPERATOR), lambda found: not found)
    again = await scene.typed(*asked)
    assert again.out == "Everything unfinished has its workflow.\n"


@pytest.mark.covers("W10")
async def test_while_temporal_is_unavailable_nothing_is_started(scene: Scene) -> None:
    await world(scene.database)
    await scene.placed()
    unavailable = scene.settings.model_copy(update={"temporal_address": "127.0.0.1:9"})
    with pytest.raises(Unavailable):
        async with RecoveryDesk.open(unavailable) as recovery:
            await recovery.find(OPERATOR)


def test_every_kind_of_work_is_known_wherever_kinds_are_told_apart() -> None:
    names = {kind.name for kind in KINDS.values()}
    by_name: dict[str, Collection[str]] = {
        "found unfinished": store.operations.unfinished._KINDS,
        "started again": RESTARTS,
        "a line of the doctor": work_checks._KINDS,
        "what people call it": retry_many.KINDS,
        "counted": metrics.WORK,
    }
    assert {where: set(kinds) for where, kinds in by_name.items()} == dict.fromkeys(by_name, names)
    by_prefix: dict[str, Collection[str]] = {
        "the ids": WORK,
        "what has not gone out": store.operations.not_sent._STILL_MATTERS,
        "lines of logs": [prefix for prefix, _ in logs.KINDS],
    }
    assert {where: set(kinds) for where, kinds in by_prefix.items()} == {key: set(KINDS) for key in by_prefix}
    types = {workflow._Definition.must_from_class(cls).name for cls in WORKFLOWS} - {
        "RetryHeld",
        "EsimTravelSweep",
        "EsimWebhook",  # the relay starts it again
    }
    assert {kind.workflow_type for kind in KINDS.values()} == types
