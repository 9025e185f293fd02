"""Every route of the API: headers, HEAD, other methods, redirects, and junk in the place of each value."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

from portal.http.middleware import HEADERS, POLICY
from tests.callers.world import Known
from tests.portal.api.keys import Keyring
from tests.portal.api.test_walk import routes_of
from tests.portal.api.walking import PARAMETER, called, calls, filled

PROBLEM = "application/problem+json"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
VARIES = ("request-id", "ratelimit", "content-length")
_DIGITS = "9" * 30
JUNK_IDS = {
    "NUL": "%00",
    "NUL in an id": "L-1%00",
    "a lone surrogate": "%ED%A0%80",
    "bytes that are not UTF-8": "%FF%FE",
    "a line break": "L%0A-1",
    "very long": "x" * 8_000,
    "another prefix": "ZZ-1",
    "zero": "L-0",
    "negative": "-1",
    "more digits than a column has": f"L-{_DIGITS}",
    "digits alone": _DIGITS,
    "a telephone number with more digits than one has": f"%2B{_DIGITS}",
    "Arabic digits": quote("L-١٢"),
    "SQL": quote("1' OR '1'='1"),
    "a wildcard": "%25",
    "the folder above": "%2e%2e",
    "a slash": "a%2Fb",
    "a blank": "%20",
    "an e-mail address": "nobody@nowhere.example",
}
JUNK_VALUES = {
    "NUL": "\0",
    "a lone surrogate": "\ud800",
    "very long": "x" * 3_000,
    "empty": "",
    "a blank": " ",
    "a line break": "a\r\nBcc: x@y.example",
    "a large number": 10**30,
    "a fraction": 0.1,
    "a boolean": True,
    "null": None,
    "a list": [[]],
    "an object": {"$ne": None},
}


@pytest.fixture
async def owner(keys: Keyring) -> dict[str, str]:
    return await keys.of()


@pytest.mark.covers("A2")
async def test_every_answer_has_the_safe_headers_and_redirects_nowhere(
    app: FastAPI, api: httpx.AsyncClient, owner: dict[str, str], acme: Known
) -> None:
    for route, sample in calls(app):
        for headers in (owner, {}):
            answer = await called(api, route, sample, acme, headers)
            assert not answer.is_redirect, route.name
            for name, value in HEADERS.items():
                assert answer.headers[name] == value, (route.name, name)
            streams = answer.headers.get("Content-Type", "").startswith("text/event-stream")
            read = route.method == "GET" and answer.status_code == 200 and not streams
            assert ("ETag" in answer.headers) is read, route.name
            cached = "private, no-cache" if read else "no-store"
            assert answer.headers["Cache-Control"] == cached, route.name
            assert answer.headers["Content-Security-Policy"] == POLICY, route.name
            assert answer.headers["Request-Id"], route.name
            assert ("RateLimit" in answer.headers) is bool(headers), route.name
            assert "Set-Cookie" not in answer.headers, route.name
            assert "Access-Control-Allow-Origin" not in answer.headers, route.name


@pytest.mark.covers("A9")
async def test_a_head_is_answered_as_what_is_read(
    app: FastAPI, api: httpx.AsyncClient, owner: dict[str, str], acme: Known
) -> None:
    def kept(answer: httpx.Response) -> dict[str, str]:
        return {name: value for name, value in answer.headers.items() if name not in VARIES}

    for route, sample in calls(app):
        if route.method == "GET":
            read = await called(api, route, sample, acme, owner)
            head = await called(api, route, sample, acme, owner, method="HEAD")
            assert (head.status_code, kept(head)) == (read.status_code, kept(read)), route.name


@pytest.mark.covers("A5")
async def test_a_method_that_a_path_does_not_have_is_a_problem_that_names_those_it_has(
    app: FastAPI, api: httpx.AsyncClient, owner: dict[str, str], acme: Known
) -> None:
    routes = list(routes_of(app))
    for route, sample in calls(app):
        path = filled(route.path, sample.path(acme))
        here = {each.method for each in routes if _is_of(path, each.path)}
        here |= {"HEAD"} if "GET" in here else set()
        for method in sorted(set(METHODS) - here):
            answer = await called(api, route, sample, acme, owner, method=method)
            assert answer.status_code == 405, f"{method} {path}: {answer}"
            assert {name.strip() for name in answer.headers["Allow"].split(",")} == here, (method, path)
            assert answer.headers["Content-Type"] == PROBLEM, (method, path)


def _is_of(path: str, declared: str) -> bool:
    """Whether the path is one of the declared ones: `/lines/employee` is of `/lines/{line}`, too."""
    return re.fullmatch(PARAMETER.sub("[^/]+", declared), path) is not None


@pytest.mark.covers("A2", "A5", "A7")
async def test_an_id_that_is_none_is_not_found_or_refused(
    app: FastAPI, api: httpx.AsyncClient, owner: dict[str, str], acme: Known
) -> None:
    for (route, sample), junk in product(calls(app), JUNK_IDS):
        for name in PARAMETER.findall(route.path):
            parameters = {**sample.path(acme), name: JUNK_IDS[junk]}
            answer = await called(api, route, sample, acme, owner, path=parameters)
            said = f"{junk}: {route.name}: {answer} {answer.text}"
            assert answer.status_code in (400, 404, 405, 422), said
            assert answer.headers["Content-Type"] == PROBLEM, said


@pytest.mark.covers("A5")
@pytest.mark.parametrize("junk", JUNK_VALUES)
async def test_no_value_of_a_body_makes_a_500(
    junk: str, app: FastAPI, api: httpx.AsyncClient, owner: dict[str, str], acme: Known
) -> None:
    for route, sample in calls(app):
        if sample.json is None:
            continue
        for body in _with_junk(sample.json(acme), JUNK_VALUES[junk]):
            answer = await called(api, route, sample, acme, owner, body=body)
            assert answer.status_code in (200, 201, 202, 400, 403, 404, 422, 503), (
                f"{route.name}: {answer.text}"
            )
            if answer.status_code >= 400:
                assert answer.headers["Content-Type"] == PROBLEM, route.name


def _with_junk(body: Any, junk: Any) -> Iterator[Any]:
    """The body, once with junk in the place of each of its values."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield from ({**body, name: changed} for changed in _with_junk(value, junk))
    elif isinstance(body, list):
        yield junk
        yield from ([*body[:place], junk, *body[place + 1 :]] for place in range(len(body)))
    else:
        yield junk


