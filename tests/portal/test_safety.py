"""What holds for every answer: headers, what the log says, how much may be sent, and from where."""

import asyncio
import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message

from models.errors import EsimError, Refused
from tests.portal.conftest import ADDRESS
from tests.portal.desk import CODE, DOWNLOAD, GOOD, UPLOAD, InventedDesk, database_away

LIMIT = 6 * 1024 * 1024
EVERYTHING = [
    ("GET", "/", 200),
    ("HEAD", "/", 200),
    ("GET", "/static/portal.css", 200),
    ("GET", "/static/portal.js", 200),
    ("GET", "/static/icon.svg", 200),
    ("GET", "/static/..%2fapp.py", 404),
    ("GET", "/static/nothing.css", 404),
    ("GET", f"/u/{UPLOAD}", 200),
    ("HEAD", f"/u/{UPLOAD}", 200),
    ("GET", "/u/unknown", 404),
    ("GET", f"/u/{UPLOAD}/", 404),
    ("GET", f"/u/{UPLOAD}/send", 303),
    ("POST", f"/u/{UPLOAD}/notify", 200),
    ("POST", f"/u/{UPLOAD}/check", 422),
    ("DELETE", f"/u/{UPLOAD}", 405),
    ("GET", f"/q/{DOWNLOAD}", 200),
    ("POST", f"/q/{DOWNLOAD}", 200),
    ("POST", f"/q/{DOWNLOAD}/png", 200),
    ("HEAD", f"/q/{DOWNLOAD}/png", 303),
    ("PUT", f"/q/{DOWNLOAD}", 405),
    ("OPTIONS", f"/q/{DOWNLOAD}", 405),
    ("GET", "/docs", 404),
    ("GET", "/docs/api", 404),
    ("GET", "/problems", 200),
    ("HEAD", "/problems", 200),
    ("POST", "/problems", 405),
    ("GET", "/problems/open_order", 200),
    ("HEAD", "/problems/open_order", 200),
    ("GET", "/problems/nothing.css", 404),
    ("GET", "/openapi.json", 404),
    ("GET", "/robots.txt", 404),
]


