"""What was sent and is not valid is not quoted in the answer, whichever route it was sent to."""

from collections import defaultdict

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from tests.portal.conftest import ADDRESS
from tests.portal.desk import UPLOAD
from tests.portal.test_limits import LEAST_ROUTES, everything

__all__ = ["everything"]

SENTINEL = "SentinellaGrandi"
JSON = {"Accept": "application/json"}
PAGE = {"Accept": "text/html"}


def targets(app: FastAPI) -> list[tuple[str, str]]:
    found = [
        (
            method,
            str(context.path).replace(":path}", "}").format_map(defaultdict(lambda: SENTINEL, token=token)),
        )
        for context in iter_route_contexts(app.routes)
        for method in sorted(context.methods or ())
        for token in (SENTINEL, UPLOAD)
    ]
    assert len(found) >= LEAST_ROUTES
    return found


INVALID: dict[str, dict[str, object]] = {
    "a form": {"data": {"token": SENTINEL, "upload_id": SENTINEL, SENTINEL: SENTINEL}},
    "many fields": {"data": {f"{SENTINEL}{number}": SENTINEL for number in range(50)}},
    "JSON": {"json": {"payloads": SENTINEL}},
    "broken JSON": {"content": f'{{"{SENTINEL}'.encode(), "headers": {"Content-Type": "application/json"}},
    "a file of another field": {"files": {SENTINEL: (SENTINEL, SENTINEL.encode())}},
    "two files": {"files": [("file", (SENTINEL, SENTINEL.encode())), ("file", (SENTINEL, b""))]},
    "broken multipart": {
        "content": SENTINEL.encode(),
        "headers": {"Content-Type": f"multipart/form-data; boundary={SENTINEL}"},
    },
    "a kind of one's own": {"content": SENTINEL.encode(), "headers": {"Content-Type": SENTINEL}},
}


@pytest.mark.covers("S9")
@pytest.mark.parametrize("accept", [JSON, PAGE], ids=["JSON", "a page"])
@pytest.mark.parametrize("what", INVALID)
async def test_no_answer_quotes_what_is_not_valid(
    everything: FastAPI, what: str, accept: dict[str, str]
) -> None:
    sent = dict(INVALID[what])
    headers = {
        "Authorization": f"Bearer {SENTINEL}",
        "Cookie": f"esim_codec={SENTINEL}",
        "X-Namespace": SENTINEL,
        "Accept-Language": SENTINEL,
        **accept,
        **sent.pop("headers", {}),  # type: ignore[dict-item]
    }
    transport = httpx.ASGITransport(everything)
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        for method, path in targets(everything):
            answer = await client.request(
                method,
                path,
                params={SENTINEL: SENTINEL},
                headers=headers,
                **sent,  # type: ignore[arg-type]
            )
            quoted = answer.text + str({**answer.headers, "location": ""})
            assert SENTINEL not in quoted, (method, path)


@pytest.mark.covers("S9")
async def test_a_code_that_is_not_valid_is_shown_again_in_its_field_alone(everything: FastAPI) -> None:
    """It is to be corrected there by who typed it in; a program gets nothing of it."""
    sent = {"code": f"LPA:1${SENTINEL}"}
    transport = httpx.ASGITransport(everything)
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        page = await client.post(f"/u/{UPLOAD}/check", data=sent, headers=PAGE)
        problem = await client.post(f"/u/{UPLOAD}/check", data=sent, headers=JSON)
    assert (page.status_code, problem.status_code) == (422, 422)
    assert page.text.count(SENTINEL) == 1
    assert SENTINEL not in problem.text


@pytest.mark.covers("S9")
@pytest.mark.parametrize("accept", [JSON, PAGE], ids=["JSON", "a page"])
async def test_a_route_that_checks_its_parameters_quotes_none(
    everything: FastAPI, accept: dict[str, str]
) -> None:
    async def counted(number: int) -> int:
        return number

    everything.add_api_route("/counted", counted, methods=["GET"])
    transport = httpx.ASGITransport(everything)
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        answer = await client.get("/counted", params={"number": SENTINEL}, headers=accept)
    assert answer.status_code == 422
    assert SENTINEL not in answer.text
