"""The portal over an invented desk, asked without a network."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from portal.app import create_app
from settings import Settings
from tests.portal.desk import InventedDesk

ADDRESS = "https://portal.example"


@pytest.fixture
def desk() -> InventedDesk:
    return InventedDesk()


@pytest.fixture
def app(desk: InventedDesk) -> FastAPI:
    return create_app(desk, Settings(portal_url=ADDRESS))


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Asks for pages as a browser does."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=ADDRESS, headers={"Accept": "text/html"}
    ) as client:
        yield client
