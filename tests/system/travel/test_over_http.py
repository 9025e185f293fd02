"""A backend gives a subscriber a travel eSIM over HTTP, from the order to the end of the plan's volume."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from models.people.callers import Role
from portal.app import create_app
from starter import callers
from starter.desks import Desks
from tests.portal.api.keys import Keyring
from tests.portal.api.travel.journey import Client, client
from tests.system.scene import Scene
from tests.system.travel.test_line_orders import ROSA, a_shop
from tests.temporal_server import eventually

pytestmark = pytest.mark.covers("A3", "A4", "A9", "A19", "W4")
LINE = {"kind": "add_line", "subscriber": "+12125550001", "plan": "Euro 1"}


@pytest.fixture
async def support(scene: Scene) -> AsyncIterator[Client]:
    """A key of the support staff."""
    settings = scene.settings.model_copy(update={"portal_url": "https://portal.example"})
    desks = Desks.of(scene.temporal.client, scene.database, settings)
    transport = httpx.ASGITransport(create_app(desks.links, settings, desks=desks))
    async with httpx.AsyncClient(transport=transport, base_url="https://portal.example/api/v1") as api:
        await a_shop(scene)
        yield await client(api, Keyring(desks, callers.operator()), Role.SUPPORT)


@pytest.mark.covers("T7", "T11", "T14", "T29", "T43")
async def test_a_line_is_ordered_used_and_its_emails_sent_again(support: Client, scene: Scene) -> None:
    placed = await support.send("POST", "/orders", LINE, key="case 81")
    order = placed.json()["id"]
    assert placed.status_code == 201
    assert placed.headers["Location"] == f"/api/v1/orders/{order}"
    await scene.ended(order)
    again = await support.send("POST", "/orders", LINE, key="case 81")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert (again.json()["id"], again.json()["status"]) == (order, "processed")
    assert again.json()["details"]["subscriber"] == "SB-1"
    other = await support.refused("POST", "/orders", {**LINE, "complimentary": True}, key="case 81")
    assert other == "key_used"

    (line,) = (await support.get("/esim-lines"))["data"]
    assert (line["subscriber"], line["esim_state"], again.json()["details"]["esim_line"]) == (
        *("SB-1", "active"),
        line["id"],
    )
    await scene.mailbox.got(ROSA, ROSA)
    more = {"kind": "add_plan", "line": line["iccid"], "plan": "Euro 1"}
    await scene.ended((await support.post("/orders", more, 201))["id"])
    said = await support.post(f"/esim-lines/{line['id']}/usage", {"country": "FR", "used_bytes": 10**9})
    assert said["outcome"] == "started"
    plans = (await support.get(f"/esim-lines/{line['id']}"))["plans"]
    assert [each["state"] for each in plans] == ["depleted", "queued"]

    resend = f"/esim-lines/{line['id']}/resend"
    first = await support.post(resend, {"email": "qr_code"}, 202, key="once more")
    assert await support.post(resend, {"email": "qr_code"}, 202, key="once more") == first
    assert (first["email"], first["esim_line"]) == ("qr_code", line["id"])
    assert await scene.temporal.client.get_workflow_handle(first["id"]).result() == "sent"
    # the code, two confirmations, that the volume is used up, and the code again
    await scene.mailbox.got(*[ROSA] * 5)


@pytest.mark.covers("T17")
async def test_an_order_without_stock_says_that_it_waits_for_it(support: Client, scene: Scene) -> None:
    await scene.ended((await support.post("/orders", LINE, 201))["id"])

    order = (await support.post("/orders", LINE, 201))["id"]

    async def waits() -> Any:
        return (await support.get(f"/orders/{order}"))["waits_for"]

    await eventually(waits, lambda found: found == {"what": "stock", "until": None})