@pytest.mark.covers("F58")
@pytest.mark.parametrize(("method", "path", "status"), EVERYTHING)
async def test_every_answer_is_kept_to_itself(
    browser: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await browser.request(method, path)
    assert answer.status_code == status
    headers = answer.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"].startswith("noindex")
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    if "sandbox" not in policy:
        for rule in ("form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert rule in policy
    if method == "HEAD":
        assert answer.content == b""
    elif answer.headers.get("content-type", "").startswith("text/html"):
        assert "style=" not in answer.text
        assert "<style" not in answer.text
        without = path == "/" or (path.startswith("/problems") and status == 200)
        assert answer.text.count("<script") == (0 if without else 1)
        assert " on" not in answer.text.replace(" on ", "").split("<main")[0]


@pytest.mark.parametrize(("method", "path", "status"), EVERYTHING)
async def test_the_log_names_the_route_and_never_the_link(
    browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, method: str, path: str, status: int
) -> None:
    with caplog.at_level(logging.DEBUG):
        await browser.request(method, f"{path}?secret={CODE.matching_id}")
    (line,) = [record.getMessage() for record in caplog.records if record.name == "portal"]
    assert line.startswith(f"{method} ")
    assert f" {status} " in line
    assert line.endswith(" ms")
    ours = [record.getMessage() for record in caplog.records if record.name.partition(".")[0] != "httpx"]
    for secret in (UPLOAD, DOWNLOAD, CODE.matching_id, "unknown", "nothing.css", "secret"):
        assert not any(secret in written for written in ours)


async def test_a_method_of_ones_own_is_not_logged(
    browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "portal"):
        assert (await browser.request("SENTINEL", f"/u/{UPLOAD}")).status_code == 405
    assert "SENTINEL" not in " ".join(r.getMessage() for r in caplog.records if r.name == "portal")


async def test_a_bug_is_a_page_and_says_nothing_it_should_not(
    browser: httpx.AsyncClient, desk: InventedDesk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.fails["reveal"] = RuntimeError(f"cannot show {CODE!s}")
    with caplog.at_level(logging.DEBUG, "portal"):
        answer = await browser.post(f"/q/{DOWNLOAD}")
    assert answer.status_code == 500
    assert "This is our fault" in answer.text
    assert answer.headers["content-security-policy"]
    assert CODE.matching_id not in answer.text
    assert CODE.matching_id not in caplog.text
    assert DOWNLOAD not in " ".join(r.getMessage() for r in caplog.records if r.name == "portal")
    assert "RuntimeError" in caplog.text


@pytest.mark.parametrize(
    ("failure", "status", "named"),
    [
        (database_away(), 503, "database"),
        (Refused.because("secret_keys_missing"), 503, "secret_keys_missing"),
        (EsimError("cannot open a secret"), 500, "EsimError"),
    ],
)
async def test_operators_read_in_the_log_what_visitors_do_not(
    browser: httpx.AsyncClient,
    desk: InventedDesk,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
    status: int,
    named: str,
) -> None:
    desk.fails["reveal"] = failure
    with caplog.at_level(logging.WARNING, "portal"):
        answer = await browser.post(f"/q/{DOWNLOAD}")
    assert answer.status_code == status
    assert "ESIM_" not in answer.text
    assert "secret" not in answer.text.split("<main")[1]
    (line,) = caplog.messages
    assert named in line


# --- how much may be sent ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [f"/u/{UPLOAD}/check", f"/u/{UPLOAD}/send", f"/q/{DOWNLOAD}", "/nowhere"])
async def test_a_request_that_says_it_is_too_large_is_refused(
    browser: httpx.AsyncClient, desk: InventedDesk, path: str
) -> None:
    answer = await browser.post(path, files={"file": ("big.png", bytes(LIMIT))})
    assert answer.status_code == 413
    assert "5 MB" in answer.text
    assert answer.headers["content-security-policy"]
    assert not desk.done


async def test_a_request_that_does_not_say_how_large_it_is_is_counted(
    browser: httpx.AsyncClient, desk: InventedDesk
) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await browser.post(f"/u/{UPLOAD}/check", content=_parts(LIMIT), headers=headers)
    assert "content-length" not in answer.request.headers
    assert answer.status_code == 413
    assert "5 MB" in answer.text
    assert desk.received == []


async def test_a_stream_within_the_limit_is_read(browser: httpx.AsyncClient, desk: InventedDesk) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await browser.post(f"/u/{UPLOAD}/check", content=_parts(LIMIT // 2), headers=headers)
    assert answer.status_code == 200
    assert len(desk.received) == 1


async def test_an_upload_that_never_ends_is_answered(app: FastAPI) -> None:
    """Endless, and without a length: the answer comes after a bounded amount of it."""
    given = 0

    async def receive() -> Message:
        nonlocal given
        given += 1024 * 1024
        body = bytes(1024 * 1024) if given > 1024 * 1024 else _FILE_PART
        return {"type": "http.request", "body": body, "more_body": True}

    sent = await _asked(app, receive)
    assert sent[0]["status"] == 413
    assert given < 64 * 1024 * 1024


async def test_an_upload_that_breaks_off_is_no_failure(
    app: FastAPI, desk: InventedDesk, caplog: pytest.LogCaptureFixture
) -> None:
    parts: list[Message] = [
        {"type": "http.request", "body": b"--x\r\n", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return parts.pop(0)

    with caplog.at_level(logging.INFO, "portal"):
        await _asked(app, receive)
    assert desk.received == []
    assert "ERROR" not in caplog.text


async def _asked(app: FastAPI, receive: object) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/u/{UPLOAD}/check",
        "query_string": b"",
        "headers": [(b"content-type", b"multipart/form-data; boundary=x")],
    }
    async with asyncio.timeout(30):
        await app(scope, receive, send)  # type: ignore[arg-type]
    return sent


_FILE_PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'


async def _parts(size: int) -> AsyncIterator[bytes]:
    yield _FILE_PART + GOOD
    for _ in range(size // 65536):
        yield bytes(65536)
    yield b"\r\n--x--\r\n"


# --- from where ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": ADDRESS}, True),
        ({"Origin": "null"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site", "Origin": ADDRESS}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "https://portal.example.evil.example"}, False),
        ({"Origin": "http://[::1"}, False),
    ],
)
async def test_only_our_own_forms_are_taken(
    browser: httpx.AsyncClient, desk: InventedDesk, headers: dict[str, str], *, taken: bool
) -> None:
    for path in (f"/q/{DOWNLOAD}", f"/q/{DOWNLOAD}/png", f"/u/{UPLOAD}/notify"):
        assert (await browser.post(path, headers=headers)).status_code == (200 if taken else 403)
    for path in (f"/u/{UPLOAD}/send", f"/u/{UPLOAD}/check"):
        sent = await browser.post(path, data={"upload_id": "upload-1", "code": str(CODE)}, headers=headers)
        assert sent.status_code == (200 if taken else 403)
    assert bool(desk.done["reveal"]) is taken
