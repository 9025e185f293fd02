"""The inventory in a real browser: grid, detail, edits, bulk actions, imports."""

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser

from store.session import Database
from tests.browser.inventory_site import Site, site_over
from tests.callers.world import Known, build
from tests.databases import Copies


@pytest.fixture(scope="module")
async def whole_site(copies: Copies, chromium: Browser) -> AsyncIterator[Site]:
    """One portal for all tests of this module."""
    async with copies.of() as url:
        database = Database(url)
        acme: Known = await build(database)
        await database.close()
        async with site_over(url, chromium, acme) as site:
            yield site


@pytest.fixture
def site(whole_site: Site) -> Iterator[Site]:
    """No script fails, no rule of the policy is broken, no other host is asked."""
    whole_site.complaints.clear()
    yield whole_site
    assert whole_site.complaints == []
