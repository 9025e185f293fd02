"""A permission that a desk no longer asks for, and a scope that a statement no longer has, show in a walk
over all routes.
"""

import ast
import importlib
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path
from types import FrameType
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import true

import starter
from models.people.callers import PERMISSIONS, Caller, Permission, Role, UserKind
from store import scopes
from tests.builders import ACCOUNT
from tests.callers.built import forget_statements
from tests.callers.test_strangers import CONDITIONS
from tests.callers.world import BOLT, Known
from tests.portal.api.conftest import ADDRESS
from tests.portal.api.guarded import Leaving
from tests.portal.api.keys import Keyring, bearer
from tests.portal.api.samples.sample import Sample
from tests.portal.api.test_walk import Route
from tests.portal.api.walking import called, calls

pytestmark = pytest.mark.covers("A2")

Place = tuple[str, int]
"""A file, or a module of the store, and a line."""
Call = tuple[Route, Sample]
Naming = tuple[Route, Sample, Known]
"""A call, and the records that it names."""
TOP = Path(starter.__path__[0]).parent
TWICE = {
    "codes/book.py history": "the sample expands people, who are asked for again",
    "licences/book.py number": "the sample expands people, who are asked for again",
    "licences/assignments.py _assigned": "the order is placed with the same permission, which is asked again",
    "licences/assignments.py _replaced": "the order is placed with the same permission, which is asked again",
    "operations/retry.py select": "what is selected is retried, which asks again",
    "travel.stock_views free_counts": "counts are shown beside plans of the account alone",
    "operations.retries _jobs": "orders are looked for in the same statement; only these have a route here",
    "orders/desk.py enter_iccid_of_line": "it ends in `enter_iccid`, which asks again",
    "operations.retries _lines": "orders are looked for in the same statement; only these have a route here",
    "operations.audit _edges": "where to begin to read; the entries themselves are the account's alone",
    "people.references order_contacts": "shown with the packs of their distributor alone",
}
"""What may be dropped without an answer that shows it, with the reason."""


class Watched:
    """Notes which places a call gets to, and drops what stands at one of them."""

    def __init__(self) -> None:
        self.reached: set[Place] = set()
        self.named: dict[Place, str] = {}
        """The function at each place."""
        self.dropped: Place | None = None

    def at(self, frame: FrameType, module: str) -> bool:
        """Whether what stands here is asked: not if it is the dropped one."""
        place = (module, frame.f_lineno)
        self.reached.add(place)
        self.named[place] = f"{module} {frame.f_code.co_name}"
        return place != self.dropped

    @contextmanager
    def without(self, place: Place) -> Iterator[None]:
        self.dropped = place
        forget_statements()
        try:
            yield
        finally:
            self.dropped = None
            forget_statements()


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The API without the guard of its statements, which a dropped scope would fail, too."""
    transport = httpx.ASGITransport(Leaving(app), raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url=f"{ADDRESS}/api/v1") as client:
        yield client


@pytest.fixture
def permissions(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Watches where a missing permission is asked for."""
    watched = Watched()
    require = Caller.require

    def asked(caller: Caller, permission: Permission) -> None:
        frame = sys._getframe(1)
        file = Path(frame.f_code.co_filename).relative_to(TOP / "starter")
        if not caller.may(permission) and watched.at(frame, str(file)):
            require(caller, permission)

    monkeypatch.setattr(Caller, "require", asked)
    return watched


@pytest.fixture
def conditions(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Watches where a scope becomes a condition."""
    watched = Watched()

    def of(module: str) -> Callable[..., Any]:
        def within(*arguments: Any, **columns: Any) -> Any:
            kept = watched.at(sys._getframe(1), module)
            return scopes.within(*arguments, **columns) if kept else true()

        return within

    for module in {module for module, _ in CONDITIONS}:
        monkeypatch.setattr(importlib.import_module(f"store.{module}"), "within", of(module))
    return watched


def _asked() -> set[Place]:
    """Where in `starter` a permission is asked for."""
    found = set()
    for file in sorted((TOP / "starter").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "require":
                found.add((str(file.relative_to(TOP / "starter")), node.lineno))
    return found


async def _keys(keys: Keyring) -> dict[Permission, dict[str, str]]:
    """For each permission a key of an owner that lacks it, and lacks nothing else."""
    address = "lacking@bots.example"
    await keys.desks.users.create_user(
        keys.operator, ACCOUNT, "Bot", address, role=Role.OWNER, kind=UserKind.SERVICE
    )
    found = {}
    for permission in Permission:
        kept = [each for each in PERMISSIONS[Role.OWNER] if each is not permission]
        made = await keys.desks.api_keys.create(keys.operator, permission, user=address, permissions=kept)
        found[permission] = bearer(made.key.text)
    return found


def _needed(route: Route, sample: Sample) -> Permission:
    needed = getattr(sample, "needs", None) or route.permission
    assert needed is not None
    return Permission(needed)


async def test_a_permission_that_is_not_asked_for_shows(
    app: FastAPI, api: httpx.AsyncClient, keys: Keyring, acme: Known, permissions: Watched
) -> None:
    lacking = await _keys(keys)
    asked: dict[Place, list[Call]] = {}
    for route, sample in calls(app):
        permissions.reached.clear()
        await called(api, route, sample, acme, lacking[_needed(route, sample)])
        for place in permissions.reached:
            asked.setdefault(place, []).append((route, sample))

    assert len(asked) > 20
    assert set(asked) <= _asked()
    unseen = set()
    for place in sorted(asked):
        permissions.dropped = place
        for route, sample in asked[place]:
            answer = await called(api, route, sample, acme, lacking[_needed(route, sample)])
            if answer.status_code != 403 or "not_permitted" not in answer.text:
                break
        else:
            unseen.add(permissions.named[place])
    assert unseen <= set(TWICE)


async def test_a_scope_that_is_dropped_shows(
    app: FastAPI, api: httpx.AsyncClient, keys: Keyring, acme: Known, conditions: Watched
) -> None:
    cleo = await keys.of(account=BOLT)
    asked: dict[Place, list[Naming]] = {}
    others = replace(acme, order=acme.refused, sim=acme.esim)
    for (route, sample), known in product(calls(app), (acme, others)):
        if route.method == "GET" or not sample.names_nothing:
            conditions.reached.clear()
            forget_statements()
            await called(api, route, sample, known, cleo)
            for place in conditions.reached & set(CONDITIONS):
                asked.setdefault(place, []).append((route, sample, known))

    assert len(asked) > 15
    unseen = [
        place for place in sorted(asked) if not await _shows(api, asked[place], cleo, conditions, place)
    ]
    assert {conditions.named[place] for place in unseen} <= set(TWICE)


async def _shows(
    api: httpx.AsyncClient,
    reaching: list[Naming],
    cleo: dict[str, str],
    conditions: Watched,
    place: Place,
) -> bool:
    """Whether a stranger's answer is another one without the condition."""
    for route, sample, known in reaching:
        kept = await called(api, route, sample, known, cleo)
        with conditions.without(place):
            dropped = await called(api, route, sample, known, cleo)
        if (kept.status_code, _said(kept)) != (dropped.status_code, _said(dropped)):
            return True
    return False


def _said(answer: httpx.Response) -> str:
    return re.sub(r"req_[0-9a-f]+", "", answer.text)
