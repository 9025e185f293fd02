"""`esim-orders doctor`: each part is taken away for real, and has its own red line; the others stay green."""

import asyncio
import json
import socket
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import make_url
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker, WorkerDeploymentConfig

from sandbox.ports import free_port
from settings import Settings
from starter.operations import sweep_check
from starter.operations.doctor import examine
from starter.operations.readiness import Check
from store.key_ring import KeyRing
from telemetry.health import health_page
from temporal.travel.schedule import SCHEDULE, keep_sweeping
from temporal.workflow_sandbox import workflow_runner
from tests.builders import OPERATOR, line, world
from tests.starter.shell import Shell
from tests.system.qr_scene import QrScene, a_code
from tests.system.scene import Scene
from tests.temporal_server import a_task_queue, eventually
from workflows.orders.order import EsimOrder

ALL = [
    *("database", "migrations", "temporal", "search_attributes", "clock", "workers", "mail", "portal"),
    *("uploads", "secret_keys", "payload_keys", "orders", "qr_requests", "qr_notifications"),
    *("number_changes", "licence_requests", "travel_notices", "user_mails", "travel_lines", "jobs"),
    *("travel_sweep", "failing", "held", "not_sent", "pending", "notifications", "webhooks"),
]
WITH_WORKFLOWS = (
    *("orders", "qr_requests", "qr_notifications", "number_changes", "licence_requests", "travel_notices"),
    *("user_mails", "travel_lines", "jobs"),
)


@pytest.fixture
async def settings(scene: Scene) -> AsyncIterator[Settings]:
    """A whole installation in which nothing is wrong."""
    port = free_port()

    async def nothing_to_look_at() -> list[Check]:
        return []

    async with health_page(f"127.0.0.1:{port}", nothing_to_look_at):
        whole = scene.settings.model_copy(update={"portal_url": f"http://127.0.0.1:{port}"})
        await keep_sweeping(scene.temporal.client, whole)
        await eventually(lambda: red(whole), lambda found: not found)  # the worker polls, and is known to
        yield whole


async def red(settings: Settings, **changes: object) -> dict[str, str]:
    """The red lines."""
    found = await examine(OPERATOR, settings.model_copy(update=changes))
    assert [check.name for check in found if check.name not in ("versions", "traces")] == ALL
    return {check.name: check.sentence for check in found if not check.ok}


@pytest.mark.covers("W5", "W8")
async def test_all_is_well(settings: Settings, scene: Scene) -> None:
    await world(scene.database)
    await scene.acknowledged()
    assert await red(settings) == {}
    where = {
        "ESIM_TEMPORAL_ADDRESS": settings.temporal_address,
        "ESIM_TASK_QUEUE": settings.task_queue,
        "ESIM_SMTP_URL": settings.smtp_url,
        "ESIM_PORTAL_URL": settings.portal_url,
    }
    shell = Shell(settings.data_dir, settings.database_url, where)
    said = await asyncio.to_thread(lambda: shell.process("doctor"))
    assert said.out.splitlines()[-1] == "All is well."
    shell.more["ESIM_PORTAL_URL"] = f"http://127.0.0.1:{free_port()}"
    told = await asyncio.to_thread(lambda: shell.run("doctor", "--json", code=1))
    found = json.loads(told.out)
    assert not found["ok"]
    assert [check["name"] for check in found["checks"] if not check["ok"]] == ["portal"]


@pytest.mark.covers("W8")
async def test_the_database_is_away(settings: Settings) -> None:
    found = await red(settings, database_url=f"postgresql+asyncpg://esim@127.0.0.1:{free_port()}/x")
    of_it = {
        "database",
        "migrations",
        "clock",
        "secret_keys",
        "orders",
        "qr_requests",
        "qr_notifications",
        "number_changes",
        "licence_requests",
        "travel_notices",
        "user_mails",
        "travel_lines",
        "jobs",
        "held",
        "not_sent",
        "pending",
        "notifications",
        "webhooks",
    }
    assert set(found) == of_it
    assert found["database"] == "The database does not answer; see ESIM_DATABASE_URL."


async def test_the_settings_name_no_database(settings: Settings) -> None:
    (database, _) = await examine(OPERATOR, settings.model_copy(update={"database_url": "mysql://x"}))
    assert database.sentence.startswith("ESIM_DATABASE_URL must look like")


