"""Every route of the API x every role x own, foreign and unknown records (A2, manner 7).

What is expected comes from the permission that the route declares in its signature; a route without one, or
without a sample, fails.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from models.people.callers import PERMISSIONS, USER_ROLES, Permission, Role
from portal.api.app import PREFIX, PUBLIC
from starter.desks import Desks
from tests.builders import run
from tests.callers.world import BOLT, UNKNOWN, Known
from tests.portal.api.keys import Keyring
from tests.portal.api.samples import SAMPLES
from tests.portal.api.samples.sample import Sample

pytestmark = pytest.mark.covers("A2")
_FEWEST_ROUTES = 10


@dataclass(frozen=True)
class Route:
    """A route, with the permission that it declares."""

    name: str
    method: str
    path: str
    permission: Permission | None


def routes_of(app: FastAPI) -> Iterator[Route]:
    """Every route of the mounted API."""
    (api,) = [mounted for mounted in app.routes if isinstance(mounted, Mount) and mounted.path == PREFIX]
    for context in iter_route_contexts(api.routes):
        route = context.route if hasattr(context, "route") else context
        if isinstance(route, APIRoute):
            for method in sorted(route.methods or ()):
                path = getattr(context, "path", route.path)
                yield Route(f"{method} {path}", method, path, _permission(route.dependant))


def _permission(dependant: Any) -> Permission | None:
    for each in dependant.dependencies:
        scopes = getattr(each, "own_oauth_scopes", None) or getattr(each, "oauth_scopes", None)
        if scopes:
            return Permission(scopes[0])
        below = _permission(each)
        if below:
            return below
    return None


def calls_of(app: FastAPI) -> Iterator[tuple[Route, Sample]]:
    """Every route with each of its samples."""
    for route in routes_of(app):
        for name, sample in SAMPLES.items():
            if name == route.name or name.startswith(f"{route.name} "):
                yield route, sample


async def called(
    api: httpx.AsyncClient, route: Route, sample: Sample, known: Known, headers: dict[str, str]
) -> httpx.Response:
    """The answer to the sample of a route."""
    path = route.path.format_map(sample.path(known))
    body = {"json": sample.json(known)} if sample.json else {"content": sample.content or b""}
    return await api.request(
        route.method, path, params=sample.query(known), headers=headers | sample.headers, **body
    )


def _without_ids(answer: httpx.Response, known: Known) -> str:
    text = re.sub(r"req_[0-9a-f]+", "REQ", answer.text)
    for name in sorted(asdict(known).values(), key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(name)}\b", "ID", text)
    return text


async def test_every_route_declares_a_permission_and_has_a_sample(app: FastAPI) -> None:
    routes = list(routes_of(app))

    assert len(routes) >= _FEWEST_ROUTES
    assert [route.name for route in routes if route.permission is None and route.path not in PUBLIC] == []
    named = {" ".join(name.split(" ")[:2]) for name in SAMPLES}
    assert {route.name for route in routes if route.path not in PUBLIC} == named


@pytest.mark.parametrize("role", USER_ROLES)
async def test_a_role_may_call_what_its_permissions_say(
    role: Role, app: FastAPI, api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of(role)
    for route, sample in calls_of(app):
        answer = await called(api, route, sample, acme, headers)
        assert answer.status_code != 500, f"{route.name}: {answer.text}"
        assert answer.status_code != 401, f"{route.name}: {answer.text}"
        if role is Role.PROVIDER_DESK and answer.status_code == 404:
            continue  # the rest of the account does not exist for it
        may = {sample.needs or route.permission, *sample.also} & PERMISSIONS[role]
        refused = answer.status_code == 403 and "not_permitted" in answer.text
        assert refused is not bool(may), f"{route.name} as {role}: {answer.status_code} {answer.text}"


async def test_a_foreign_record_answers_as_one_that_does_not_exist(
    app: FastAPI, api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    cleo = await keys.of(account=BOLT)
    for route, sample in calls_of(app):
        if sample.names_nothing:
            continue
        foreign = await called(api, route, sample, acme, cleo)
        unknown = await called(api, route, sample, UNKNOWN, cleo)
        assert unknown.status_code == 404, f"{route.name}: {unknown.status_code} {unknown.text}"
        assert foreign.status_code == 404, f"{route.name}: {foreign.status_code} {foreign.text}"
        assert _without_ids(foreign, acme) == _without_ids(unknown, UNKNOWN), route.name


async def test_what_a_call_says_it_made_can_be_read_there(
    app: FastAPI, api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    owner, platform = await keys.of(), await keys.of_platform()
    seen = set()
    for route, sample in calls_of(app):
        for headers in (owner, platform):
            made = await called(api, route, sample, acme, headers)
            if "Location" in made.headers:
                shown = await api.get(made.headers["Location"].removeprefix(PREFIX), headers=headers)
                assert shown.status_code == 200, f"{route.name}: {shown.text}"
                seen.add(route.name)

    assert {"POST /accounts", "POST /profiles", "POST /users"} <= seen


async def test_a_repeat_of_a_call_without_an_idempotency_key_succeeds_again(
    app: FastAPI, api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers, seen = await keys.of(), set()
    for route, sample in calls_of(app):
        if route.method != "POST" or "Idempotency-Key" in sample.headers or sample.query(acme):
            continue
        first = await called(api, route, sample, acme, headers)
        if first.is_success:
            again = await called(api, route, sample, acme, headers)
            assert again.status_code == first.status_code, f"{route.name}: {again.text}"
            seen.add(route.path)

    assert "/assigned-plans/{plan}/revoke" in seen


async def test_every_route_refuses_a_call_without_a_key(
    app: FastAPI, api: httpx.AsyncClient, acme: Known
) -> None:
    for route, sample in calls_of(app):
        answer = await called(api, route, sample, acme, {})
        assert answer.status_code == 401, f"{route.name}: {answer.text}"
        assert answer.headers["Content-Type"] == "application/problem+json"


async def test_what_may_change_something_records_its_origin_once(
    app: FastAPI, api: httpx.AsyncClient, keys: Keyring, acme: Known, desks: Desks
) -> None:
    headers = await keys.of()
    for route, sample in calls_of(app):
        before = await _origins(desks)
        await called(api, route, sample, acme, headers)
        recorded = await _origins(desks) - before
        assert recorded == (0 if route.method == "GET" else 1), route.name


async def _origins(desks: Desks) -> int:
    (row,) = await run(desks.database, "SELECT count(*) AS origins FROM origins")
    return int(row.origins)
