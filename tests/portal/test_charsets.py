"""Whatever encoding a form claims for its text, it is read as UTF-8 or refused, and never breaks a route."""

import encodings
import pkgutil

import httpx
import pytest
from starlette.requests import Request

from portal.app import create_app
from portal.codec import CodecRoutes
from portal.http.attempts import Attempts
from tests.portal.conftest import ADDRESS
from tests.portal.desk import UPLOAD, InventedDesk
from tests.portal.test_codec import configured

ENCODINGS = [module.name for module in pkgutil.iter_modules(encodings.__path__)]
"""All that Python knows, also those that no text has: `idna`, `punycode`, `undefined`, `hex_codec`."""
FIELDS = {"/codec": "token", f"/u/{UPLOAD}/check": "code", f"/u/{UPLOAD}/send": "upload_id"}
TEXTS = [b"\\ud800", b"\xff\xfe\x00\xd8", b"a..b" + b"x" * 70, b"+2AA-", b"\x00"]


def multipart(field: str, text: bytes) -> bytes:
    head = f'--x\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n'.encode()
    return head + text + b"\r\n--x--\r\n"


@pytest.mark.covers("S9")
@pytest.mark.parametrize("path", FIELDS)
async def test_no_encoding_of_a_form_breaks_a_route(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Attempts, "check", lambda *_: None)
    read: list[str] = []
    knows = CodecRoutes._knows

    def noted(routes: CodecRoutes, request: Request, token: str) -> bool:
        read.append(token)
        return knows(routes, request, token)

    monkeypatch.setattr(CodecRoutes, "_knows", noted)
    transport = httpx.ASGITransport(create_app(InventedDesk(), configured()), raise_app_exceptions=False)
    assert len(ENCODINGS) > 100
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as asker:
        for encoding in [*ENCODINGS, "utf-8", "UTF-8", "no such", ""]:
            kind = {"Content-Type": f'multipart/form-data; boundary=x; charset="{encoding}"'}
            for text in TEXTS:
                answer = await asker.post(path, content=multipart(FIELDS[path], text), headers=kind)
                assert 400 <= answer.status_code < 500, (encoding, text)
    for token in read:
        token.encode()


async def test_a_form_that_names_utf_8_is_read() -> None:
    transport = httpx.ASGITransport(create_app(InventedDesk(), configured()))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as asker:
        for charset in ("", "; charset=utf-8", '; charset="UTF-8"'):
            kind = {"Content-Type": f"multipart/form-data; boundary=x{charset}"}
            answer = await asker.post(
                f"/u/{UPLOAD}/send", content=multipart("upload_id", b"upload-1"), headers=kind
            )
            assert answer.status_code == 200
