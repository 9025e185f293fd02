"""Rosa's journey, and a key of the account's owner."""

import httpx
import pytest

from starter.desks import Desks
from tests.portal.api.keys import Keyring
from tests.portal.api.travel import journey as rosa


@pytest.fixture
async def journey(desks: Desks) -> rosa.Journey:
    return await rosa.journey(desks)


@pytest.fixture
async def owner(api: httpx.AsyncClient, keys: Keyring) -> rosa.Client:
    return await rosa.client(api, keys)
