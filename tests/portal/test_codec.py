"""Payloads are decrypted for the Web UI's origin and for requests with the token, and for no others."""

import logging
import secrets
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
from google.protobuf import json_format
from temporalio.api.common.v1 import Payload, Payloads

from portal.app import create_app
from portal.codec import MOST_VALUES, SESSION_SECONDS, CodecAccess
from settings import Settings
from store.key_ring import KeyRing
from temporal.payloads import PayloadKeys
from tests.portal.conftest import ADDRESS
from tests.portal.desk import InventedDesk

WEB_UI = "https://temporal.example"
TOKEN = "sentinel-" + secrets.token_hex(32)
KEYS = KeyRing.new_key()
BEARER = {"Authorization": f"Bearer {TOKEN}"}
FROM_WEB_UI = {"Origin": WEB_UI, "X-Namespace": "orders", "Sec-Fetch-Site": "same-site"}
SECRET = Payload(metadata={"encoding": b"json/plain"}, data=b'"Sentinella Privata"')
DECODE = "/codec/decode"
ODD_COOKIES = [
    "\u0661\u0662.x".encode(),  # digits to Python, and no bytes of ours
    b"9" * 5000 + b".x",
    b'"\\777\\000.\\377"',
    b"\xff.\xff",
    b"-1.",
    b".",
]


def configured(**changes: str) -> Settings:
    wish = {"payload_keys": KEYS, "codec_origin": WEB_UI, "codec_token": TOKEN, "portal_url": ADDRESS}
    return Settings.model_validate(wish | changes)


def asking(settings: Settings) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(InventedDesk(), settings))
    return httpx.AsyncClient(transport=transport, base_url=ADDRESS)


@pytest.fixture
async def asker() -> AsyncIterator[httpx.AsyncClient]:
    async with asking(configured()) as client:
        yield client


def sent(*payloads: Payload) -> dict[str, Any]:
    return dict(json_format.MessageToDict(Payloads(payloads=payloads)))


ENCRYPTED = sent(PayloadKeys(KEYS).encrypt(SECRET), SECRET)
DECRYPTED = sent(SECRET, SECRET)


async def signed_in(asker: httpx.AsyncClient) -> httpx.Response:
    return await asker.post("/codec", data={"token": TOKEN})


