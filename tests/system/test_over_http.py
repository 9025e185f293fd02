"""A provider's backend takes orders from acknowledgement to their end over HTTP, and held work goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import httpx
import pytest
from temporalio.service import RPCError

from models.orders.lifecycle import OrderKind
from models.people.callers import Role
from portal.app import create_app
from starter import callers
from starter.desks import Desks
from starter.orders.drafts import OrderDraft
from store.session import Database
from tests.builders import ANA, OPERATOR, iccid, line, run, world
from tests.portal.api.keys import Keyring
from tests.portal.api.statements import counted
from tests.portal.api.travel.journey import Client
from tests.system.qr_scene import QrScene, a_code
from tests.system.scene import Scene, msisdn
from tests.temporal_server import eventually

pytestmark = pytest.mark.covers("A3", "A9")
REFUSES = "550 5.1.1 No such user"
TAKES = "250 2.0.0 taken"
ESIM = iccid(777)


@dataclass
class Backends:
    """Of the account, and of the provider."""

    firm: Client
    provider: Client
    desks: Desks


@asynccontextmanager
async def _backends(scene: Scene, database: Database | None = None) -> AsyncIterator[Backends]:
    """Lines 1 and 2 of the account are on physical SIMs, line 3 is on an eSIM."""
    await world(scene.database, line(1), line(2), line(3, sim_type="esim"))
    desks = Desks.of(scene.temporal.client, database or scene.database, scene.settings)
    keys = Keyring(desks, OPERATOR)
    firm, provider = await keys.of(Role.ADMINISTRATOR), await keys.of(Role.PROVIDER_DESK)
    transport = httpx.ASGITransport(create_app(desks.links, scene.settings, desks=desks))
    async with httpx.AsyncClient(transport=transport, base_url="http://portal/api/v1") as api:
        yield Backends(Client(api, firm), Client(api, provider), desks)


@pytest.fixture
async def backends(scene: Scene) -> AsyncIterator[Backends]:
    async with _backends(scene) as made:
        yield made


async def _placed(backend: Client, number: int) -> str:
    wish = {"kind": "switch_to_esim", "line": msisdn(number), "discard_confirmed": True}
    return str((await backend.post("/orders", wish, 201))["id"])


async def _mailed(backend: Client, order: str) -> None:
    """Wait until the provider has the order's e-mail."""

    async def types() -> list[str]:
        return [event["type"] for event in (await backend.get(f"/orders/{order}", expand="events"))["events"]]

    await eventually(types, lambda found: "mail.sent" in found)


async def _held_for(backend: Client, path: str, *reasons: str) -> None:
    await eventually(
        lambda: backend.get(path), lambda found: [hold["reason"] for hold in found["holds"]] == [*reasons]
    )


async def test_placing_over_http_executes_two_statements_more_than_the_desk(scene: Scene) -> None:
    """Those of the key with the call's origin, and of the order with its details, but not of its events."""
    database = Database(scene.settings.database_url)  # the worker has another one
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        backends = await stack.enter_async_context(_backends(scene, database))
        await backends.firm.get("/orders")  # a key's first use within a minute is noted
        ana = await callers.user(database, ANA)
        draft = OrderDraft(
            kind=OrderKind.SWITCH_TO_ESIM, line=msisdn(1), discard_confirmed=True, key="cart-1"
        )
        with counted(database) as by_desk:
            await backends.desks.orders.place(ana, draft)

        with counted(database) as over_http:
            order = await _placed(backends.firm, 2)

        assert len(over_http) == len(by_desk) + 2, "\n".join(over_http)
        shown = await backends.firm.get(f"/orders/{order}", expand="events")
        assert shown["events"][0]["type"] == "order.submitted"
        assert (await backends.firm.get(f"/orders/{order}"))["events"] is None


@pytest.mark.covers("F43", "F48", "F50")
async def test_an_order_is_acknowledged_gets_its_iccid_and_is_processed(
    backends: Backends, scene: Scene
) -> None:
    firm, provider = backends.firm, backends.provider
    order = await _placed(firm, 1)
    await _mailed(firm, order)

    state = await provider.post(f"/orders/{order}/acknowledge", {})
    assert state["status"] == "provider_processing"
    assert await provider.post(f"/orders/{order}/acknowledge", {}) == state, "a repeat changes nothing"
    assert (await firm.get(f"/lines/{msisdn(1)}"))["temporary"]["iccid"] is None
    await provider.post(f"/orders/{order}/iccid", {"iccid": iccid(776)})
    await firm.post(f"/lines/{msisdn(1)}/iccid", {"iccid": ESIM})
    assert (await firm.get(f"/lines/{msisdn(1)}"))["temporary"]["iccid"] == ESIM

    done = await provider.post(f"/orders/{order}/processed", {})
    assert done["status"] == "processed"
    assert await provider.post(f"/orders/{order}/processed", {}) == done, "a repeat changes nothing"
    await scene.ended(order)
    found = await firm.get(f"/lines/{msisdn(1)}")
    assert (found["sim"]["iccid"], found["sim"]["kind"], found["temporary"]) == (ESIM, "esim", None)


