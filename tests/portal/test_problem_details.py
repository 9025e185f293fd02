"""Programs get problem details: a code, its parameters and a sentence."""

import json
from http import HTTPStatus

import httpx
import pytest

from models.errors import Refusal, Refused
from tests.portal.desk import DOWNLOAD, GOOD, UPLOAD, InventedDesk

NO_QR_CODE = "The file shows no QR code that can be read; upload one where it is sharp and complete."


@pytest.mark.parametrize("accept", ["application/json", "application/problem+json", "application/*+json"])
async def test_programs_get_problem_details(browser: httpx.AsyncClient, accept: str) -> None:
    answer = await browser.post(
        f"/u/{UPLOAD}/check", files={"file": ("x.png", b"bad")}, headers={"Accept": accept}
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(answer.text) == {
        "type": "about:blank",
        "title": HTTPStatus(422).phrase,
        "status": 422,
        "code": "no_qr_code",
        "detail": NO_QR_CODE,
        "refusals": [{"code": "no_qr_code", "parameters": {}, "sentence": NO_QR_CODE}],
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "page_unknown"),
        ("GET", "/u/unknown", 404, "link_unknown"),
        ("PATCH", f"/u/{UPLOAD}", 405, "method_not_allowed"),
    ],
)
async def test_other_problems_have_codes_too(
    browser: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await browser.request(method, path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_every_reason_is_told(browser: httpx.AsyncClient, desk: InventedDesk) -> None:
    several = Refused(Refusal.of("file_damaged"), Refusal.of("too_many_pages"))
    desk.fails["check"] = several
    page = await browser.post(f"/u/{UPLOAD}/check", files={"file": ("x.png", GOOD)})
    assert "The file is damaged" in page.text
    assert "more than 5 pages" in page.text
    desk.fails["reveal"] = several
    assert (await browser.post(f"/q/{DOWNLOAD}")).status_code == 422
