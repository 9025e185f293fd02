"""Agents over HTTP: created once per key, edited in part (L1, L12, L38)."""

import asyncio
from typing import Any

import httpx
import pytest

from starter.desks import Desks
from tests.builders import run
from tests.callers.world import Known
from tests.portal.api.keys import Keyring

pytestmark = pytest.mark.covers("L1")
HUGO = {"name": "Hugo", "email": "hugo@acme.example", "language": "fr"}


async def _create(
    api: httpx.AsyncClient, headers: dict[str, str], key: str, **changes: Any
) -> httpx.Response:
    return await api.post("/agents", headers=headers | {"Idempotency-Key": key}, json=HUGO | changes)


async def test_an_agent_is_created_once_per_key(
    api: httpx.AsyncClient, keys: Keyring, acme: Known, desks: Desks
) -> None:
    headers = await keys.of()

    made = await _create(api, headers, "a-1", phone_confirmed=True)
    again = await _create(api, headers, "a-1", phone_confirmed=True)

    assert (made.status_code, again.status_code) == (201, 200)
    assert "Idempotent-Replayed" not in made.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == made.json()
    assert made.headers["Location"] == again.headers["Location"] == f"/api/v1/agents/{made.json()['id']}"
    assert made.json()["phone_confirmed_at"] is not None
    shown = await api.get(made.headers["Location"].removeprefix("/api/v1"), headers=headers)
    assert shown.json() == made.json()
    assert (await api.get("/agents/hugo@acme.example", headers=headers)).json() == made.json()
    (row,) = await run(desks.database, "SELECT made_key, made_as FROM agents WHERE name = 'Hugo'")
    assert "a-1" not in row.made_key + row.made_as


async def test_a_key_is_of_one_agent_also_once_the_agent_was_edited(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()
    made = (await _create(api, headers, "a-1")).json()
    await api.patch(f"/agents/{made['id']}", headers=headers, json={"name": "Hugo Lund"})

    again = await _create(api, headers, "a-1")
    other = await _create(api, headers, "a-1", name="Hugo Lund")

    assert (again.status_code, again.json()["name"]) == (200, "Hugo Lund"), "the agent as he is now"
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert (await _create(api, headers, "a-2")).json()["code"] == "agent_exists"
    refused = await _create(api, headers, "a-3", email="no address")
    assert refused.json()["code"] == "email_invalid"
    assert (await _create(api, headers, "a-3", email="h@acme.example")).status_code == 201, "the key was free"


async def test_of_calls_at_once_with_one_key_one_creates_the_agent(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()

    answers = await asyncio.gather(*(_create(api, headers, "a-1") for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_what_is_left_out_of_an_edit_stays_and_null_removes(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()
    eid = "89049032123451234512345678901235"
    made = (await _create(api, headers, "a-1", eid=eid)).json()

    async def edited(**changes: Any) -> Any:
        return (await api.patch(f"/agents/{made['id']}", headers=headers, json=changes)).json()

    assert made["eid"] == eid
    assert await edited() == made
    assert await edited(eid=None, language=None) == made | {"eid": None, "language": "en"}
    confirmed = await edited(phone_confirmed=True)
    assert confirmed["phone_confirmed_at"] is not None
    assert (await edited(phone_confirmed=False))["phone_confirmed_at"] is None
    for field in ("name", "email", "phone_confirmed"):
        refused = await edited(**{field: None})
        assert [error["pointer"] for error in refused["errors"]] == [f"/{field}"]
    assert (await edited(nickname="Hu"))["errors"][0]["pointer"] == "/nickname"
    assert (await edited(email="gina@acme.example"))["code"] == "agent_exists"


@pytest.mark.covers("L38")
async def test_an_agent_without_numbers_is_deactivated_and_activated(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()
    made = (await _create(api, headers, "a-1")).json()

    for _ in range(2):
        gone = await api.post(f"/agents/{HUGO['email']}/deactivate", headers=headers)
        assert gone.json()["deactivated_at"] is not None
    back = await api.post(f"/agents/{made['id']}/activate", headers=headers)

    assert back.json() == made
