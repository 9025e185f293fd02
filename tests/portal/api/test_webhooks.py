"""Webhooks over HTTP: made, tried, rotated, sent again, limited; the secret is shown once (A11, A16, A17)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from models.people.callers import Role
from portal.app import create_app
from settings import Settings
from starter import callers
from starter.desks import Desks
from tests.builders import run
from tests.callers.world import BOLT, Known
from tests.portal.api.keys import Keyring
from tests.portal.api.statements import counted
from tests.webhooks.hooked import happens
from tests.webhooks.receiver import a_receiver

pytestmark = pytest.mark.covers("A11", "A16")
ONCE = {"Idempotency-Key": "shop"}
SPAN = {"from": "2026-01-01T00:00:00Z"}
PUBLIC = "https://8.8.8.8/hooks"


def under(key: str) -> dict[str, str]:
    """The header of a call under this key."""
    return {"Idempotency-Key": key}


@asynccontextmanager
async def on_loopback(desks: Desks, **changes: Any) -> AsyncIterator[httpx.AsyncClient]:
    """The API where webhooks may be sent to this machine."""
    settings: Settings = desks.settings.model_copy(update={"webhooks_to_loopback": True, **changes})
    ours = Desks.of(desks.client, desks.database, settings)
    transport = httpx.ASGITransport(create_app(ours.links, settings, desks=ours))
    base = "https://portal.example/api/v1"
    headers = await Keyring(ours, callers.operator()).of()
    async with httpx.AsyncClient(transport=transport, base_url=base, headers=headers | ONCE) as client:
        yield client


async def test_the_secret_is_shown_once_and_stored_encrypted(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of() | ONCE
    body = {"url": PUBLIC, "types": ["order.processed"], "description": "Shop"}
    made = await api.post("/webhooks", headers=headers, json=body)

    assert made.status_code == 201
    secret, name = made.json()["secret"], made.json()["id"]
    assert secret.startswith("whsec_")
    assert made.json() | {"url": PUBLIC, "types": ["order.processed"], "state": "enabled"} == made.json()
    shown = await api.get(made.headers["Location"].removeprefix("/api/v1"), headers=headers)
    assert "secret" not in shown.json()
    assert secret not in (await api.get("/webhooks", headers=headers)).text
    rows = await run(desks.database, "SELECT to_jsonb(webhooks)::text AS row FROM webhooks")
    assert all(secret not in row.row for row in rows)

    repeated = await api.post("/webhooks", headers=headers, json=body)
    assert (repeated.status_code, repeated.json()["code"]) == (422, "webhook_made")
    assert name in repeated.json()["detail"]
    other = await api.post("/webhooks", headers=headers, json={"url": PUBLIC})
    assert other.json()["code"] == "key_reused"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "http://8.8.8.8/"}, "webhook_url_invalid"),
        ({"url": "https://127.0.0.1/"}, "webhook_address_private"),
        ({"url": "https://[::1]/"}, "webhook_address_private"),
        ({"url": "https://localhost/"}, "webhook_address_private"),
        ({"url": PUBLIC, "types": ["order.flown", "mail.failed"]}, "webhook_types_unknown"),
        ({"url": PUBLIC, "description": "x" * 300}, "webhook_description_invalid"),
    ],
)
async def test_what_no_webhook_may_be(
    api: httpx.AsyncClient, keys: Keyring, body: dict[str, Any], code: str
) -> None:
    headers = await keys.of() | ONCE
    refused = await api.post("/webhooks", headers=headers, json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_a_key_sends_no_events_that_it_may_not_see(api: httpx.AsyncClient, keys: Keyring) -> None:
    narrow = ["manage_webhooks", "view_orders", "view_travel"]
    headers = await keys.of(permissions=narrow) | ONCE
    all_types = await api.post("/webhooks", headers=headers, json={"url": PUBLIC})
    assert (all_types.status_code, all_types.json()["code"]) == (403, "key_not_permitted")
    made = await api.post("/webhooks", headers=headers, json={"url": PUBLIC, "types": ["order.processed"]})
    assert made.status_code == 201
    widened = await api.patch(f"/webhooks/{made.json()['id']}", headers=headers, json={"types": []})
    assert widened.status_code == 403


@pytest.mark.parametrize("path", ["GET attempts", "POST rotate", "POST replay"])
async def test_a_key_that_may_not_see_the_events_gets_neither_them_nor_the_secret(
    path: str, api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    method, _, last = path.partition(" ")
    headers = await keys.of(permissions=["manage_webhooks"]) | ONCE
    body = SPAN if last == "replay" else None
    refused = await api.request(method, f"/webhooks/{acme.webhook}/{last}", headers=headers, json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "key_not_permitted")


async def test_owner_manager_and_strangers(api: httpx.AsyncClient, keys: Keyring, acme: Known) -> None:
    cleo, manager = await keys.of(account=BOLT), await keys.of(Role.MANAGER)
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/rotate"), ("GET", "/attempts")):
        foreign = await api.request(method, f"/webhooks/{acme.webhook}{path}", headers=cleo | ONCE)
        assert (foreign.status_code, foreign.json()["code"]) == (404, "unknown_webhook")
        ours = await api.request(method, f"/webhooks/{acme.webhook}{path}", headers=manager | ONCE)
        assert (ours.status_code, ours.json()["code"]) == (403, "not_permitted")


async def test_a_ping_is_answered_at_once_and_a_rotated_secret_signs_beside_the_old_one(
    desks: Desks, acme: Known
) -> None:
    async with a_receiver() as receiver, on_loopback(desks) as api:
        made = (await api.post("/webhooks", json={"url": receiver.url})).json()
        path = f"/webhooks/{made['id']}"
        pinged = (await api.post(f"{path}/test", headers=under("1"))).json()
        assert pinged | {"delivered": True, "outcome": "delivered", "status": 204} == pinged
        ping = receiver.requests[-1]
        assert ping.verified(made["secret"])["type"] == "webhook.ping"
        assert ping.id.startswith("ping_")

        rotated = (await api.post(f"{path}/rotate", json={"keep_hours": 2})).json()
        assert rotated["secret"] != made["secret"]
        assert rotated["secret_rotates_until"] is not None
        repeated = await api.post(f"{path}/rotate", json={"keep_hours": 2})
        assert (repeated.status_code, repeated.json()["code"]) == (422, "webhook_rotated")
        without = await api.post(f"{path}/rotate", headers={"Idempotency-Key": ""})
        assert without.json()["code"] == "idempotency_key_needed"
        await api.post(f"{path}/test", headers=under("2"))
        assert len(receiver.requests[-1].headers["webhook-signature"].split(" ")) == 2
        for secret in (made["secret"], rotated["secret"]):
            receiver.requests[-1].verified(secret)
        await run(desks.database, "UPDATE webhook_earlier_secrets SET until = esim_now()")
        await api.post(f"{path}/test", headers=under("3"))
        assert len(receiver.requests[-1].headers["webhook-signature"].split(" ")) == 1
        receiver.requests[-1].verified(rotated["secret"])

        receiver.always(500)
        receiver.text = "Broken"
        failed = (await api.post(f"{path}/test", headers=under("4"))).json()
        assert failed | {"delivered": False, "outcome": "status", "status": 500, "answer": "Broken"} == failed

        sent = len(receiver.requests)
        again = await api.post(f"{path}/test", headers=under("4"))
        assert (again.json(), again.headers["Idempotent-Replayed"]) == (failed | {"answer": ""}, "true")
        await run(desks.database, "UPDATE webhook_calls SET result = NULL")
        unknown = await api.post(f"{path}/test", headers=under("4"))
        assert (unknown.status_code, unknown.json()["code"]) == (422, "webhook_ping_unanswered")
        without = await api.post(f"{path}/test", headers=under(""))
        assert without.json()["code"] == "idempotency_key_needed"
        assert len(receiver.requests) == sent


async def test_an_event_or_a_span_of_time_is_sent_again_and_nothing_else(desks: Desks, acme: Known) -> None:
    async with a_receiver() as receiver, on_loopback(desks) as api:
        made = (await api.post("/webhooks", json={"url": receiver.url, "types": ["sim.discarded"]})).json()
        path = f"/webhooks/{made['id']}"
        for _ in range(3):
            await happens(desks.database, "sim.discarded")
        await happens(desks.database)
        feed = (await api.get("/events", params={"type": "sim.discarded"})).json()["data"]
        since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()

        waiting = (await api.post(f"{path}/replay", json={"from": since}, headers=under("1"))).json()
        assert waiting["events"] == 0, "they are to be delivered anyway"
        await run(desks.database, "UPDATE webhooks SET epoch = esim_epoch(), xid = pg_current_xact_id()")
        span = await api.post(f"{path}/replay", json={"from": since}, headers=under("2"))
        assert (span.status_code, span.json()["events"]) == (202, 3)
        again = await api.post(f"{path}/replay", json={"from": since}, headers=under("3"))
        assert (again.json()["events"], again.headers.get("Idempotent-Replayed")) == (3, None)
        rows = (await api.get(f"{path}/attempts?waiting=true")).json()["data"]
        assert {row["event"] for row in rows} == {item["id"] for item in feed[-3:]}
        assert {row["number"] for row in rows} == {0}
        one = await api.post(f"{path}/replay", json={"event": feed[-1]["id"]}, headers=under("4"))
        assert one.json()["events"] == 1
        earlier = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
        before = await api.post(f"{path}/replay", json={"from": earlier, "to": since}, headers=under("5"))
        assert before.json()["events"] == 0

        await run(desks.database, "UPDATE webhook_attempts SET next_attempt_at = NULL")  # delivered
        repeat = await api.post(f"{path}/replay", json={"from": since}, headers=under("3"))
        assert (repeat.status_code, repeat.json()) == (202, again.json())
        assert repeat.headers["Idempotent-Replayed"] == "true"
        assert (await api.get(f"{path}/attempts?waiting=true")).json()["data"] == []
        reused = await api.post(f"{path}/replay", json={"event": feed[-1]["id"]}, headers=under("3"))
        assert reused.json()["code"] == "key_reused"
        without = await api.post(f"{path}/replay", json={"from": since}, headers=under(""))
        assert without.json()["code"] == "idempotency_key_needed"

        for body, code in (
            ({}, "webhook_replay_choice"),
            ({"event": feed[-1]["id"], "from": since}, "webhook_replay_choice"),
            ({"event": "nonsense"}, "unknown_event"),
            ({"event": "MS4xLjE"}, "unknown_event"),
        ):
            refused = await api.post(f"{path}/replay", json=body, headers=under("6"))
            assert refused.json()["code"] == code


async def test_every_change_is_in_the_audit_without_address_and_secret(desks: Desks, acme: Known) -> None:
    async with a_receiver() as receiver, on_loopback(desks) as api:
        made = (await api.post("/webhooks", json={"url": f"{receiver.url}?token=word"})).json()
        path = f"/webhooks/{made['id']}"
        await api.patch(path, json={"description": "Shop", "types": ["order.processed"]})
        await api.patch(path, json={"description": "Shop"})  # changes nothing
        for call in ("test", "rotate", "disable", "disable", "enable"):
            assert (await api.post(f"{path}/{call}")).is_success
        await api.post(f"{path}/replay", json={"from": "2020-01-01T00:00:00Z"})
        assert (await api.delete(path)).status_code == 204
        assert (await api.get(path)).status_code == 404
        audit = await api.get("/audit", params={"about": made["id"]})

        assert [entry["type"].removeprefix("webhook.") for entry in reversed(audit.json()["data"])] == [
            *("created", "changed", "tested", "rotated", "disabled", "enabled", "replayed", "deleted")
        ]
        assert {entry["surface"] for entry in audit.json()["data"]} == {"api"}
        assert made["secret"] not in audit.text
        assert "word" not in audit.text
        assert str(receiver.port) not in audit.text


async def test_an_account_has_a_limited_number_of_webhooks(desks: Desks, acme: Known) -> None:
    async with on_loopback(desks, webhooks_per_account=2) as api:
        made = await api.post("/webhooks", json={"url": PUBLIC})
        assert made.status_code == 201  # beside the one of `acme`
        over = await api.post("/webhooks", headers={"Idempotency-Key": "other"}, json={"url": PUBLIC})
        assert (over.status_code, over.json()["code"]) == (422, "too_many_webhooks")


async def test_missed_events_may_be_skipped(desks: Desks, acme: Known) -> None:
    async with a_receiver() as receiver, on_loopback(desks) as api:
        path = f"/webhooks/{(await api.post('/webhooks', json={'url': receiver.url})).json()['id']}"
        await api.post(f"{path}/disable")
        await happens(desks.database)
        before = await _place(desks)
        await api.post(f"{path}/enable")
        assert await _place(desks) == before
        await api.post(f"{path}/enable", json={"skip_missed": True})
        assert await _place(desks) > before


async def _place(desks: Desks) -> int:
    (row,) = await run(desks.database, "SELECT max(xid::text::bigint) AS xid FROM webhooks")
    return int(row.xid)


_MANY = """
INSERT INTO webhooks (account_id, url, secret, disabled_at, disabled_for, epoch, xid, event_id, created_by)
    SELECT 1, 'https://shop.example/' || n, '', esim_now(), 'asked', 1, '1', 0, 'user:1'
    FROM generate_series(1, 110) n
