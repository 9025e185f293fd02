"""A backend has a QR code requested, uploaded and notified over HTTP; over real parts (A15)."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from models.people.callers import Role
from portal.app import create_app
from starter.desks import Desks
from tests.builders import ANA, OPERATOR
from tests.portal.api.keys import Keyring
from tests.system.qr_scene import QrScene, a_code
from tests.system.scene import Scene
from tests.temporal_server import eventually

pytestmark = pytest.mark.covers("A15")


@pytest.fixture
async def qr(scene: Scene) -> QrScene:
    return await QrScene.set_up(scene)


@pytest.fixture
async def api(scene: Scene, qr: QrScene) -> AsyncIterator[httpx.AsyncClient]:
    """A backend with a key of the account."""
    desks = Desks.of(scene.temporal.client, scene.database, scene.settings)
    app = create_app(desks.links, scene.settings, desks=desks)
    key = await Keyring(desks, OPERATOR).of(Role.ADMINISTRATOR)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://portal/api/v1", headers=key) as client:
        yield client


def _key(qr: QrScene, name: str) -> dict[str, str]:
    """Tests share a Temporal server, and their accounts have the same id."""
    return {"Idempotency-Key": f"{name} of {qr.scene.settings.task_queue}"}


async def test_a_code_is_requested_uploaded_and_notified(api: httpx.AsyncClient, qr: QrScene) -> None:
    made = await api.post("/qr-requests", json={"sim": qr.sim}, headers=_key(qr, "cart-1"))
    assert made.status_code == 201, made.text
    assert made.json()["status"] == "requested"
    request = made.headers["Location"].removeprefix("/api/v1")
    assert (await api.get(request)).json()["id"] == made.json()["id"]

    async with qr.browser() as browser:
        await qr.upload(browser, await qr.upload_link())
    assert (await api.get(request)).json()["status"] == "imported"
    shown = await api.post(f"/sims/{qr.sim}/qr-code/show")
    assert shown.json()["activation_code"] == str(a_code())

    sent = await api.post(f"/sims/{qr.sim}/qr-code/notify", json={"to": ANA}, headers=_key(qr, "boss"))
    assert sent.status_code == 201, sent.text
    link = await qr.download_link(ANA)
    notification = sent.headers["Location"].removeprefix("/api/v1")
    await eventually(lambda: api.get(notification), lambda seen: seen.json()["state"] == "sent")
    async with qr.browser() as browser:
        assert (await browser.get(link)).status_code == 200
        await api.post(f"{notification}/revoke")
        assert (await browser.get(link)).status_code == 410


@pytest.mark.covers("A3")
async def test_a_repeat_with_the_same_key_sends_no_second_mail_and_says_so(
    api: httpx.AsyncClient, qr: QrScene
) -> None:
    asked = {"json": {"sim": qr.sim, "subject": "A code"}, "headers": _key(qr, "cart-1")}
    first = await api.post("/qr-requests", **asked)  # type: ignore[arg-type]
    repeats = await asyncio.gather(*(api.post("/qr-requests", **asked) for _ in range(3)))  # type: ignore[arg-type]
    others = [
        await api.post("/qr-requests", json={"sim": qr.sim} | body, headers=_key(qr, "cart-1"))
        for body in ({}, {"subject": "Another"}, {"subject": "A code", "cc": ["boss@acme.example"]})
    ]
    other = await api.post("/qr-requests", json={"sim": await qr.sim_of(2)}, headers=_key(qr, "cart-1"))

    assert {each.json()["id"] for each in repeats} == {first.json()["id"]}
    assert {each.status_code for each in repeats} == {200}
    assert {each.headers["Idempotent-Replayed"] for each in repeats} == {"true"}
    assert "Idempotent-Replayed" not in first.headers
    assert [(each.status_code, each.json()["code"]) for each in others] == [(422, "key_reused")] * 3
    assert (other.status_code, other.json()["code"]) == (422, "key_used_for_sim")

    path = f"/qr-requests/{first.json()['id']}/send-again"
    again = [await api.post(path, json={"subject": "Once more"}, headers=_key(qr, "again")) for _ in range(2)]
    assert [each.json()["round"] for each in again] == [2, 2]
    assert ["Idempotent-Replayed" in each.headers for each in again] == [False, True]
    changed = [
        await api.post(path, json={"subject": "Once more"} | body, headers=_key(qr, "again"))
        for body in ({"subject": "Twice more"}, {"text": "Another text."}, {"cc": ["boss@acme.example"]})
    ]
    assert [(each.status_code, each.json()["code"]) for each in changed] == [(422, "key_reused")] * 3
    await qr.upload_link(mails=2)
    assert [mail.subject for mail in qr.scene.mailbox.mails].count("Once more") == 1

    await api.post(f"/sims/{qr.sim}/qr-code/import", json={"activation_code": str(a_code())})
    notify = {"json": {"to": ANA}, "headers": _key(qr, "boss")}
    sent = [await api.post(f"/sims/{qr.sim}/qr-code/notify", **notify) for _ in range(2)]  # type: ignore[arg-type]
    assert [each.status_code for each in sent] == [201, 200]
    assert sent[0].json()["id"] == sent[1].json()["id"]
    assert "Idempotent-Replayed" in sent[1].headers


@pytest.mark.covers("A3")
@pytest.mark.parametrize(
    ("first", "others"),
    [({"to": ANA}, [{}, {"to": "boss@acme.example"}]), ({}, [{"to": ANA}, {"to": "boss@acme.example"}])],
)
async def test_the_key_of_a_notification_is_refused_with_another_address_or_none(
    first: dict[str, str], others: list[dict[str, str]], api: httpx.AsyncClient, qr: QrScene
) -> None:
    await api.post(f"/sims/{qr.sim}/qr-code/import", json={"activation_code": str(a_code())})
    path = f"/sims/{qr.sim}/qr-code/notify"
    sent = await api.post(path, json=first, headers=_key(qr, "boss"))

    refused = [await api.post(path, json=body, headers=_key(qr, "boss")) for body in others]
    again = await api.post(path, json=first, headers=_key(qr, "boss"))

    assert sent.status_code == 201, sent.text
    assert [(each.status_code, each.json()["code"]) for each in refused] == [(422, "key_reused")] * 2
    assert (again.status_code, again.json()["id"]) == (200, sent.json()["id"])


@pytest.mark.covers("A3")
async def test_a_key_of_a_pre_filled_request_is_refused_with_a_subject(
    api: httpx.AsyncClient, qr: QrScene
) -> None:
    await api.post("/qr-requests", json={"sim": qr.sim}, headers=_key(qr, "cart-1"))
    other = await api.post(
        "/qr-requests", json={"sim": qr.sim, "subject": "Another"}, headers=_key(qr, "cart-1")
    )
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


@pytest.mark.covers("A3")
async def test_of_requests_at_once_with_one_key_one_has_made_it(api: httpx.AsyncClient, qr: QrScene) -> None:
    sent = [api.post("/qr-requests", json={"sim": qr.sim}, headers=_key(qr, "cart-1")) for _ in range(5)]
    answers = await asyncio.gather(*sent)
    assert len({each.json()["id"] for each in answers}) == 1
    assert sorted(each.status_code for each in answers) == [200, 200, 200, 200, 201]
    assert sorted("Idempotent-Replayed" in each.headers for each in answers) == [False, *[True] * 4]


@pytest.mark.covers("A3")
async def test_of_calls_at_once_with_one_key_one_has_sent_the_request_again(
    api: httpx.AsyncClient, qr: QrScene
) -> None:
    made = await api.post("/qr-requests", json={"sim": qr.sim}, headers=_key(qr, "cart-1"))
    path = f"/qr-requests/{made.json()['id']}/send-again"

    answers = await asyncio.gather(
        *(api.post(path, json={"subject": "Once more"}, headers=_key(qr, "again")) for _ in range(5))
    )

    assert [(each.status_code, each.json()["round"]) for each in answers] == [(200, 2)] * 5
    assert sorted("Idempotent-Replayed" in each.headers for each in answers) == [False, *[True] * 4]
    other = await api.post(path, json={"subject": "A third time"}, headers=_key(qr, "later"))
    assert (other.json()["round"], "Idempotent-Replayed" in other.headers) == (3, False)


async def test_a_withdrawn_request_is_not_sent_again(api: httpx.AsyncClient, qr: QrScene) -> None:
    made = await api.post("/qr-requests", json={"sim": qr.sim}, headers=_key(qr, "cart-1"))
    path = f"/qr-requests/{made.json()['id']}"
    link = await qr.upload_link()

    for _ in range(2):
        withdrawn = await api.post(f"{path}/withdraw")
        assert (withdrawn.status_code, withdrawn.json()["status"]) == (200, "withdrawn")
    again = await api.post(f"{path}/send-again", json={}, headers=_key(qr, "again"))

    assert (again.status_code, again.json()["code"]) == (422, "already_withdrawn")
    assert withdrawn.json()["next"] == []
    async with qr.browser() as browser:
        assert (await browser.get(link)).status_code == 410


@pytest.mark.covers("W5")
async def test_a_held_request_goes_on_after_a_retry(api: httpx.AsyncClient, qr: QrScene) -> None:
    qr.scene.mailbox.answer = "550 5.1.1 no such user"
    made = await api.post("/qr-requests", json={"sim": qr.sim}, headers=_key(qr, "cart-1"))
    path = f"/qr-requests/{made.json()['id']}"
    held = await eventually(lambda: api.get(path), lambda seen: seen.json()["held"])
    qr.scene.mailbox.answer = "250 2.0.0 taken"

    retried = await api.post(f"{path}/retry")

    assert held.json()["holds"][0]["reason"] == "mail_rejected"
    assert retried.status_code == 202
    await qr.upload_link()
    await eventually(lambda: api.get(path), lambda seen: not seen.json()["held"])
    again = await eventually(lambda: api.post(f"{path}/retry"), lambda seen: seen.status_code != 202)
    assert (again.status_code, again.json()["code"]) == (422, "not_held")
