"""What is wrong with a webhook or a replay is said, so that the caller can correct it (A11, A16)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from models.event_permissions import meant_by
from models.people.callers import Role
from starter.desks import Desks
from tests.builders import run
from tests.callers.world import Known
from tests.portal.api.keys import Keyring
from tests.portal.api.test_webhooks import ONCE, PUBLIC, on_loopback

pytestmark = pytest.mark.covers("A11", "A16")


async def test_http_to_another_machine_is_refused_for_its_scheme(desks: Desks) -> None:
    async with on_loopback(desks) as api:
        refused = await api.post("/webhooks", json={"url": "http://8.8.8.8/ok"})
        assert (refused.status_code, refused.json()["code"]) == (422, "webhook_url_invalid")
        assert "http:// is for this machine alone" in refused.json()["detail"]
        private = await api.post("/webhooks", json={"url": "https://10.0.0.1/ok"})
        assert private.json()["code"] == "webhook_address_private"


async def test_unknown_types_are_named_with_the_place_of_the_list(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    headers = await keys.of() | ONCE
    asked = "type=order.eaten&type=order&type=sim.lost"
    body = {"url": PUBLIC, "types": ["order.eaten", "order", "sim.lost"]}
    for refused in (
        await api.get(f"/events?{asked}", headers=headers),
        await api.get(f"/events/stream?{asked}", headers=headers),
        await api.post("/webhooks", json=body, headers=headers),
    ):
        assert refused.status_code == 422
        assert "order.eaten, sim.lost. All: GET /event-types" in refused.json()["detail"]
    assert (await api.get("/event-types", headers=headers)).status_code == 200


async def test_a_group_of_types_is_stored_as_the_types_there_are(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    headers = await keys.of() | ONCE
    made = await api.post("/webhooks", json={"url": PUBLIC, "types": ["order"]}, headers=headers)
    assert made.status_code == 201, made.text
    assert set(made.json()["types"]) == meant_by(["order"])[0]
    assert {"order.submitted", "order.processed"} < set(made.json()["types"])


async def test_every_permission_that_lacks_is_named(api: httpx.AsyncClient, keys: Keyring) -> None:
    headers = await keys.of(permissions=["manage_webhooks", "view_orders"]) | ONCE
    body = {"url": PUBLIC, "types": ["order.processed", "licence.bought", "contact.created", "user.created"]}
    refused = await api.post("/webhooks", json=body, headers=headers)
    assert refused.status_code == 403, refused.text
    named = [each["parameters"]["permission"] for each in refused.json()["refusals"]]
    assert named == ["view_audit", "view_licences", "view_people", "view_travel"]


async def test_who_moves_a_webhook_may_see_what_it_sends(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    body = {"url": PUBLIC, "types": ["contact.created"]}
    owner = await keys.of()
    made = (await api.post("/webhooks", json=body, headers=owner | ONCE)).json()
    headers = await keys.of(Role.ADMINISTRATOR, permissions=["manage_webhooks", "view_orders", "view_travel"])
    for change in ({"url": f"{PUBLIC}/mine"}, {"types": ["order.processed"]}):
        changed = await api.patch(f"/webhooks/{made['id']}", json=change, headers=headers)
        assert changed.status_code == 403, changed.text
    narrowed = await api.patch(f"/webhooks/{made['id']}", json=change, headers=owner)
    assert narrowed.status_code == 200, narrowed.text
    await run(
        desks.database,
        "INSERT INTO webhook_attempts (webhook_id, account_id, epoch, xid, event_id, type, number, outcome)"
        " SELECT id, account_id, 1, '1', 1, type, 1, 'timeout' FROM webhooks,"
        " unnest(ARRAY['contact.created', 'order.processed']) AS of(type)"
        " WHERE cardinality(types) = 1 AND types[1] = 'order.processed'",
    )
    for caller, seen in ((headers, 1), (owner, 2)):
        listed = await api.get(f"/webhooks/{made['id']}/attempts", headers=caller)
        assert len(listed.json()["data"]) == seen, listed.text


@pytest.mark.parametrize(("begins", "ends"), [(-1, -2), (-1, -1), (1, 2), (1, None)])
async def test_a_span_that_has_no_time_in_the_past_is_refused(
    desks: Desks, acme: Known, begins: int, ends: int | None
) -> None:
    now = datetime.now(UTC)
    body: dict[str, Any] = {"from": (now + timedelta(hours=begins)).isoformat()}
    body |= {} if ends is None else {"to": (now + timedelta(hours=ends)).isoformat()}
    async with on_loopback(desks) as api:
        path = f"/webhooks/{acme.webhook}/replay"
        refused = await api.post(path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "webhook_replay_span")
        span = {"from": (now - timedelta(hours=2)).isoformat(), "to": (now + timedelta(hours=2)).isoformat()}
        assert (await api.post(path, json=span)).status_code == 202, "a refusal uses no key up"
