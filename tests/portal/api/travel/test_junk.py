"""Whatever is sent about travel eSIMs, it is answered or refused: nothing makes a failure of ours (A5)."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from starter.desks import Desks
from tests.callers.world import Known
from tests.portal.api.keys import Keyring
from tests.portal.api.samples import travel
from tests.portal.api.test_walk import Route, calls_of
from tests.portal.api.travel.journey import Client, client

pytestmark = pytest.mark.covers("A5")
IDS = ("%00", "%ED%A0%80", "%F0%9F%98%80", "9" * 300, "-1", "%2F%2f", "EL-0", "1e9", "%EF%B7%90", "..%2f..")
VALUES: tuple[Any, ...] = (
    *(None, True, 10**30, 1.5, "", "\0", "\ud800", "x" * 5000),
    *([], {"a": 1}, "2026-02-30T00:00:00Z"),
)
QUERIES = ("%00", "9" * 400, "-1")


def _travel(app: FastAPI) -> list[tuple[Route, Any]]:
    samples = list(travel.SAMPLES.values())
    return [(route, sample) for route, sample in calls_of(app) if any(sample is each for each in samples)]


async def _send(owner: Client, route: Route, path: str, body: Any = None) -> None:
    answer = await owner.send(route.method, path, body)
    assert answer.status_code < 500 or answer.status_code == 503, f"{route.name} {path} {body}: {answer.text}"
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"


async def test_junk_ids_are_refused(
    app: FastAPI, api: httpx.AsyncClient, keys: Keyring, acme: Known, desks: Desks
) -> None:
    owner = await client(api, keys)
    for route, sample in _travel(app):
        names = sample.path(acme)
        body = sample.json(acme) if sample.json else None
        for junk in IDS if names else ():
            await _send(owner, route, route.path.format_map(dict.fromkeys(names, junk)), body)


async def test_junk_fields_are_refused(
    app: FastAPI, api: httpx.AsyncClient, keys: Keyring, acme: Known, desks: Desks
) -> None:
    owner = await client(api, keys)
    for route, sample in _travel(app):
        path = route.path.format_map(sample.path(acme))
        body = sample.json(acme) if sample.json else {}
        optional: dict[str, Any] = {
            "at": None,
            "order": None,
            "shelf_life_months": None,
            "countries": [],
            "reason": "",
        }
        for field in {**body, **optional} if sample.json else ():
            if field == "kind":
                continue
            for junk in VALUES:
                await _send(owner, route, path, {**body, field: junk})
        for junk in VALUES if sample.json else ():
            await _send(owner, route, path, junk)


async def test_junk_queries_are_refused(
    app: FastAPI, api: httpx.AsyncClient, keys: Keyring, acme: Known, desks: Desks
) -> None:
    owner = await client(api, keys)
    for route, sample in _travel(app):
        if route.method != "GET":
            continue
        path = route.path.format_map(sample.path(acme))
        for name in (
            "limit",
            "cursor",
            "find",
            "country",
            "subscriber",
            "profile",
            "state",
            "withdrawn",
            "expand",
        ):
            for junk in QUERIES:
                await _send(owner, route, f"{path}?country=FR&{name}={junk}")
