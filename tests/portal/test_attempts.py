"""Sign-ins that fail too often are refused for a while, per address and overall; the others sign in."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request

from portal.app import create_app
from portal.http.attempts import MOST_IN_ALL, MOST_OF_ONE, WITHIN_SECONDS, Attempts
from tests.portal.conftest import ADDRESS
from tests.portal.desk import InventedDesk
from tests.portal.served import serving
from tests.portal.test_codec import DECODE, ENCRYPTED, FROM_WEB_UI, TOKEN, configured

WRONG = "sentinel-of-a-wrong-token"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("portal.codec.Attempts", lambda: Attempts(clock))
    return clock


@pytest.fixture
def portal(clock: Clock) -> FastAPI:
    return create_app(InventedDesk(), configured())


def coming_from(portal: FastAPI, host: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(portal, client=(host, 50000))
    return httpx.AsyncClient(transport=transport, base_url=ADDRESS)


async def signed_in(portal: FastAPI, host: str, token: str = TOKEN) -> httpx.Response:
    async with coming_from(portal, host) as client:
        return await client.post("/codec", data={"token": token})


async def asked(portal: FastAPI, host: str, token: str, path: str = DECODE) -> httpx.Response:
    async with coming_from(portal, host) as client:
        return await client.post(path, json=ENCRYPTED, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.covers("S9")
@pytest.mark.parametrize("path", ["/codec", DECODE, "/codec/encode"])
async def test_an_address_that_fails_too_often_is_refused_everywhere_for_a_minute(
    portal: FastAPI, clock: Clock, path: str
) -> None:
    async def attempt(token: str) -> httpx.Response:
        if path == "/codec":
            return await signed_in(portal, "192.0.2.7", token)
        return await asked(portal, "192.0.2.7", token, path)

    for _ in range(MOST_OF_ONE):
        assert (await attempt(WRONG)).status_code in (401, 403)
        clock.now += 1
    for answer in (await signed_in(portal, "192.0.2.7"), await asked(portal, "192.0.2.7", TOKEN)):
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= WITHIN_SECONDS
        assert TOKEN not in answer.text
    assert (await signed_in(portal, "192.0.2.8")).status_code == 303
    assert (await asked(portal, "192.0.2.8", TOKEN)).status_code != 401
    clock.now += int((await attempt(TOKEN)).headers["retry-after"])
    assert (await signed_in(portal, "192.0.2.7")).status_code == 303


@pytest.mark.covers("S9")
async def test_many_addresses_that_fail_have_one_attempt_each_and_others_sign_in(
    portal: FastAPI, clock: Clock
) -> None:
    hosts = [f"198.51.100.{number}" for number in range(MOST_IN_ALL)]
    for host in hosts:
        assert (await signed_in(portal, host, WRONG)).status_code == 403
    assert (await signed_in(portal, hosts[0])).status_code == 429
    assert (await signed_in(portal, "192.0.2.8")).status_code == 303
    clock.now += WITHIN_SECONDS
    assert (await signed_in(portal, hosts[0])).status_code == 303


async def test_a_network_of_ipv6_is_one_address(portal: FastAPI, clock: Clock) -> None:
    for number in range(MOST_OF_ONE):
        await signed_in(portal, f"2001:db8::{number + 1:x}", WRONG)
    assert (await signed_in(portal, "2001:db8::ffff:1")).status_code == 429
    assert (await signed_in(portal, "2001:db8:0:1::1")).status_code == 303


async def test_who_shows_nothing_or_has_a_session_is_not_counted(portal: FastAPI, clock: Clock) -> None:
    async with coming_from(portal, "192.0.2.7") as client:
        await client.post("/codec", data={"token": TOKEN})
        for _ in range(MOST_OF_ONE + 1):
            assert (await client.post(DECODE, json=ENCRYPTED)).status_code == 401
        for _ in range(MOST_OF_ONE):
            await client.post("/codec", data={"token": WRONG})
        assert (await client.post(DECODE, json=ENCRYPTED, headers=FROM_WEB_UI)).status_code == 200
        refused = await client.post(
            DECODE,
            json=ENCRYPTED,
            headers={"Authorization": f"Bearer {WRONG}", "Origin": FROM_WEB_UI["Origin"]},
        )
        assert refused.status_code == 200, "the session is right, whatever else is shown"


async def test_a_browser_of_the_web_ui_may_read_that_there_were_too_many(
    portal: FastAPI, clock: Clock
) -> None:
    headers = {"Authorization": f"Bearer {WRONG}", "Origin": FROM_WEB_UI["Origin"]}
    async with coming_from(portal, "192.0.2.7") as client:
        for _ in range(MOST_OF_ONE):
            await client.post(DECODE, json=ENCRYPTED, headers=headers)
        answer = await client.post(DECODE, json=ENCRYPTED, headers=headers)
    assert answer.status_code == 429
    assert answer.headers["access-control-allow-origin"] == FROM_WEB_UI["Origin"]
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(("language", "words"), [("en", "Too many attempts"), ("fr", "Trop d")])
async def test_the_page_says_so_in_the_reader_s_language(
    portal: FastAPI, clock: Clock, language: str, words: str
) -> None:
    async with coming_from(portal, "192.0.2.7") as client:
        client.headers["Accept-Language"] = language
        for _ in range(MOST_OF_ONE):
            await client.post("/codec", data={"token": WRONG})
        answer = await client.post("/codec", data={"token": TOKEN})
    assert answer.status_code == 429
    assert words in answer.text
    assert "set-cookie" not in answer.headers


async def test_attempts_at_once_are_not_more(portal: FastAPI, clock: Clock) -> None:
    answers = await asyncio.gather(*(signed_in(portal, "192.0.2.7", WRONG) for _ in range(30)))
    assert sorted(answer.status_code for answer in answers) == [403] * MOST_OF_ONE + [429] * (
        30 - MOST_OF_ONE
    )


def test_addresses_are_forgotten(clock: Clock) -> None:
    attempts = Attempts(clock)
    for number in range(300):
        scope = {"type": "http", "client": (f"192.0.2.{number % 250}", 1), "headers": []}
        attempts.failed(Request(scope))
        clock.now += 1
    assert len(attempts._failed) <= WITHIN_SECONDS + 1


@pytest.mark.covers("S9")
@pytest.mark.parametrize(
    ("trusted", "last"), [("", 429), ("192.0.2.1", 429), ("127.0.0.1", 403), ("127.0.0.0/8", 403)]
)
async def test_only_a_trusted_proxy_says_from_where_a_client_calls(trusted: str, last: int) -> None:
    said = [{"X-Forwarded-For": f"198.51.100.{number}"} for number in range(MOST_OF_ONE + 1)]
    async with (
        serving(InventedDesk(), settings=configured(trusted_proxies=trusted)) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        answers = [await client.post("/codec", data={"token": WRONG}, headers=one) for one in said]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [403] * MOST_OF_ONE + [last]