@pytest.mark.covers("W8")
async def test_tables_are_missing(settings: Settings, scene: Scene) -> None:
    await scene.sql("DROP TABLE mails")
    found = await red(settings)
    assert set(found) == {"not_sent", "notifications", *WITH_WORKFLOWS}
    assert "esim-orders db upgrade" in found["notifications"]
    await scene.sql("UPDATE alembic_version SET version_num = '0001'")
    assert set(await red(settings)) == {"migrations", "not_sent", "notifications", *WITH_WORKFLOWS}


async def test_the_clocks_differ(settings: Settings, scene: Scene) -> None:
    name = make_url(settings.database_url).database
    await scene.sql("CREATE SCHEMA late")
    await scene.sql(
        "CREATE FUNCTION late.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS "
        "$$ SELECT pg_catalog.clock_timestamp() - interval '90 seconds' $$"
    )
    await scene.sql(f"ALTER DATABASE {name} SET search_path = late, pg_catalog, public")
    found = await red(settings)
    assert found == {"clock": "The database's clock is 90 s behind this machine's; set both."}


@pytest.mark.covers("W8")
async def test_temporal_is_away(settings: Settings, scene: Scene) -> None:
    await world(scene.database)
    await scene.acknowledged()
    found = await red(settings, temporal_address=f"127.0.0.1:{free_port()}")
    assert set(found) == {
        "temporal",
        "search_attributes",
        "workers",
        "travel_sweep",
        "failing",
        *WITH_WORKFLOWS,
    }
    assert set(await red(settings, temporal_namespace="nowhere")) == set(found)


@pytest.mark.covers("T23", "W8")
async def test_the_sweep_of_travel_esims_is_not_started(settings: Settings, scene: Scene) -> None:
    schedule = scene.temporal.client.get_schedule_handle(SCHEDULE)
    await schedule.pause(note="by hand")
    found = await red(settings)
    assert set(found) == {"travel_sweep"}
    assert "is paused. Run: temporal schedule toggle --unpause" in found["travel_sweep"]
    await schedule.unpause()
    assert await red(settings) == {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep_check, "SLACK", timedelta(0))
        late = await red(settings, travel_sweep_every=timedelta(0))
    assert set(late) == {"travel_sweep"}
    assert "The sweep of travel eSIMs is late." in late["travel_sweep"]
    await schedule.delete()
    found = await red(settings)
    assert set(found) == {"travel_sweep"}
    assert found["travel_sweep"].endswith("Run: esim-orders order retry --without-workflow")
    await scene.typed("order", "retry", "--without-workflow")
    assert await red(settings) == {}