async def test_a_program_with_the_token_reads_what_is_encrypted_and_what_is_not(
    asker: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = await asker.post(DECODE, json=ENCRYPTED, headers=BEARER | {"X-Namespace": "orders"})
    assert (answer.status_code, answer.json()) == (200, DECRYPTED)
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers
    (line,) = [record for record in caplog.records if record.name == "portal.codec.record"]
    assert line.getMessage() == "Payloads decrypted: 2, of namespace orders, for origin none, by token."
    assert vars(line)["payloads"] == 2
    for secret in (TOKEN, "Sentinella", ENCRYPTED["payloads"][0]["data"]):
        assert secret not in caplog.text


async def test_a_program_with_the_token_has_what_it_sends_encrypted(
    asker: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = await asker.post("/codec/encode", json=sent(SECRET), headers=BEARER)
    [payload] = json_format.ParseDict(answer.json(), Payloads()).payloads
    assert SECRET.data not in payload.data
    assert PayloadKeys(KEYS).decrypt(payload) == SECRET
    assert "Payloads encrypted: 1" in caplog.text
    assert (await asker.post("/codec/encode", json=sent(SECRET))).status_code == 401


async def test_the_web_ui_reads_with_the_session_of_an_operator(
    asker: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    page = await asker.get("/codec")
    assert 'type="password"' in page.text
    answer = await signed_in(asker)
    assert (answer.status_code, answer.headers["location"]) == (303, "/codec")
    cookie = answer.headers["set-cookie"]
    for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/codec", f"Max-Age={SESSION_SECONDS}"):
        assert part in cookie
    assert TOKEN not in cookie
    assert "may read encrypted payloads" in (await asker.get("/codec")).text
    with caplog.at_level(logging.INFO):
        read = await asker.post(DECODE, json=ENCRYPTED, headers=FROM_WEB_UI)
    assert (read.status_code, read.json()) == (200, DECRYPTED)
    assert read.headers["access-control-allow-origin"] == WEB_UI
    assert read.headers["access-control-allow-credentials"] == "true"
    assert read.headers["vary"] == "Origin"
    assert f"for origin {WEB_UI}, by session" in caplog.text


async def test_a_browser_is_told_that_the_web_ui_may_ask(asker: httpx.AsyncClient) -> None:
    headers = {"Origin": WEB_UI, "Access-Control-Request-Method": "POST"}
    answer = await asker.options(DECODE, headers=headers)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == WEB_UI
    assert {"authorization", "content-type", "x-namespace"} == set(
        answer.headers["access-control-allow-headers"].split(", ")
    )


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        f"{WEB_UI}.evil.example",
        f"{WEB_UI}:8443",
        "http://temporal.example",
        "null",
        "",
    ],
)
async def test_no_other_origin_may_ask_even_with_everything(asker: httpx.AsyncClient, origin: str) -> None:
    await signed_in(asker)
    for method in ("OPTIONS", "POST"):
        answer = await asker.request(method, DECODE, json=ENCRYPTED, headers=BEARER | {"Origin": origin})
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
        assert "Sentinella" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
        {"Authorization": b"Bearer \xff\xfe"},
        {"Cookie": "esim_codec=9999999999.00"},
        {"Cookie": "esim_codec=x"},
        *(FROM_WEB_UI | {"Cookie": b"esim_codec=" + cookie} for cookie in ODD_COOKIES),
        {"Authorization": b"Bearer \xed\xa0\x80"},
        FROM_WEB_UI,
    ],
)
async def test_nobody_reads_without_the_token(
    asker: httpx.AsyncClient, headers: Mapping[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    answer = await asker.post(DECODE, json=ENCRYPTED, headers=dict(headers))
    assert answer.status_code == 401
    assert "ESIM_CODEC_TOKEN" in answer.text
    assert "Payloads opened" not in caplog.text


async def test_a_cookie_counts_only_for_a_page_of_the_web_ui(asker: httpx.AsyncClient) -> None:
    await signed_in(asker)
    assert (await asker.post(DECODE, json=ENCRYPTED)).status_code == 401


def test_a_session_ends_with_the_day_and_with_the_token() -> None:
    access = CodecAccess(WEB_UI, TOKEN)
    cookie = access.session(1000)
    assert access.in_session(cookie, 1000 + SESSION_SECONDS - 1)
    assert not access.in_session(cookie, 1000 + SESSION_SECONDS)
    assert not access.in_session(cookie.replace("44200", "99999"), 1000)
    assert not CodecAccess(WEB_UI, TOKEN + "x").in_session(cookie, 1000)


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_wrong_token_gets_no_cookie(
    asker: httpx.AsyncClient, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await asker.post(
        "/codec", data={"token": "sentinel-wrong"}, headers={"Accept-Language": language}
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "ESIM_CODEC_TOKEN" in answer.text
    assert "sentinel-wrong" not in answer.text + caplog.text


async def test_another_site_cannot_sign_an_operator_in(asker: httpx.AsyncClient) -> None:
    answer = await asker.post("/codec", data={"token": TOKEN}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("{", "application/json"),
        ('{"payloads": 7}', "application/json"),
        ('{"payloads": [{"data": 7}]}', "application/json"),
        ("[" * 100_000, "application/json"),
        (b"\xff", "application/json"),
        ('{"payloads": ' + "1" * 5000 + "}", "application/json"),
        ('{"payloads": [{"data": "\\ud800"}]}', "application/json"),
        ('{"payloads": [{"metadata": {"\\ud800": "YQ=="}}]}', "application/json"),
        ('{"payloads": [{"externalPayloads": [{"sizeBytes": 1e400}]}]}', "application/json"),
        ('{"payloads": []}', "text/plain"),
    ],
)
async def test_what_is_no_request_is_refused(
    asker: httpx.AsyncClient, content: str | bytes, kind: str
) -> None:
    answer = await asker.post(DECODE, content=content, headers=BEARER | {"Content-Type": kind})
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/plain")


async def test_a_payload_of_an_unknown_key_is_one_sentence(asker: httpx.AsyncClient) -> None:
    lost = sent(PayloadKeys(KeyRing.new_key()).encrypt(SECRET))
    answer = await asker.post(DECODE, json=lost, headers=BEARER)
    assert answer.status_code == 422
    assert "add it to ESIM_PAYLOAD_KEYS" in answer.text


async def test_too_much_at_once_is_refused(asker: httpx.AsyncClient) -> None:
    answer = await asker.post(DECODE, content=b" " * (7 * 1024 * 1024), headers=BEARER)
    assert answer.status_code == 413


@pytest.mark.covers("S3")
@pytest.mark.parametrize("value", ["{}", "[]", "1", '{"data": ""}'])
async def test_too_many_values_at_once_are_refused_before_they_are_parsed(
    asker: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    def parse(*_: object, **__: object) -> None:
        raise AssertionError("it was parsed")

    with monkeypatch.context() as patched:
        patched.setattr(json_format, "Parse", parse)
        content = f'{{"payloads": [{",".join([value] * MOST_VALUES)}]}}'
        kind = {"Content-Type": "application/json"}
        assert (await asker.post(DECODE, content=content, headers=BEARER | kind)).status_code == 400
    assert (await asker.post(DECODE, json=sent(*[SECRET] * 2000), headers=BEARER)).status_code == 200


async def test_a_cookie_of_another_token_counts_no_more(asker: httpx.AsyncClient) -> None:
    await signed_in(asker)
    assert (await asker.post(DECODE, json=ENCRYPTED, headers=FROM_WEB_UI)).status_code == 200
    async with asking(configured(codec_token=TOKEN + "-next")) as later:
        later.cookies = asker.cookies
        assert (await later.post(DECODE, json=ENCRYPTED, headers=FROM_WEB_UI)).status_code == 401


async def test_a_namespace_of_ones_own_is_not_logged(
    asker: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        await asker.post(DECODE, json=ENCRYPTED, headers=BEARER | {"X-Namespace": "Sentinella Privata"})
    assert "of namespace none" in caplog.text
    assert "Sentinella" not in caplog.text