"""
_MANY_ATTEMPTS = """
INSERT INTO webhook_attempts (webhook_id, account_id, epoch, xid, event_id, type, number, outcome, status)
    SELECT 1, 1, 1, '1', n, 'line.groups_changed', 1, 'status', 500 FROM generate_series(1, 110) n
"""


async def test_lists_cost_the_same_statements_however_long_a_page_is(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    headers = await keys.of()
    await api.get("/webhooks", headers=headers)
    for statement in (_MANY, _MANY_ATTEMPTS):
        await run(desks.database, statement)
    for path in ("/webhooks", "/webhooks/WH-1/attempts"):
        cost = set()
        for limit in (1, 25, 100):
            with counted(desks.database) as statements:
                answer = await api.get(path, params={"limit": limit}, headers=headers)
            assert len(answer.json()["data"]) == limit
            cost.add(len(statements))
        assert len(cost) == 1, path


async def test_the_query_of_an_address_is_shown_once(desks: Desks, acme: Known) -> None:
    """It may hold a token of the receiver's: also who manages webhooks does not read it again."""
    async with a_receiver() as receiver, on_loopback(desks) as api:
        address, shown = f"{receiver.url}?token=word", f"{receiver.url}?…"
        made = (await api.post("/webhooks", json={"url": address})).json()
        path = f"/webhooks/{made['id']}"
        assert made["url"] == address
        edited = await api.patch(path, json={"url": shown, "description": "Shop"})
        answers = [edited, await api.get(path), await api.get("/webhooks"), await api.post(f"{path}/rotate")]
        assert edited.json()["url"] == shown
        assert not [answer.text for answer in answers if "word" in answer.text or not answer.is_success]
        assert (await api.post(f"{path}/test")).json()["delivered"]
        assert receiver.requests[-1].path.endswith("?token=word")
        assert (await api.patch(path, json={"url": receiver.url})).json()["url"] == receiver.url
        unknown = await api.patch(path, json={"url": f"{receiver.url}/other?…"})
        assert (unknown.status_code, unknown.json()["code"]) == (422, "webhook_query_hidden")
