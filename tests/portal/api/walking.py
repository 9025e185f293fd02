"""Calls of every route of the API with its samples, for the tests that walk all of them."""

import json
import re
from collections.abc import Iterator, Mapping

import httpx
from fastapi import FastAPI

from portal.api.app import PUBLIC
from tests.callers.world import Known
from tests.portal.api.samples import SAMPLES
from tests.portal.api.samples.sample import Sample
from tests.portal.api.test_walk import Route, routes_of

OF_SAMPLE = object()
PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")
"""A parameter of a path as it is declared."""


def calls(app: FastAPI) -> Iterator[tuple[Route, Sample]]:
    """Every route that has a caller, with each of its samples: `METHOD /path`, or with a word after it."""
    for route in routes_of(app):
        if route.path not in PUBLIC:
            named = [each for name, each in SAMPLES.items() if f"{name} ".startswith(f"{route.name} ")]
            assert named, f"{route.name} has no sample"
            yield from ((route, sample) for sample in named)


def filled(path: str, parameters: Mapping[str, str]) -> str:
    """A path as it is declared, with these parameters in it."""
    return PARAMETER.sub(lambda found: parameters[found[1]], path)


async def called(
    api: httpx.AsyncClient,
    route: Route,
    sample: Sample,
    known: Known,
    headers: Mapping[str, str],
    *,
    method: str | None = None,
    path: Mapping[str, str] | None = None,
    body: object = OF_SAMPLE,
) -> httpx.Response:
    """Call a route with its sample; `method`, `path` (its parameters, encoded) or `body` instead of those of
    the sample.
    """
    if body is OF_SAMPLE and sample.json:
        body = sample.json(known)
    as_json = {"Content-Type": "application/json"} if body is not OF_SAMPLE else {}
    return await api.request(
        method or route.method,
        filled(route.path, path or sample.path(known)),
        params=sample.query(known),
        headers={**headers, **as_json, **sample.headers},
        content=json.dumps(body) if as_json else sample.content,  # in ASCII: it may have lone surrogates
    )
