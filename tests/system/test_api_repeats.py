"""Repeats of an order over HTTP: with another text they are refused; at once, one has made it (A3)."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from models.people.callers import Role
from portal.app import create_app
from starter.desks import Desks
from tests.builders import OPERATOR, world
from tests.portal.api.keys import Keyring
from tests.system.scene import Scene, msisdn

pytestmark = pytest.mark.covers("A3")
ORDER = {"kind": "switch_to_esim", "line": msisdn(1), "discard_confirmed": True}
REFERRED = ORDER | {"purchase_reference": "PO-1", "comment": "For Paris."}


@pytest.fixture
async def api(scene: Scene) -> AsyncIterator[httpx.AsyncClient]:
    """A backend with a key of the account, whose calls are under one idempotency key of this test."""
    await world(scene.database)
    desks = Desks.of(scene.temporal.client, scene.database, scene.settings)
    headers = await Keyring(desks, OPERATOR).of(Role.ADMINISTRATOR)
    headers["Idempotency-Key"] = f"cart of {scene.settings.task_queue}"
    transport = httpx.ASGITransport(create_app(desks.links, scene.settings, desks=desks))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://portal/api/v1", headers=headers
    ) as client:
        yield client


async def test_a_key_is_refused_with_another_reference_or_comment(api: httpx.AsyncClient) -> None:
    placed = await api.post("/orders", json=REFERRED)
    others = [
        await api.post("/orders", json=body)
        for body in (ORDER, REFERRED | {"comment": "For Rome."}, REFERRED | {"purchase_reference": "PO-2"})
    ]
    again = await api.post("/orders", json=REFERRED)
    assert placed.status_code == 201, placed.text
    assert [(each.status_code, each.json()["code"]) for each in others] == [(422, "key_used")] * 3
    assert (again.status_code, again.json()["id"]) == (200, placed.json()["id"])


async def test_of_orders_at_once_with_one_key_one_has_made_it(api: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(api.post("/orders", json=REFERRED) for _ in range(5)))
    assert len({each.json()["id"] for each in answers}) == 1
    assert sorted(each.status_code for each in answers) == [200, 200, 200, 200, 201]
    assert sorted("Idempotent-Replayed" in each.headers for each in answers) == [False, *[True] * 4]
