"""The API over the two firms' database, asked without a network; Temporal is unavailable."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from portal.app import create_app
from settings import Settings
from starter import callers
from starter.desks import Desks
from store.session import Database
from temporal.connection import connect
from tests.callers.conftest import acme, database_url, firms  # noqa: F401  fixtures
from tests.callers.world import KEYS, NO_TEMPORAL, Known
from tests.portal.api.guarded import Guarded
from tests.portal.api.job_calls import Jobs
from tests.portal.api.keys import Keyring

ADDRESS = "https://portal.example"


@pytest.fixture
def api_settings(database_url: str) -> Settings:  # noqa: F811
    return Settings(
        database_url=database_url,
        temporal_address=NO_TEMPORAL,
        secret_keys=KEYS,
        portal_url=ADDRESS,
        api_calls_a_second=10_000,
    )


@pytest.fixture
async def desks(database: Database, api_settings: Settings) -> Desks:
    return Desks.of(await connect(api_settings, lazy=True), database, api_settings)


@pytest.fixture
def app(desks: Desks) -> FastAPI:
    return create_app(desks.links, desks.settings, desks=desks)


@pytest.fixture
async def api(app: FastAPI, desks: Desks) -> AsyncIterator[httpx.AsyncClient]:
    """Calls the API without a key. No call may ask for what belongs to any account."""
    guarded = Guarded(app)
    transport = httpx.ASGITransport(guarded, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url=f"{ADDRESS}/api/v1") as client:
        with guarded.watching(desks.database):
            yield client
    assert not guarded.offences, "\n".join(guarded.offences)


@pytest.fixture
def keys(desks: Desks) -> Keyring:
    """Makes API keys."""
    return Keyring(desks, callers.operator())


@pytest.fixture
async def jobs(api: httpx.AsyncClient, desks: Desks, keys: Keyring, acme: Known) -> Jobs:  # noqa: F811
    return Jobs(api, desks, await keys.of())
