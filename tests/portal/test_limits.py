"""How much may be sent where, before and after the link or the session is known, and how it is parsed."""

import asyncio
import re
import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from google.protobuf import json_format
from python_multipart import multipart
from starlette.types import Message

from portal.app import create_app
from portal.http.limits import LARGE, LARGEST_REQUEST, PARSED_AT_ONCE, SMALL
from portal.http.middleware import _Body
from settings import Settings
from store.key_ring import KeyRing
from tests.portal.conftest import ADDRESS
from tests.portal.desk import GOOD, UPLOAD, InventedDesk

PIECE = 16 * 1024
TOKEN = secrets.token_hex(32)
LEAST_ROUTES = 20
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
NO_SUCH = {"token": "no-such-link", "name": "no-such-file", "code": "no-code"}
KINDS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json")


@pytest.fixture
def everything(desk: InventedDesk) -> FastAPI:
    """The portal with all its routes."""
    settings = Settings(
        portal_url=ADDRESS,
        payload_keys=KeyRing.new_key(),
        codec_origin="https://temporal.example",
        codec_token=TOKEN,
    )

    async def ready() -> dict[str, bool]:
        return {}

    return create_app(desk, settings, ready=ready)  # type: ignore[arg-type]


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Every method of every route, with a link that is none."""
    found = [
        (method, _PARAMETER.sub(lambda found: NO_SUCH[found[1]], str(context.path)))
        for context in iter_route_contexts(app.routes)
        for method in sorted(context.methods or ())
    ]
    assert len(found) >= LEAST_ROUTES
    return found


class Sender:
    """Sends so much, and counts what is taken of it."""

    def __init__(self, size: int, piece: int = PIECE, begin: bytes = b"") -> None:
        self.left = size
        self.piece = piece
        self.begin = begin
        self.taken = 0
        self.answer: list[Message] = []

    async def receive(self) -> Message:
        if not self.left:
            return {"type": "http.disconnect"}
        size = min(self.piece, self.left)
        self.left -= size
        self.taken += size
        content = (self.begin + b"a" * size)[:size]
        self.begin = b""
        return {"type": "http.request", "body": content, "more_body": self.left > 0}

    async def send(self, message: Message) -> None:
        self.answer.append(message)

    async def ask(self, app: Any, method: str, path: str, headers: dict[str, str]) -> int:
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        async with asyncio.timeout(30):
            await app(scope, self.receive, self.send)
        return int(self.answer[0]["status"])


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The size of everything that is parsed, as a form or as JSON."""
    sizes: list[int] = []

    def noted(owner: Any, name: str, place: int) -> None:
        original = getattr(owner, name)

        def noting(*arguments: Any, **named: Any) -> Any:
            sizes.append(len(arguments[place]))
            return original(*arguments, **named)

        monkeypatch.setattr(owner, name, noting)

    noted(multipart.MultipartParser, "write", 1)
    noted(multipart.QuerystringParser, "write", 1)
    noted(json_format, "Parse", 0)
    return sizes  # type: ignore[return-value]


@pytest.mark.covers("S3")
@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("kind", KINDS)
async def test_a_large_request_without_a_link_or_session_is_hardly_read_and_never_parsed(
    everything: FastAPI, desk: InventedDesk, parsed: list[int], kind: str, *, announced: bool
) -> None:
    for size in (SMALL + PIECE, LARGEST_REQUEST - 1, 2 * LARGEST_REQUEST):
        for method, path in routes(everything):
            sender = Sender(size)
            length = {"content-length": str(size)} if announced else {}
            status = await sender.ask(everything, method, path, {"content-type": kind, **length})
            assert sender.taken <= (0 if announced else SMALL + PIECE), (method, path)
            if (
                method not in ("GET", "HEAD", "OPTIONS")
                and path.replace("no-such-link", "{token}") not in LARGE
            ):
                assert status == 413 if announced else status in (404, 413), (method, path)
            assert status < 500, (method, path)
            assert parsed == [], (method, path)
    assert not desk.received


