"""Rate limits of keys (A12)."""

import httpx
import pytest

from portal.api.rates import Rates
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


@pytest.mark.covers("A5", "A12")
async def test_a_body_is_read_once_the_caller_is_known(api: httpx.AsyncClient, keys: Keyring) -> None:
    headers = {"Idempotency-Key": "cart"}

    stranger = await api.post("/orders", headers=headers, content=b"{")
    known = await api.post("/orders", headers=headers | await keys.of(), content=b"{")

    assert (stranger.status_code, stranger.json()["code"]) == (401, "api_key_needed")
    assert (known.status_code, known.json()["code"]) == (422, "body_invalid")
    assert known.headers["RateLimit"].startswith('"key";r=')
