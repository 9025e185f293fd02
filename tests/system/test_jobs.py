"""Jobs over HTTP with a worker: an import end to end, and a bulk action that outlives a killed worker."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from models.orders.lifecycle import HoldReason
from models.people.callers import Role, UserKind
from portal.app import create_app
from starter import callers
from starter.desks import Desks
from starter.operations.doctor import examine
from store.operations import holds
from tests.builders import ACCOUNT, OPERATOR, as_csv, line, run, world
from tests.portal.api.keys import bearer
from tests.system import noticed_worker
from tests.system.scene import Scene
from tests.system.worker_process import WorkerProcess
from tests.temporal_server import eventually

FLEET = as_csv(*(line(number) for number in range(10, 40)))


@asynccontextmanager
async def _api(scene: Scene) -> AsyncIterator[httpx.AsyncClient]:
    """The API over the scene, called with the key of an owner."""
    desks = Desks.of(scene.temporal.client, scene.database, scene.settings)
    await desks.users.create_user(
        OPERATOR, ACCOUNT, "Bot", "bot@acme.example", role=Role.OWNER, kind=UserKind.SERVICE
    )
    made = await desks.api_keys.create(callers.operator(), "test", user="bot@acme.example")
    app = create_app(desks.links, scene.settings, desks=desks)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="https://portal.example/api/v1",
        headers=bearer(made.key.text) | {"Idempotency-Key": "monday"},
    ) as client:
        yield client


async def _ended(scene: Scene, api: httpx.AsyncClient) -> dict[str, Any]:
    """The only job, when it has ended, and with it its workflow: another test's job has the same id."""

    async def look() -> dict[str, Any]:
        return dict((await api.get("/jobs/J-1")).json())

    found = await eventually(look, lambda found: found["ended_at"] is not None, within=60)
    await scene.ended("job-1")
    return found


@pytest.mark.covers("A16", "A21")
async def test_a_fleet_is_imported_in_the_background_once_per_key(scene: Scene) -> None:
    await world(scene.database)
    form = {"data": {"kind": "import_fleet"}, "files": {"file": ("fleet.csv", FLEET)}}
    async with _api(scene) as api:
        made, again = [await api.post("/jobs", **form) for _ in range(2)]  # type: ignore[arg-type]

        assert (made.status_code, again.status_code) == (202, 200)
        assert again.headers["Idempotent-Replayed"] == "true"
        assert made.headers["Location"] == "/api/v1/jobs/J-1"
        done = await _ended(scene, api)
        assert (done["status"], done["rows"], done["done"]) == ("done", 30, 30)
        assert done["created"]["lines"] == 30
        assert (await api.get("/jobs/J-1/report")).json()["data"] == []
        ended = await api.get("/audit", params={"about": "J-1"})
        assert [entry["type"] for entry in ended.json()["data"]] == ["job.done", "job.created"]
    (row,) = await run(scene.database, "SELECT input FROM jobs")
    assert row.input is None
    assert (await scene.desks.fleet.line(OPERATOR, "+33639980039")).slot == 1


@pytest.mark.timeout(180)
@pytest.mark.covers("A21", "W1")
async def test_a_bulk_action_goes_on_where_its_worker_was_killed_and_does_each_row_once(
    idle_scene: Scene, tmp_path: Path
) -> None:
    scene = idle_scene
    await world(scene.database, *(line(number) for number in range(1, 13)))
    rows = [
        {"kind": "switch_to_esim", "line": f"+336399800{number:02d}", "discard_confirmed": number != 5}
        for number in range(1, 13)
    ]
    keys = {"ESIM_SECRET_KEYS": scene.settings.secret_keys}
    process = WorkerProcess(scene, tmp_path / "worker.log", noticed_worker.MODULE, **keys)
    async with _api(scene) as api:
        made = await api.post("/jobs", json={"kind": "place_orders", "rows": rows})
        assert made.json()["status"] == "queued"

        async def done() -> int:
            return int((await api.get("/jobs/J-1")).json()["done"])

        async with process.running():
            await eventually(done, lambda rows: rows >= 2, within=60)
        assert await done() < len(rows)
        async with scene.worker():
            ended = await _ended(scene, api)

        assert (ended["status"], ended["done"], ended["refused"]) == ("done", 12, 1)
        report = (await api.get("/jobs/J-1/report", params={"limit": 100})).json()["data"]
        assert [row["row"] for row in report] == list(range(1, 13))
        (refused,) = [row for row in report if row["outcome"] == "refused"]
        assert (refused["row"], refused["problems"][0]["code"]) == (5, "discard_not_confirmed")
    orders = await run(scene.database, "SELECT id FROM orders")
    assert {row["record"] for row in report} - {None} == {order.id for order in orders}
    assert len(orders) == 11


@pytest.mark.covers("A21", "W10", "W5")
async def test_a_job_without_a_workflow_is_found_and_started_and_a_held_one_is_retried(
    idle_scene: Scene,
) -> None:
    scene = idle_scene
    await world(scene.database)
    form = {"data": {"kind": "import_fleet"}, "files": {"file": ("fleet.csv", FLEET)}}
    async with _api(scene) as api:
        await api.post("/jobs", **form)  # type: ignore[arg-type]
        await scene.temporal.client.get_workflow_handle("job-1").terminate()
        found = await examine(OPERATOR, scene.settings)
        (check,) = [check for check in found if check.name == "jobs"]
        assert check.ids == ("job-1",)
        keys = scene.settings.secret_keys
        scene.settings = scene.settings.model_copy(update={"secret_keys": ""})
        async with scene.worker():
            await scene.typed("order", "retry", "--without-workflow", "--yes")
            async with scene.database.transaction() as connection:
                await holds.hold(connection, "job-1", "continue_job", HoldReason.STEP_FAILED)
            assert (await api.get("/jobs/J-1")).json()["held"] is True
            (one,) = (await api.get("/held")).json()["data"]
            assert (one["id"], one["kind"]) == ("job-1", "job")
        scene.settings = scene.settings.model_copy(update={"secret_keys": keys})
        async with scene.worker():
            assert (await _ended(scene, api))["status"] == "done"
    assert "J-1" in (await scene.typed("job", "list")).out
    assert "import_fleet" in (await scene.typed("job", "show", "J-1")).out