@pytest.mark.covers("F51")
async def test_a_cancelled_order_leaves_the_sim_in_place(backends: Backends, scene: Scene) -> None:
    firm, provider = backends.firm, backends.provider
    before = await firm.get(f"/lines/{msisdn(2)}")
    order = await _placed(firm, 2)
    await _mailed(firm, order)
    await provider.post(f"/orders/{order}/acknowledge", {"iccid": ESIM})

    cancelled = await provider.post(f"/orders/{order}/cancel", {"reason": "No eSIM left."})

    assert cancelled["status"] == "cancelled"
    await scene.ended(order)
    assert (await firm.get(f"/orders/{order}"))["cancel_reason"] == "No eSIM left."
    found = await firm.get(f"/lines/{msisdn(2)}")
    assert (found["sim"]["id"], found["temporary"]) == (before["sim"]["id"], None)


@pytest.mark.covers("W5")
@pytest.mark.parametrize("address", ["/orders/{id}/retry", "/held/{id}/retry"])
async def test_a_held_order_goes_on_when_it_is_retried(
    backends: Backends, scene: Scene, address: str
) -> None:
    firm = backends.firm
    scene.mailbox.answer = REFUSES
    order = await _placed(firm, 1)
    await _held_for(firm, f"/orders/{order}", "mail_rejected")
    assert [each["id"] for each in (await firm.get("/held"))["data"]] == [order]

    scene.mailbox.answer = TAKES
    await firm.post(address.format(id=order), status=202)

    await _mailed(firm, order)
    await _held_for(firm, f"/orders/{order}")
    assert (await firm.get("/held"))["data"] == []


@pytest.mark.covers("W5", "F24")
async def test_a_held_notification_goes_on_when_it_is_retried(backends: Backends, scene: Scene) -> None:
    firm, qr = backends.firm, QrScene(scene)
    qr.sim = await qr.sim_of(3)
    await backends.desks.codes.import_code(OPERATOR, qr.sim, str(a_code()))
    scene.mailbox.answer = REFUSES
    notification = (await firm.post(f"/sims/{qr.sim}/qr-code/notify", {"to": ANA}, 201))["id"]
    await _held_for(firm, f"/qr-notifications/{notification}", "mail_rejected")

    scene.mailbox.answer = TAKES
    await firm.post(f"/qr-notifications/{notification}/retry", status=202)

    await _held_for(firm, f"/qr-notifications/{notification}")
    assert await qr.download_link(ANA)


@pytest.mark.covers("P1")
async def test_a_user_is_created_and_invited(backends: Backends, scene: Scene) -> None:
    body = {"name": "Ines", "email": "ines@acme.example", "role": "manager"}
    made = await backends.firm.post("/users", body, 201)

    invited = await backends.firm.post(f"/users/{made['id']}/invite", status=202)

    assert invited["id"] == made["id"]
    await scene.mailbox.got("ines@acme.example")
    (mail,) = scene.mailbox.mails
    assert f"{scene.settings.portal_url}/invitation/" in mail.text


@pytest.mark.covers("P1", "A3")
async def test_a_key_invites_one_user_once(backends: Backends, scene: Scene) -> None:
    ines, lea = [
        (await backends.firm.post("/users", {"name": name, "email": f"{name}@acme.example"}, 201))["id"]
        for name in ("ines", "lea")
    ]
    keys = [{"Idempotency-Key": f"{name} of {scene.settings.task_queue}"} for name in ("first", "second")]
    api, headers = backends.firm.api, backends.firm.headers | keys[0]

    answers = await asyncio.gather(*(api.post(f"/users/{ines}/invite", headers=headers) for _ in range(5)))
    again = await api.post(f"/users/{ines}/invite", headers=headers)
    misused = await api.post(f"/users/{lea}/invite", headers=headers)
    another = await api.post(f"/users/{ines}/invite", headers=headers | keys[1])

    assert {each.status_code for each in answers} == {202}, [each.text for each in answers]
    assert sorted("Idempotent-Replayed" in each.headers for each in answers) == [False, *[True] * 4]
    assert (again.json()["id"], again.headers["Idempotent-Replayed"]) == (ines, "true")
    assert (misused.status_code, misused.json()["code"]) == (422, "key_reused")
    assert "Idempotent-Replayed" not in another.headers
    sent = await run(scene.database, "SELECT id FROM user_mails")
    for mail in sent:
        assert await scene.temporal.client.get_workflow_handle(mail.id).result() == "sent"
    assert scene.mailbox.recipients() == ["ines@acme.example"] * 2


async def _no_other_job(scene: Scene) -> None:
    """Tests share a Temporal server, and the first job of each has the same id: one that a test has left open
    would be taken for this one, and nothing works on it any more.
    """
    with suppress(RPCError):  # there is none
        await scene.temporal.client.get_workflow_handle("job-1").terminate()


@pytest.mark.covers("A21")
async def test_a_job_that_has_not_begun_is_cancelled(idle_scene: Scene) -> None:
    rows = [{"kind": "switch_to_esim", "line": msisdn(1), "discard_confirmed": True}]
    async with _backends(idle_scene) as backends:
        firm = backends.firm
        await _no_other_job(idle_scene)
        job = (await firm.post("/jobs", {"kind": "place_orders", "rows": rows}, 202))["id"]
        await firm.post(f"/jobs/{job}/cancel")
        async with idle_scene.worker():
            await idle_scene.ended(job.replace("J-", "job-"))  # tests share a Temporal server
        ended = await firm.get(f"/jobs/{job}")
        assert (ended["status"], ended["done"]) == ("cancelled", 0)
        assert (await firm.get("/orders"))["data"] == []
