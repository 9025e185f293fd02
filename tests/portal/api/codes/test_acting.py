"""Requests are previewed and refused, notifications and links are revoked, without Temporal (A15)."""

import json
from typing import Any

import httpx
import pytest

from models.people.callers import Role
from starter.desks import Desks
from tests.builders import run
from tests.callers.world import Known
from tests.portal.api.keys import Keyring

pytestmark = pytest.mark.covers("A15")
_KEY = {"Idempotency-Key": "cart-4711"}


async def test_the_mail_of_a_request_is_previewed_with_its_recipients_and_nothing_is_stored(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    headers = await keys.of()
    body = {"sim": acme.esim, "contacts": [acme.contact], "subject": "A code, please"}

    preview = await api.post("/qr-requests/preview", json=body, headers=headers)
    dry = await api.post("/qr-requests", params={"dry_run": True}, json=body, headers=headers)

    assert preview.status_code == dry.status_code == 200
    assert preview.json() == dry.json()
    shown = preview.json()
    assert (shown["sim"], shown["subject"], shown["version"]) == (acme.esim, "A code, please", 1)
    assert [(each["id"], each["email"]) for each in shown["recipients"]] == [
        (acme.contact, "codes@telvia.example")
    ]
    assert shown["text"]
    (made,) = await run(desks.database, "SELECT count(*) AS requests FROM qr_requests WHERE sim_id = 1")
    assert made.requests == 0


async def test_an_open_request_is_named_by_the_preview_and_refuses_a_second_one(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()

    preview = await api.post("/qr-requests/preview", json={"sim": "S-3"}, headers=headers)
    second = await api.post("/qr-requests", json={"sim": "S-3"}, headers=headers | _KEY)

    assert preview.json()["open_request"] == acme.request
    assert (second.status_code, second.json()["code"]) == (422, "open_qr_request")
    assert second.json()["refusals"][0]["parameters"] == {"request": acme.request}


async def test_a_refused_request_says_every_reason(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    body = {"sim": acme.sim, "contacts": ["x@telvia.example"], "cc": ["no address"], "subject": "a\nb"}

    refused = await api.post("/qr-requests", json=body, headers=await keys.of() | _KEY)

    assert {each["code"] for each in refused.json()["refusals"]} >= {
        *("esim_needed", "recipient_not_eligible", "email_invalid", "subject_not_one_line")
    }
    assert "no address" not in refused.text


@pytest.mark.covers("A3")
@pytest.mark.parametrize(
    "path", ["/qr-requests", "/qr-requests/{request}/send-again", "/sims/{esim}/qr-code/notify"]
)
async def test_what_sends_a_mail_needs_a_key_of_the_callers_own(
    path: str, api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    body = {"sim": acme.esim} if path == "/qr-requests" else {}

    refused = await api.post(
        path.format(request=acme.request, esim=acme.esim), json=body, headers=await keys.of()
    )

    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_needed")


@pytest.mark.covers("A19")
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/qr-requests", {"sim": "S-1"}),
        ("/qr-requests/{request}/send-again", {}),
        ("/qr-requests/{request}/withdraw", None),
        ("/qr-requests/{request}/retry", None),
        ("/sims/S-1/qr-code/notify", {"to": "boss@acme.example"}),
    ],
)
async def test_without_temporal_the_answer_says_when_to_ask_again(
    path: str, body: Any, api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of() | _KEY

    answer = await api.post(path.format(request=acme.request), json=body, headers=headers)

    assert answer.status_code == 503, answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.covers("A20")
async def test_an_iccid_that_is_a_json_number_is_refused_as_it_loses_digits(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    refused = await api.post("/qr-requests/preview", json={"sim": 89330100}, headers=await keys.of())

    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["rule"]) == ("/sim", "iccid_number")
    assert "loses digits" in error["detail"]


@pytest.mark.covers("S4")
async def test_a_revoked_notification_shows_the_code_to_its_recipient_no_more(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()
    link = f"https://portal.example/q/{acme.download_token}"
    assert (await api.get(link)).status_code == 200

    for _ in range(2):
        revoked = await api.post(f"/qr-notifications/{acme.notification}/revoke", headers=headers)
        assert (revoked.status_code, revoked.json()["state"]) == (200, "revoked")

    assert [call["name"] for call in revoked.json()["next"]] == []
    assert (await api.get(link)).status_code == 410


@pytest.mark.covers("S4")
async def test_one_link_is_revoked_and_its_request_stays_open(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()
    link = f"https://portal.example/u/{acme.upload_token}"
    assert (await api.get(link)).status_code == 200

    revoked = await api.post(f"/qr-links/{acme.link}/revoke", headers=headers)

    assert (revoked.status_code, revoked.json()["id"]) == (200, acme.link)
    assert revoked.json()["state"] == "revoked"
    assert (await api.get(link)).status_code == 410
    request = await api.get(f"/qr-requests/{acme.request}", headers=headers)
    assert request.json()["status"] == "requested"


async def test_only_work_about_qr_codes_is_retried_by_the_calls_for_it(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()

    for path, other in (
        ("qr-requests", acme.order),
        ("qr-requests", acme.notification),
        ("qr-notifications", acme.request),
    ):
        answer = await api.post(f"/{path}/{other}/retry", headers=headers)
        assert answer.status_code == 404, answer.text


@pytest.mark.covers("A18")
async def test_a_platform_key_requests_a_code_as_a_user_of_the_account(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    alone = await keys.of_platform(account="Acme")
    body = {"sim": acme.esim}

    refused = await api.post("/qr-requests/preview", json=body, headers=alone)
    preview = await api.post(
        "/qr-requests/preview", json=body, headers=alone | {"Esim-User": f"{Role.OWNER}@acme.example"}
    )

    assert refused.json()["code"] == "user_needed"
    assert preview.status_code == 200, preview.text


_JUNK = ["\0", "a\ud800", "9" * 400, "S-" + "9" * 30, "link:" + "9" * 18, "%", "../..", "é" * 200, " "]


@pytest.mark.covers("A5")
@pytest.mark.parametrize("junk", _JUNK, ids=range(len(_JUNK)))
async def test_junk_is_a_problem_and_no_failure(junk: str, api: httpx.AsyncClient, keys: Keyring) -> None:
    headers = await keys.of() | _KEY | {"Content-Type": "application/json"}
    escaped = "".join(f"%{byte:02X}" for byte in junk.encode("utf-8", "surrogatepass"))
    asked: list[tuple[str, str, Any]] = [
        *(("POST", f"/qr-requests/{escaped}/{verb}", {}) for verb in ("send-again", "withdraw", "retry")),
        *(("POST", f"/qr-notifications/{escaped}/{verb}", None) for verb in ("revoke", "retry")),
        ("GET", f"/qr-requests?sim={escaped}", None),
        ("GET", f"/qr-notifications?cursor={escaped}", None),
        ("GET", f"/sims/{escaped}/qr-code/history", None),
        ("POST", f"/sims/{escaped}/qr-code/show", None),
        ("POST", f"/qr-links/{escaped}/revoke", None),
        ("POST", "/qr-requests", {"sim": junk}),
        ("POST", "/qr-requests", {"sim": "S-1", "contacts": [junk]}),
        ("POST", "/qr-requests", {"sim": "S-1", "subject": junk + "\n", "text": ""}),
        ("POST", "/qr-requests", {"sim": "S-1", "cc": [junk], "contacts": []}),
        ("POST", "/sims/S-1/qr-code/import", {"activation_code": junk}),
        ("POST", "/sims/S-1/qr-code/import", {"activation_code": [10**30]}),
        ("POST", "/sims/S-1/qr-code/notify", {"to": junk}),
        ("POST", "/sims/S-1/qr-code/notify", {"whom": junk}),
    ]
    for method, path, body in asked:
        sent = None if body is None else json.dumps(body)  # escapes what UTF-8 cannot hold
        answer = await api.request(method, path, content=sent, headers=headers)
        assert 400 <= answer.status_code < 500, (
            f"{method} {path} {body!r}: {answer.status_code} {answer.text}"
        )
        assert answer.headers["Content-Type"] == "application/problem+json", (method, path, answer.text)