@pytest.mark.covers("S3")
@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_is_read_by_a_route_before_the_link_is_known(
    everything: FastAPI, desk: InventedDesk, parsed: list[int], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    taken: list[int] = []
    receive = _Body.receive

    async def noted(body: _Body) -> Message:
        taken.append(1)
        return await receive(body)

    monkeypatch.setattr(_Body, "receive", noted)
    of_links = [path for method, path in routes(everything) if method == "POST" and "no-such-link" in path]
    assert {f"/u/no-such-link/{step}" for step in ("check", "send", "notify")} < set(of_links)
    for path in of_links:
        for content in (b"", b"--", b"upload_id=upload-1", b"&" * 1000):
            sender = Sender(len(content), begin=content)
            assert await sender.ask(everything, "POST", path, {"content-type": kind}) == 404, path
            assert (parsed, taken) == ([], []), path
    await Sender(10).ask(everything, "POST", f"/u/{UPLOAD}/send", {"content-type": kind})
    assert taken, "what a route takes is noted"


@pytest.mark.covers("S3")
@pytest.mark.parametrize("step", ["send", "notify"])
async def test_a_form_without_a_file_is_refused_also_with_a_link(
    everything: FastAPI, desk: InventedDesk, parsed: list[int], step: str
) -> None:
    form = {"content-type": KINDS[0]}
    announced = Sender(LARGEST_REQUEST)
    length = {"content-length": str(LARGEST_REQUEST)}
    assert await announced.ask(everything, "POST", f"/u/{UPLOAD}/{step}", form | length) == 413
    assert announced.taken == 0
    if step == "send":
        counted = Sender(LARGEST_REQUEST)
        assert await counted.ask(everything, "POST", f"/u/{UPLOAD}/{step}", form) == 413
        assert counted.taken <= SMALL + PIECE
    assert parsed == []


HOSTILE = {
    "boundaries": b"\r\n--y" * 1_200_000,
    "ends of lines": b"\r\n" * 2_500_000,
    "zeroes": bytes(5_000_000),
}


@pytest.mark.covers("S3")
@pytest.mark.parametrize("name", HOSTILE)
async def test_other_requests_have_their_turn_while_a_large_file_is_parsed(
    everything: FastAPI, desk: InventedDesk, parsed: list[int], name: str
) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + GOOD
    sender = Sender(0)
    content = part + HOSTILE[name] + b"\r\n--x--\r\n"

    async def whole() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    sender.receive = whole  # type: ignore[method-assign]
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(others())
    status = await sender.ask(everything, "POST", f"/u/{UPLOAD}/check", {"content-type": KINDS[1]})
    other.cancel()
    assert status == 200
    assert desk.received[0][1] == len(GOOD) + len(HOSTILE[name])
    assert max(parsed) <= PARSED_AT_ONCE
    assert turns >= len(content) // PARSED_AT_ONCE


async def test_a_form_at_the_limit_is_parsed_in_slices(everything: FastAPI, parsed: list[int]) -> None:
    sender = Sender(SMALL, SMALL, b"upload_id=")
    await sender.ask(everything, "POST", f"/u/{UPLOAD}/send", {"content-type": KINDS[0]})
    assert parsed
    assert max(parsed) <= PARSED_AT_ONCE


@pytest.mark.covers("S3")
async def test_large_payloads_are_read_for_who_has_the_token_alone(everything: FastAPI) -> None:
    transport = httpx.ASGITransport(everything)
    content = b'{"payloads": [{"data": "' + b"YWFh" * 500_000 + b'"}]}'
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as asker:
        kind = {"Content-Type": "application/json"}
        known = {"Authorization": f"Bearer {TOKEN}", **kind}
        assert (await asker.post("/codec/encode", content=content, headers=known)).status_code == 200
        assert (await asker.post("/codec/encode", content=content, headers=kind)).status_code == 401
