"""Every answer names who did something in one form: `U-3`, `C-7`, `operator`; never by row."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.callers.world import Known
from tests.portal.api.keys import Keyring
from tests.portal.api.walking import calls, filled

pytestmark = pytest.mark.covers("A9", "A17")
_BY_ROW = re.compile(r"(user|contact|agent|subscriber):\d+")
_REFERENCES = {"about", "subject"}
"""What events are about, by the references of the event log."""


def _texts(answer: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text of an answer, with the name of its field."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            yield "key", name
            yield from _texts(value, name)
    elif isinstance(answer, list):
        for value in answer:
            yield from _texts(value, key)
    elif isinstance(answer, str):
        yield key, answer


async def test_no_answer_names_a_person_by_row(
    app: FastAPI, api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers, naming = await keys.of(), set()
    paths = (await api.get("/openapi.json")).json()["paths"]
    for route, sample in calls(app):
        if route.method != "GET":
            continue
        expand = [
            value
            for parameter in paths[route.path]["get"].get("parameters", ())
            if parameter.get("name") == "expand"
            for value in parameter["schema"]["items"].get("enum", [parameter["schema"]["items"].get("const")])
        ]
        query = sample.query(acme) | ({"expand": expand} if expand else {})
        answer = await api.get(filled(route.path, sample.path(acme)), params=query, headers=headers)
        if not answer.headers["Content-Type"].startswith("application/json"):
            continue
        for key, text in _texts(answer.json()):
            assert key in _REFERENCES or not _BY_ROW.fullmatch(text), f"{route.name}: {key}: {text}"
            if key == "actor" and text.startswith("U-"):
                naming.add(route.path)

    assert {"/orders/{order}", "/audit"} <= naming
