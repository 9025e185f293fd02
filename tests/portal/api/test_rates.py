"""Rate limits of keys (A12)."""

import httpx
import pytest

from portal.api.rates import Rates
from portal.app import create_app
from starter.desks import Desks
from tests.portal.api.keys import Keyring


@pytest.mark.covers("A12")
def test_a_key_that_calls_too_often_waits_and_may_call_again() -> None:
    now = [0.0]
    rates = Rates(2, clock=lambda: now[0])

    assert all(rates.take(1).ok for _ in range(20))
    refused = rates.take(1)
    assert not refused.ok
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["RateLimit"] == '"key";r=0;t=10'
    assert rates.take(2).ok
    now[0] = 0.5
    assert rates.take(1).ok


@pytest.mark.covers("A12")
async def test_answers_say_how_many_calls_are_left(api: httpx.AsyncClient, keys: Keyring) -> None:
    answer = await api.get("/orders", headers=await keys.of())

    assert answer.headers["RateLimit-Policy"] == '"key";q=100000;w=10'
    assert answer.headers["RateLimit"].startswith('"key";r=')


@pytest.mark.covers("A12")
@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("POST", "/lines", 405)])
async def test_calls_of_no_route_count_as_all_others(
    method: str, path: str, status: int, desks: Desks, keys: Keyring
) -> None:
    """One call in 100 seconds is allowed here."""
    slow = desks.settings.model_copy(update={"api_calls_a_second": 0.01})
    app = create_app(desks.links, slow, desks=Desks.of(desks.client, desks.database, slow))
    key, wrong = await keys.of(), {"Authorization": "Bearer esim_test_wrong"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://portal.example/api/v1") as api:
        first, second = [await api.request(method, path, headers=key) for _ in range(2)]
        assert (first.status_code, first.headers["RateLimit"]) == (status, '"key";r=0;t=100')
        assert (second.status_code, second.json()["code"]) == (429, "too_many_calls")
        assert (await api.get("/orders", headers=key)).status_code == 429
        answers = [await api.request(method, path, headers=wrong) for _ in range(11)]
        assert [answer.status_code for answer in answers] == [401] * 10 + [429]
        assert (await api.request(method, path)).status_code == status, "without a key, as in the reference"


@pytest.mark.covers("A5", "A12")
async def test_a_body_is_read_once_the_caller_is_known(api: httpx.AsyncClient, keys: Keyring) -> None:
    headers = {"Idempotency-Key": "cart"}

    stranger = await api.post("/orders", headers=headers, content=b"{")
    known = await api.post("/orders", headers=headers | await keys.of(), content=b"{")

    assert (stranger.status_code, stranger.json()["code"]) == (401, "api_key_needed")
    assert (known.status_code, known.json()["code"]) == (400, "json_invalid")
    assert known.headers["RateLimit"].startswith('"key";r=')