@pytest.mark.covers("A5")
async def test_no_value_of_a_query_makes_a_500(
    app: FastAPI, api: httpx.AsyncClient, owner: dict[str, str], acme: Known
) -> None:
    document = app_document(app)
    for route, sample in calls(app):
        named = document["paths"][route.path][route.method.lower()].get("parameters", [])
        path = filled(route.path, sample.path(acme))
        for parameter in (_resolved(document, each) for each in named):
            if parameter["in"] == "query":
                for junk in ("\0", "%ED%A0%80", "x" * 8_000, "9" * 30, "-1", "", "L-1", "1e3", "٣"):
                    query = f"{parameter['name']}={junk if junk.startswith('%') else quote(junk)}"
                    answer = await api.request(route.method, f"{path}?{query}", headers=owner)
                    assert answer.status_code < 500 or answer.status_code == 503, (route.name, query)


def _resolved(document: Any, parameter: Any) -> Any:
    """The parameter, also where the document names it elsewhere."""
    name = parameter.get("$ref", "").rpartition("/")[2]
    return document["components"]["parameters"][name] if name else parameter


def app_document(app: FastAPI) -> Any:
    """The OpenAPI document of the API."""
    (api,) = [mounted.app for mounted in app.routes if getattr(mounted, "path", "") == "/api/v1"]  # type: ignore[attr-defined]
    return api.openapi()
