"""The pages over the two firms' database, with an OpenID provider that others wrote."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from settings import Settings
from tests.callers.conftest import acme, database_url, firms  # noqa: F401  fixtures
from tests.openid.provider import Provider, running
from tests.portal.api.conftest import api_settings as without_provider
from tests.portal.api.conftest import app, desks  # noqa: F401  fixtures
from tests.portal.pages.conftest import browser, visitor  # noqa: F401  fixtures
from tests.portal.pages.people import ADDRESS

__all__ = ["without_provider"]


@pytest.fixture(scope="session")
def one_provider() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
async def provider(one_provider: Provider) -> Provider:
    """It does right until a test has it do wrong."""
    await one_provider.control(claims={}, userinfo="", redirect=f"{ADDRESS}/sign-in/openid/callback")
    return one_provider


@pytest.fixture
def api_settings(without_provider: Settings, provider: Provider) -> Settings:
    return without_provider.model_copy(update=dict(provider.settings()))


@pytest.fixture
async def elsewhere() -> AsyncIterator[httpx.AsyncClient]:
    """The same browser at the provider, which has cookies of its own."""
    async with httpx.AsyncClient() as client:
        yield client
