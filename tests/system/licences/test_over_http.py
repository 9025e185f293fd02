"""Licences over HTTP with a worker: an eSIM is ordered, replaced and sent again, and numbers are changed.

Every call is repeated under its key, as a backend does that had no answer.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from models.people.callers import Role
from portal.app import create_app
from starter.desks import Desks
from tests.builders import OPERATOR, iccid
from tests.licences_world import GINA, number_msisdn
from tests.portal.api.keys import Keyring
from tests.qr_world import code
from tests.system.licences.office import HUGO, Office

NUMBER = number_msisdn(1)


@dataclass
class Backend:
    """A backend with the key of an administrator's service user."""

    client: httpx.AsyncClient
    headers: dict[str, str]
    desks: Desks
    of_test: str

    async def post(self, path: str, key: str | None = None, **body: Any) -> httpx.Response:
        """A call, under a key of this test alone: all tests' work is on one Temporal server."""
        sent = self.headers if key is None else self.headers | {"Idempotency-Key": f"{key}, {self.of_test}"}
        return await self.client.post(path, headers=sent, json=body)

    async def twice(self, path: str, key: str, *, status: int = 200, **body: Any) -> Any:
        """A call and its repeat, which says that it is one; the answer to both."""
        first, again = await self.post(path, key, **body), await self.post(path, key, **body)
        assert first.status_code == status, first.text
        assert again.status_code in {200, 202}, again.text
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers.get("Idempotent-Replayed") == "true"
        assert again.json()["id"] == first.json()["id"]
        return first.json()

    async def number(self) -> Any:
        answer = await self.client.get(f"/numbers/{NUMBER}", headers=self.headers)
        return answer.json()


@pytest.fixture
async def backend(office: Office) -> AsyncIterator[Backend]:
    scene = office.scene
    desks = Desks.of(scene.temporal.client, scene.database, scene.settings)
    headers = await Keyring(desks, OPERATOR).of(Role.ADMINISTRATOR)
    transport = httpx.ASGITransport(create_app(desks.links, scene.settings, desks=desks))
    async with httpx.AsyncClient(transport=transport, base_url="https://portal.example/api/v1") as client:
        yield Backend(client, headers, desks, office.key)


@pytest.mark.covers("L4", "L9", "L29", "L30", "L31", "A3")
async def test_an_esim_is_assigned_sent_again_and_replaced(backend: Backend) -> None:
    assign = {"kind": "assign_licence", "number": NUMBER, "add_on": "voice_sms_data"}
    placed = await backend.twice("/orders", "assign", status=201, **assign)
    other = await backend.post("/orders", "assign", **assign | {"number": number_msisdn(2)})
    assert other.json()["code"] == "key_used"
    assert placed["details"]["number"] == (await backend.number())["id"]
    await backend.desks.orders.acknowledge(OPERATOR, placed["id"], iccid=iccid(501))
    await backend.desks.orders.processed(OPERATOR, placed["id"])
    esim = (await backend.number())["esim"]
    assert (esim["state"], esim["iccid"], esim["code_known"]) == ("active", iccid(501), False)
    without = await backend.post(f"/numbers/{NUMBER}/resend", "without")
    assert (without.status_code, without.json()["code"]) == (422, "number_without_code")

    await backend.desks.codes.import_code(OPERATOR, esim["id"], str(code(1)))
    sent = await backend.twice(f"/numbers/{NUMBER}/resend", "resend", status=202)
    assert (sent["address"], sent["sim"], sent["state"]) == (GINA, esim["id"], "waiting")

    replace = {"kind": "replace_licence_esim", "number": NUMBER, "reason": "lost"}
    second = await backend.twice("/orders", "replace", status=201, **replace)
    number = await backend.number()
    assert (number["esim"], number["order"]["id"]) == (None, second["id"]), "the lost eSIM stopped at once"
    assert second["details"]["reason"] == "lost"
    assert second["details"]["replaced_iccid"] == iccid(501)


@pytest.mark.covers("L13", "L15", "L26", "L39", "A3")
async def test_a_number_is_changed_once_per_key(backend: Backend) -> None:
    path = f"/numbers/{NUMBER}"
    suspended = await backend.twice(f"{path}/suspend", "suspend", reason="Abroad.")
    assert (suspended["change"], suspended["changed"]) == ("suspend", True)
    assert (await backend.post(f"{path}/suspend", "suspend", reason="Abroad.")).json() == suspended
    shown = await backend.number()
    assert (shown["state"], shown["suspended_for"]) == ("suspended", "Abroad.")
    other = await backend.post(f"{path}/resume", "suspend")
    assert (other.status_code, other.json()["code"]) == (422, "key_used_for_change")
    why = await backend.post(f"{path}/suspend", "suspend", reason="Lost.")
    assert (why.status_code, why.json()["code"]) == (422, "key_used_for_change")
    same = await backend.post(f"{path}/suspend", "suspend 2", reason="Abroad.")
    assert same.json()["changed"] is False, "it is suspended already"
    assert (await backend.twice(f"{path}/resume", "resume"))["changed"] is True

    await backend.twice(f"{path}/convert", "shared", line_type="shared")
    await backend.twice(f"{path}/convert", "direct", line_type="direct")
    hugo = await backend.client.post(
        "/agents",
        headers=backend.headers | {"Idempotency-Key": "hugo"},
        json={"name": "Hugo", "email": HUGO, "phone_confirmed": True},
    )
    await backend.twice(f"{path}/change-user", "user", agent=HUGO)
    assert (await backend.number())["agent"] == {"id": hugo.json()["id"], "name": "Hugo"}
    gone = await backend.client.post(f"/agents/{HUGO}/deactivate", headers=backend.headers)
    assert gone.json()["numbers"] == []
    assert (await backend.number())["agent"] is None

    await backend.twice(f"{path}/delete", "delete")
    shown = await backend.number()
    assert (shown["state"], shown["recoverable_until"] > shown["deleted_at"]) == ("deleted", True)
    await backend.twice(f"{path}/recover", "recover")
    assert (await backend.number())["state"] == "active"
    assert (await backend.twice(f"{path}/delete", "delete again"))["changed"] is True


@pytest.mark.covers("L30", "A3")
async def test_the_esim_of_a_lost_phone_is_stopped_once(backend: Backend, office: Office) -> None:
    await office.active()

    stopped = await backend.twice(f"/numbers/{NUMBER}/stop-esim", "lost", reason="lost")

    assert stopped["change"] == "stop_esim"
    assert (await backend.number())["esim"] is None


@pytest.mark.covers("L37")
async def test_a_request_for_licences_is_accepted_and_repeated(backend: Backend) -> None:
    asked = {"add_on": "voice_sms", "quantity": 2, "note": "For the new team."}
    first = await backend.post("/licence-requests", "request", **asked)
    again = await backend.post("/licence-requests", "request", **asked)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["Location"] == f"/api/v1/licence-requests/{first.json()['id']}"
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
