"""A backend in another language steers an order by the JSON contract, with Temporal's client for it."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from models.identifiers import order_id
from tests.builders import iccid, world
from tests.contract.backend import checked
from tests.system.scene import Scene

CLIENT = Path(__file__).parents[1] / "contract" / "node"


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client, installed from the npm registry. Skipped, and said, where node is missing."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not installed: @temporalio/client is not tried")
    folder = tmp_path_factory.mktemp("node") / "client"
    shutil.copytree(CLIENT, folder)
    return folder


async def output(folder: Path, *command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


@pytest.mark.timeout(240)
@pytest.mark.covers("W4", "F51")
async def test_javascript_places_and_steers_a_whole_order(scene: Scene, client: Path) -> None:
    await world(scene.database)
    await output(client, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--silent")
    (ids,) = await scene.sql(
        "SELECT users.account_id AS account, users.id AS user, lines.id AS line, order_packs.id AS pack "
        "FROM users, lines, order_packs"
    )
    start: dict[str, Any] = {
        "order": {
            "order_id": order_id(ids.account, f"javascript {scene.settings.task_queue}"),
            "account_id": ids.account,
            "user_id": ids.user,
            "what": {
                "kind": "switch_to_esim",
                "line_id": ids.line,
                "pack_id": ids.pack,
                "discard_confirmed": True,
            },
        }
    }
    arguments = (scene.settings.temporal_address, scene.settings.task_queue, json.dumps(start), iccid(700))
    said = json.loads(await output(client, "node", "steer.mjs", *arguments))

    for name in ("refused", "placed"):
        checked("EsimOrder.place.answer", said[name])
    assert [reason["code"] for reason in said["refused"]["refusals"]] == ["discard_not_confirmed"]
    assert (said["placed"]["status"], said["placed"]["refusals"]) == ("submitted", []), "its key was free"
    assert said["early"]["code"] == "not_acknowledged"
    assert said["early"]["reasons"][0]["code"] == "not_acknowledged"
    for name, status in (
        ("acknowledged", "provider_processing"),
        ("entered", "provider_processing"),
        ("state", "provider_processing"),
        ("processed", "processed"),
        ("ended", "processed"),
    ):
        checked("EsimOrder.state.answer", said[name])
        assert said[name]["status"] == status, name
    assert said["late"]["code"] == "already_processed"
    sim = (await scene.line()).sim
    assert sim is not None
    assert sim.iccid == iccid(700)
