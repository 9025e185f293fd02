"""Hostile files come through the portal as any other: one reason, harmless headers, nothing of the file."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from models.codes.links import Preview
from models.people.callers import LinkBearer
from qr.intake import read_upload
from tests.portal.desk import UPLOAD, InventedDesk
from tests.portal.served import serving
from tests.qr.codes import USUAL
from tests.qr.hostile_files import DAMAGED, DISGUISED, TOO_MUCH

NAMES = [
    "../../etc/passwd.png",
    "a\u202egnp.exe.png",
    "<script>alert(1)</script>.png",
    "a\r\nX-Evil: 1.png",
    "\x7f.png",
]
FILES = DAMAGED | DISGUISED | TOO_MUCH


def hostile() -> Iterator[object]:
    """By day one of each type for each reason; `tests/qr` reads all of them, and so does this at night."""
    seen = set()
    for title, (filename, _, reason) in FILES.items():
        kind = (filename.rpartition(".")[2], reason)
        yield pytest.param(title, marks=[pytest.mark.night] if kind in seen else [])
        seen.add(kind)


class ReadingDesk(InventedDesk):
    """A desk that reads what is uploaded, as the real one does: in a process of its own."""

    async def check(
        self, bearer: LinkBearer, content: bytes, filename: str, confirmation_code: str | None = None
    ) -> Preview:
        return Preview("upload-1", (await read_upload(content, filename)).code, "pdf")


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serving(ReadingDesk()) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        client.headers["Accept"] = "text/html"
        yield client


def assert_harmless(answer: httpx.Response, content: bytes) -> None:
    assert answer.status_code in (413, 422), answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "x-evil" not in answer.headers
    assert "<script>" not in answer.text
    assert "\u202e" not in answer.text
    assert USUAL.matching_id not in answer.text
    assert content[:40] not in answer.content


@pytest.mark.covers("F58")
@pytest.mark.parametrize("title", [*hostile()])
async def test_a_hostile_file_is_refused_over_http(browser: httpx.AsyncClient, title: str) -> None:
    filename, make, _ = FILES[title]
    content = make()
    answer = await browser.post(f"/u/{UPLOAD}/check", files={"file": (filename, content)}, timeout=60)
    assert_harmless(answer, content or b"-")


@pytest.mark.covers("F58")
@pytest.mark.parametrize("name", NAMES)
async def test_a_hostile_name_of_a_file_is_shown_as_text(browser: httpx.AsyncClient, name: str) -> None:
    answer = await browser.post(
        f"/u/{UPLOAD}/check", files={"file": (name, b"no picture at all")}, timeout=60
    )
    assert_harmless(answer, b"no picture")
