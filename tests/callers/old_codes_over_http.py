"""The routes of the API that yield the code of an eSIM."""

import httpx

from models.people.callers import USER_ROLES, Role
from portal.api.app import PREFIX
from portal.app import create_app
from starter.desks import Desks
from tests.builders import ACCOUNT, OPERATOR
from tests.callers.old_codes import PORTAL, OldCode, told
from tests.callers.world import BOLT
from tests.portal.api.guarded import Leaving
from tests.portal.api.keys import Keyring
from tests.portal.api.samples import SAMPLES
from tests.portal.api.test_walk import called, routes_of


async def by_api(old: OldCode, turn: int | None, *, every: bool) -> set[str]:
    """The routes of the API that yield the code, and to whose key. A platform key is the operator's.

    With `every`, all routes to all callers with every name for the eSIM. Else with one name each: in a `turn`
    to a sixth of the callers, in six turns to all; without one to the operator, who may do everything, and
    by the ways that there are for the operator to all others.
    """
    settings = old.desks.settings.model_copy(update={"api_calls_a_second": 10_000})
    desks = Desks.of(old.desks.client, old.desks.database, settings)
    app, keys = create_app(desks.links, settings, desks=desks), Keyring(desks, OPERATOR)
    routes = list(routes_of(app))
    ways = {route.name for route in routes}
    found: set[str] = set()
    transport = httpx.ASGITransport(Leaving(app))
    async with httpx.AsyncClient(transport=transport, base_url=f"{PORTAL}{PREFIX}") as client:
        for place, role in enumerate(["operator", *USER_ROLES, "another account"]):
            if not every and turn is not None and place % 6 != turn % 6:
                continue
            key = await _key(keys, role)
            for known in old.known if every else [old.known[place % len(old.known)]]:
                for route in routes:
                    if route.name in ways:
                        answer = await called(client, route, SAMPLES[route.name], known, key)
                        parts = [answer.text, answer.content, dict(answer.headers)]
                        found |= told(f"{route.name} as {role}", parts)
            if not every and turn is None:
                ways = {way.partition(" as ")[0] for way in found}
    return found


async def _key(keys: Keyring, role: str) -> dict[str, str]:
    if role == "operator":
        return await keys.of_platform(account=ACCOUNT)
    return await (keys.of(account=BOLT) if role == "another account" else keys.of(Role(role)))
