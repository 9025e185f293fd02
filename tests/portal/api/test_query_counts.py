"""A list costs as many statements for a hundred records as for one, and so does a page of it (manner 9)."""

import ast
import re
from pathlib import Path
from typing import Any, get_type_hints

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import text

from bench.rows import fill
from models.people.api_keys import Mode
from portal.api.app import ROUTERS
from portal.api.lists import ListOf
from starter.desks import Desks
from tests.callers.world import Known
from tests.portal.api.keys import Keyring
from tests.portal.api.statements import counted
from tests.portal.api.walking import PARAMETER

OF_SPINE = (
    "/orders",
    "/lines",
    "/inventory",
    "/sims",
    "/devices",
    "/catalogue",
    "/accounts",
    "/users",
    "/profiles",
)
MORE = ("/distributors", "/contacts", "/employees", "/groups", "/api-keys")
FILTERS = {
    "/orders?open=true": 5,
    "/orders?status=processed": 25,
    "/inventory?sim_type=esim&sort=-iccid": 25,
    "/inventory?group=Group 1": 0,
    "/inventory?order=open": 5,
    "/inventory?q=Row": 25,
    "/lines?kind=esim": 25,
    "/lines?without_code=true": 25,
    "/lines?group=Group 1": 0,
    "/sims?iccid_ending=7": 5,
    "/sims?state=active": 25,
    "/employees?find=Row": 25,
    "/contacts?role=order": 25,
}
"""The fewest records of a page of 25."""
LISTS = dict.fromkeys((*OF_SPINE, *MORE), 25) | FILTERS


def _lists() -> set[str]:
    """The paths of all routes that answer a list."""
    found = set()
    for router in ROUTERS.values():
        for context in iter_route_contexts(router.routes):
            route: Any = getattr(context, "original_route", context)
            if isinstance(route, APIRoute):
                answer = get_type_hints(route.endpoint).get("return")
                paged = "limit" in getattr(route, "parameters", ())
                if paged and isinstance(answer, type) and issubclass(answer, ListOf):
                    found.add(route.path)
    return found


def _named_by_counting_tests() -> set[str]:
    """Every path in a test file that counts statements; a subject makes the rows of its lists itself."""
    files = [file.read_text() for file in Path(__file__).parent.rglob("test_*.py")]
    return {
        node.value.partition("?")[0]
        for text in files
        if "import counted" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("/")
    }


def test_the_statements_of_every_list_are_counted() -> None:
    named = _named_by_counting_tests()
    for path in _lists():
        pattern = re.compile(PARAMETER.sub("[^/]+", path))
        assert any(map(pattern.fullmatch, named)), f"no test counts the statements of GET {path}"
    assert {*OF_SPINE, *MORE} <= _lists()


@pytest.fixture
async def owner(keys: Keyring) -> dict[str, str]:
    return await keys.of()


@pytest.mark.covers("A6")
async def test_every_list_costs_the_same_statements_however_long_a_page_is(
    app: FastAPI, api: httpx.AsyncClient, owner: dict[str, str], keys: Keyring, acme: Known, desks: Desks
) -> None:
    platform = await keys.of_platform(Mode.LIVE)
    for path in LISTS:  # with the world's few records, and a key that was used
        await api.get(path, headers=platform if path == "/accounts" else owner)
    async with desks.database.transaction() as connection:
        await fill(connection, people=110, fleet=110, orders=110)
        # the details of each kind among the orders of a page are a statement: here of one kind
        await connection.execute(text("UPDATE orders SET kind = 'switch_to_esim'"))
    for path, least in LISTS.items():
        headers, cost, shown = platform if path == "/accounts" else owner, {}, {}
        for limit in (1, 25, 100):
            with counted(desks.database) as statements:
                answer = await api.get(httpx.URL(path).copy_merge_params({"limit": limit}), headers=headers)
            assert answer.status_code == 200, (path, answer.text)
            cost[limit], shown[limit] = len(statements), len(answer.json()["data"])
        assert len(set(cost.values())) == 1, f"{path}: statements by limit {cost}"
        assert shown[25] >= least, f"{path}: records by limit {shown}; fill it in bench/rows.py"
