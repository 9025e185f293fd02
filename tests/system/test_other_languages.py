"""A backend in another language steers an order by the JSON contract, with Temporal's client for it."""

import json
from pathlib import Path
from typing import Any

import pytest

from models.identifiers import order_id
from tests.builders import iccid, world
from tests.contract.backend import checked
from tests.contract.in_node import javascript, node_code, output
from tests.system.scene import Scene

__all__ = ["javascript", "node_code"]


@pytest.mark.timeout(240)
@pytest.mark.covers("W4", "F51")
async def test_javascript_places_and_steers_a_whole_order(scene: Scene, javascript: Path) -> None:
    await world(scene.database)
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
    said = json.loads(await output(javascript, "node", "steer.mjs", *arguments))

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