@pytest.mark.covers("T23", "W8")
async def test_the_last_sweep_of_travel_esims_has_failed(
    settings: Settings, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> int:
        raise ApplicationError("It fails for ever.", non_retryable=True)

    schedule = scene.temporal.client.get_schedule_handle(SCHEDULE)
    with monkeypatch.context() as patch:
        patch.setattr("store.travel.sweep.lapse", fails)
        await schedule.trigger()
        found = await eventually(lambda: red(settings), bool)
    assert set(found) == {"travel_sweep"}
    assert "The last sweep of travel eSIMs has failed: travel-sweep-" in found["travel_sweep"]
    await schedule.trigger()
    await eventually(lambda: red(settings), lambda now: not now)


@pytest.mark.covers("W8")
async def test_no_worker_polls(settings: Settings) -> None:
    found = await red(settings, task_queue=a_task_queue())
    assert set(found) == {"workers"}
    assert "Start esim-worker" in found["workers"]


async def test_workers_have_a_version_that_is_not_current(settings: Settings, scene: Scene) -> None:
    queue, deployment = a_task_queue(), f"esim-{uuid.uuid4().hex}"
    version = WorkerDeploymentVersion(deployment_name=deployment, build_id="1.1")
    config = WorkerDeploymentConfig(version, True, VersioningBehavior.AUTO_UPGRADE)
    async with Worker(
        scene.temporal.client,
        task_queue=queue,
        workflows=[EsimOrder],
        workflow_runner=workflow_runner(),
        deployment_config=config,
    ):
        found = await eventually(
            lambda: red(settings, task_queue=queue), lambda now: "workers" not in now, within=60
        )
        assert set(found) == {"versions"}
        assert f"set-current-version --deployment-name {deployment} --build-id 1.1" in found["versions"]
        await scene.temporal.client.workflow_service.set_worker_deployment_current_version(
            SetWorkerDeploymentCurrentVersionRequest(
                namespace="default", deployment_name=deployment, build_id="1.1"
            )
        )
        await eventually(lambda: red(settings, task_queue=queue), lambda now: not now, within=60)


@pytest.mark.covers("W8")
async def test_the_mail_server_is_away_or_refuses_us(settings: Settings, scene: Scene) -> None:
    found = await red(settings, smtp_url=f"smtp://127.0.0.1:{free_port()}")
    assert found == {"mail": "The mail server cannot be reached; see ESIM_SMTP_URL, ESIM_MAIL_FROM."}
    with_login = f"smtp://somebody:SENTINEL-PASSWORD@127.0.0.1:{scene.mailbox.port}"
    assert set(refused := await red(settings, smtp_url=with_login)) == {"mail"}
    assert "SENTINEL" not in refused["mail"]
    assert set(await red(settings, smtp_url="ftp://127.0.0.1")) == {"mail"}
    assert set(await red(settings, mail_from="nobody")) == {"mail"}
    assert scene.mailbox.mails == []


async def test_the_portal_is_away_or_something_else(settings: Settings) -> None:
    for nothing in (f"http://127.0.0.1:{free_port()}", "ftp://127.0.0.1", "http:"):
        assert set(await red(settings, portal_url=nothing)) == {"portal"}
    other = await red(settings, portal_url=f"{settings.portal_url}/elsewhere")
    assert other["portal"].startswith("What answers for the portal says 404")


@pytest.mark.covers("W8")
async def test_keys_are_wrong_or_lost(settings: Settings, scene: Scene) -> None:
    assert set(await red(settings, secret_keys="no key")) == {"secret_keys"}
    assert set(await red(settings, payload_keys="no key")) == {"payload_keys"}
    assert await red(settings, secret_keys="") == {}
    qr = await QrScene.set_up(scene)
    await qr.desk.import_code(await scene.ana(), qr.sim, str(a_code()))
    assert await red(settings) == {}
    for lost in ("", KeyRing.new_key()):
        found = await red(settings, secret_keys=lost)
        assert set(found) == {"secret_keys"}
        assert "ESIM_SECRET_KEYS" in found["secret_keys"]


@pytest.mark.covers("W5")
async def test_what_was_terminated_in_temporal_is_named(settings: Settings, scene: Scene) -> None:
    qr = await QrScene.set_up(scene, line(1, sim_type="esim"), line(2))
    request, order = await qr.request(), await scene.acknowledged(2)
    assert await red(settings) == {}
    for workflow_id in (request, order):
        await scene.temporal.client.get_workflow_handle(workflow_id).terminate()
    found = await red(settings)
    assert set(found) == {"orders", "qr_requests"}
    command = "Run: esim-orders order retry --without-workflow"
    assert found["orders"] == f"Unfinished orders without a workflow: {order}. {command}"
    assert found["qr_requests"] == f"Unfinished QR requests without a workflow: {request}. {command}"


@pytest.mark.covers("W5")
async def test_what_is_held_is_counted_by_reason(settings: Settings, scene: Scene) -> None:
    await world(scene.database, line(1), line(2))
    scene.mailbox.answer = "550 5.1.1 No such user"
    for number in (1, 2):
        order_id = await scene.placed(number)
        await eventually(partial(scene.desk.order, OPERATOR, order_id), lambda order: order.held_reason)
    found = await red(settings)
    assert set(found) == {"held", "not_sent"}
    assert "orders: mail_rejected 2." in found["held"]


async def test_a_notification_that_nobody_got_is_named(settings: Settings, scene: Scene) -> None:
    qr = await QrScene.set_up(scene)
    await qr.desk.import_code(await scene.ana(), qr.sim, str(a_code()))
    scene.mailbox.door = asyncio.Event()
    told = await qr.desk.notify(OPERATOR, qr.sim, to="boss@acme.example")
    assert await red(settings) == {}
    await scene.sql("UPDATE qr_notifications SET created_at = now() - interval '2 hours'")
    found = await red(settings)
    scene.mailbox.door.set()
    assert set(found) == {"notifications"}
    assert told.id in found["notifications"]


async def test_nobody_takes_traces(settings: Settings) -> None:
    found = await red(settings, otlp_endpoint=f"http://127.0.0.1:{free_port()}")
    assert set(found) == {"traces"}
    with socket.create_server(("127.0.0.1", 0)) as collector:
        assert await red(settings, otlp_endpoint=f"http://127.0.0.1:{collector.getsockname()[1]}") == {}
