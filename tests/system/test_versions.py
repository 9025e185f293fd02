"""A new version of the workers is deployed on a real server: beside the old one, in part, back again (W7)."""

import shlex
from typing import Any

import pytest

from models.errors import Unavailable
from models.orders.lifecycle import OrderStatus
from starter.operations.doctor import examine
from starter.operations.readiness import Check
from tests.builders import ANA, OPERATOR, iccid, line, world
from tests.documents.blocks import blocks
from tests.replay.patched import PATCH, PatchedOrder
from tests.replay.swapped import HastyOrder
from tests.system.qr_scene import QrScene, a_code
from tests.system.scene import Scene
from tests.system.versions import Versions, versions
from tests.telemetry.processes import started
from tests.temporal_server import eventually

__all__ = ["versions"]

PROVIDER = "orders@telvia.example"
HELD = "hold"
REFUSES, TAKES = "550 5.1.1 No such user", "250 2.0.0 taken"


async def everything(scene: Scene) -> dict[str, Any]:
    """All rows of all tables, and all mails."""
    tables = await scene.sql(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    rows = {
        table.name: sorted(str(tuple(row)) for row in await scene.sql(f'SELECT * FROM "{table.name}"'))
        for table in tables
    }
    return rows | {"mails": list(scene.mailbox.mails)}


async def doctor_of_code(scene: Scene) -> Check:
    """The line of `esim-orders doctor` about workflows whose code fails."""
    (line,) = [check for check in await examine(OPERATOR, scene.settings) if check.name == "failing"]
    return line


async def happened(scene: Scene, workflow_id: str) -> list[str]:
    """The names of the events in the workflow's history, and of the steps that were asked for."""
    history = await scene.temporal.client.get_workflow_handle(workflow_id).fetch_history()
    steps = [event.activity_task_scheduled_event_attributes.activity_type.name for event in history.events]
    return [str(event.WhichOneof("attributes")) for event in history.events] + steps


@pytest.mark.covers("W5", "W7")
async def test_an_incompatible_version_stalls_in_sight_and_acts_on_nothing(versions: Versions) -> None:
    scene = versions.scene
    await world(scene.database, line(1), line(2), line(3))
    async with versions.worker("A"):
        await versions.make_current("A")
        submitted, processing = await scene.placed(1), await scene.acknowledged(2)
        await scene.mailbox.got(PROVIDER, PROVIDER)
        scene.mailbox.answer = REFUSES
        held = await scene.placed(3)
        await eventually(lambda: scene.desk.order(OPERATOR, held), lambda order: order.held_reason)
        scene.mailbox.answer = TAKES
        orders = (submitted, processing, held)
        before = await everything(scene)

        async with versions.worker("B", HastyOrder):
            await versions.make_current("B")
            with pytest.raises(Unavailable):
                await scene.impatient().acknowledge(OPERATOR, submitted)
            await scene.temporal.client.get_workflow_handle(processing).cancel()
            await scene.temporal.client.get_workflow_handle(held).signal("retry")
            await versions.stalls(*orders)
            assert await everything(scene) == before
            failing = await doctor_of_code(scene)
            assert (failing.ok, failing.ids) == (False, tuple(sorted(orders)))
            assert all(order_id in failing.sentence for order_id in orders)
            assert "An order whose code fails" in failing.sentence

            await versions.make_current("A")
            await scene.desk.acknowledge(OPERATOR, submitted)
            await scene.desk.processed(OPERATOR, submitted, iccid=iccid(801))
            await eventually(lambda: scene.events(held), lambda events: "mail.sent" in events)
            await scene.desk.cancel(OPERATOR, held)
            for order_id in orders:
                await scene.ended(order_id)
    statuses = [(await scene.desk.order(OPERATOR, order_id)).status for order_id in orders]
    assert statuses == [OrderStatus.PROCESSED, OrderStatus.CANCELLED, OrderStatus.CANCELLED]
    await scene.mailbox.got(*[PROVIDER] * 5, *[ANA] * 3, "employee1@acme.example")
    assert len({mail.message_id for mail in scene.mailbox.mails}) == len(scene.mailbox.mails)
    await versions.stalls()
    assert (await doctor_of_code(scene)).ok


@pytest.mark.covers("W7")
async def test_a_ramp_sends_a_share_of_the_orders_and_takes_it_back(versions: Versions) -> None:
    scene = versions.scene
    numbers = range(1, 13)
    await world(scene.database, *(line(number) for number in numbers))
    async with versions.worker("A"), versions.worker("B", PatchedOrder):
        await versions.make_current("A")
        running = [await scene.acknowledged(number) for number in numbers if number <= 2]
        await versions.ramp("B", 100)
        assert {await versions.build_of(order_id) for order_id in running} == {"A"}, "they have not moved yet"
        await versions.ramp("B", 50)
        builds: dict[str, str] = {}
        for number in numbers:
            if number > 2 and len(set(builds.values())) < 2:
                order_id = await scene.placed(number)
                builds[order_id] = await versions.build_of(order_id)
        assert set(builds.values()) == {"A", "B"}, "by chance in one of 512 runs"

        await versions.stop_the_ramp("B")
        for order_id in (*running, *builds):
            await scene.desk.cancel(OPERATOR, order_id)
            await scene.ended(order_id)
            assert await versions.build_of(order_id) == "A"
    mails = len(running) + len(builds)
    await scene.mailbox.got(*[PROVIDER] * 2 * mails, *[ANA] * mails)


@pytest.mark.covers("W7")
async def test_a_patched_version_ends_the_orders_of_the_one_before(versions: Versions) -> None:
    scene = versions.scene
    await world(scene.database, line(1), line(2))
    async with versions.worker("A"):
        await versions.make_current("A")
        telling, processing = await scene.acknowledged(1), await scene.acknowledged(2)
        await scene.mailbox.got(PROVIDER, PROVIDER)
        scene.mailbox.answer = REFUSES
        await scene.desk.cancel(OPERATOR, telling)
        await eventually(lambda: scene.desk.order(OPERATOR, telling), lambda order: order.held_reason)

        async with versions.worker("B", PatchedOrder):
            await versions.make_current("B")
            scene.mailbox.answer = TAKES
            await scene.desk.retry(OPERATOR, telling)
            await scene.desk.cancel(OPERATOR, processing)
            for order_id in (telling, processing):
                await scene.ended(order_id)
                assert await versions.build_of(order_id) == "B"
    assert "marker_recorded_event_attributes" not in str(await happened(scene, telling)), "as it began"
    assert "marker_recorded_event_attributes" in str(await happened(scene, processing)), PATCH
    await scene.mailbox.got(*[PROVIDER] * 4, ANA, ANA)


@pytest.mark.covers("W7")
async def test_a_notification_ends_with_the_version_it_began_with_unless_it_is_moved(
    versions: Versions,
) -> None:
    scene = versions.scene
    codes = await QrScene.set_up(scene)
    await codes.desk.import_code(await scene.ana(), codes.sim, str(a_code()))
    async with versions.worker("A"), versions.worker("B"):
        await versions.make_current("A")
        scene.mailbox.answer = REFUSES
        stays, moves = [
            (await codes.desk.notify(await scene.ana(), codes.sim, boss)).id
            for boss in ("boss@acme.example", "carl@acme.example")
        ]
        for notification_id in (stays, moves):
            await versions.has_moved_to("A", notification_id)
        await versions.make_current("B")
        await versions.override(moves, "auto_upgrade")
        await eventually(lambda: happened(scene, moves), lambda events: HELD in events)
        await eventually(lambda: happened(scene, stays), lambda events: HELD in events)
        scene.mailbox.answer = TAKES
        for notification_id, build in ((stays, "A"), (moves, "B")):
            await codes.desk.retry(OPERATOR, notification_id)
            await scene.ended(notification_id)
            assert await versions.build_of(notification_id) == build
    await scene.mailbox.got("boss@acme.example", "carl@acme.example")


@pytest.mark.covers("W7")
async def test_what_went_the_new_way_is_pinned_to_it_before_all_else_is_rolled_back(
    versions: Versions,
) -> None:
    scene = versions.scene
    await world(scene.database, line(1), line(2))
    async with versions.worker("A"), versions.worker("B", PatchedOrder):
        await versions.make_current("B")
        pinned, forgotten = await scene.acknowledged(1), await scene.acknowledged(2)
        await scene.mailbox.got(PROVIDER, PROVIDER)
        scene.mailbox.answer = REFUSES
        for order_id in (pinned, forgotten):
            await scene.desk.cancel(OPERATOR, order_id)
            await eventually(lambda: scene.desk.order(OPERATOR, order_id), lambda order: order.held_reason)  # noqa: B023
        await versions.override(pinned, "pinned", "B")
        await versions.make_current("A")
        scene.mailbox.answer = TAKES
        await scene.desk.retry(OPERATOR, pinned)
        await scene.ended(pinned)
        await scene.desk.retry(OPERATOR, forgotten)
        await versions.stalls(forgotten)
        await scene.mailbox.got(*[PROVIDER] * 3, ANA)

        await versions.make_current("B")
        await scene.ended(forgotten)
    await scene.mailbox.got(*[PROVIDER] * 4, *[ANA] * 2)


@pytest.mark.covers("W7")
async def test_a_worker_that_gets_no_work_says_so_and_how_it_gets_some(versions: Versions) -> None:
    scene = versions.scene
    await world(scene.database, line(1))
    variables = {
        "ESIM_DATABASE_URL": scene.settings.database_url,
        "ESIM_TEMPORAL_ADDRESS": scene.settings.temporal_address,
        "ESIM_TASK_QUEUE": scene.settings.task_queue,
        "ESIM_SMTP_URL": scene.settings.smtp_url,
        "ESIM_DEPLOYMENT_NAME": versions.name,
    }
    folder = scene.settings.data_dir
    async with started("worker", folder, variables, "--build-id", "2026.11+a") as process:
        await process.says(f"it is version {versions.name}.2026.11+a, and no version is current")
        with pytest.raises(Unavailable):
            await scene.impatient().place(await scene.ana(), scene.draft(1, key="timeouts"))
        command = shlex.split(process.written.partition("To make it current: temporal ")[2].splitlines()[0])
        code, printed = await versions.temporal(*command)
        assert code == 0, printed
        order_id = await scene.placed(1, key="timeouts")
        assert await versions.build_of(order_id) == "2026.11+a"
        await scene.mailbox.got(PROVIDER)
        assert await process.stop() == 0
        assert process.written.count("gets no") == 1

    async with started("worker", folder, variables, "--build-id", "2026.11+a") as process:
        await process.says("The worker polls")
        await scene.desk.cancel(OPERATOR, order_id)
        await process.stop()
        assert process.written.count("gets no") == 1, "it is current"


async def test_a_build_id_that_cannot_be_one_is_refused(versions: Versions) -> None:
    async with started("worker", versions.scene.settings.data_dir, {}, "--build-id", "a b") as process:
        assert await process.ends() == 2
        assert process.written == "These settings are not valid: ESIM_BUILD_ID.\n"


TOO_EARLY = "delete-version"
"""Temporal takes it once a version is drained and its workers have been gone for five minutes."""


@pytest.mark.covers("W7", "W12")
async def test_the_commands_of_the_document_are_taken_as_they_stand_there(versions: Versions) -> None:
    scene = versions.scene
    await world(scene.database, line(1))
    typed = [
        command
        for block in blocks("sh")
        if block.document == "docs/versions.md"
        for command in block.commands
    ]
    async with versions.worker("A"), versions.worker("B"):
        await versions.make_current("A")
        order_id = await scene.placed(1)
        for command in typed:
            program, *words = shlex.split(command.replace("esim-orders", versions.name), comments=True)
            assert program == "temporal"
            if "--delete" in words:  # of a version that ramps; the next one is of a version that is current
                await versions.make_current("A")
                await versions.ramp("B", 5)
            if TOO_EARLY in words:
                code, printed = await versions.temporal(*words)
                assert (code != 0, "cannot be deleted" in printed) == (True, True), printed
            else:
                await versions.taken(*words)
        await versions.taken("workflow", "terminate", "-w", order_id)
