"""For a key that may not see travel eSIMs none of them exists, whatever it names (T1)."""

import httpx
import pytest
from fastapi import FastAPI

from models.people.callers import Role
from tests.callers.world import UNKNOWN, Known
from tests.portal.api.keys import Keyring
from tests.portal.api.samples import travel
from tests.portal.api.test_walk import _without_ids, called, calls_of

pytestmark = pytest.mark.covers("A2", "T1")


@pytest.mark.parametrize("role", [Role.MANAGER, Role.VIEWER])
async def test_who_may_not_see_travel_esims_learns_nothing_of_them(
    role: Role, app: FastAPI, api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers, asked = await keys.of(role), 0
    for route, sample in calls_of(app):
        if not any(sample is each for each in travel.SAMPLES.values()):
            continue
        ours = await called(api, route, sample, acme, headers)
        unknown = await called(api, route, sample, UNKNOWN, headers)
        assert ours.status_code == 403, f"{route.name}: {ours.text}"
        assert _without_ids(ours, acme) == _without_ids(unknown, UNKNOWN), route.name
        asked += 1
    assert asked == len(travel.SAMPLES)
