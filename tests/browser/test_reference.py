"""The pages about the API fit their screen and can be read, in both schemes, and need no script."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator

from settings import Settings
from starter.desks import Desks
from tests.browser.conftest import Viewer
from tests.browser.serving import serving
from tests.browser.test_looks import fits_and_can_be_read, lower_than

pytestmark = pytest.mark.covers("A13")
WIDTHS = (320, 390, 800, 1400)
PAGES = ("/docs/api", "/problems", "/problems/discard_not_confirmed")


@pytest.fixture
async def reading(viewer: Viewer) -> AsyncIterator[Viewer]:
    """Looks at a portal that serves the API; nobody calls it, so it needs neither database nor Temporal."""
    async with Desks.open(Settings()) as desks:
        with serving(viewer.desk, desks=desks) as address:
            viewer.address = address
            yield viewer
    assert [url for url in viewer.asked_for if not url.startswith(address)] == []
    viewer.asked_for.clear()


@pytest.mark.parametrize("language", ["en-GB", "fr-FR"])
async def test_the_pages_about_the_api_fit_and_can_be_read(reading: Viewer, language: str) -> None:
    async with reading.page(locale=language, java_script_enabled=True) as page:
        for path in PAGES:
            await page.goto(reading.address + path)
            assert await page.locator("html").get_attribute("lang") == language[:2]
            assert await page.locator("h1").count() == 1, path
            await page.locator("details").evaluate_all("all => { for (const each of all) each.open = true; }")
            await fits_and_can_be_read(page, path, language, WIDTHS)


async def test_a_link_to_an_operation_opens_it_without_a_script(reading: Viewer) -> None:
    async with reading.page(390, java_script_enabled=False, has_touch=True) as page:
        await page.goto(f"{reading.address}/docs/api#place_order")
        assert await page.locator("#place_order").is_visible()
        assert not await page.locator("#list_orders").is_visible()
        await page.locator("summary", has_text="List orders").click()
        assert await page.locator("#list_orders").is_visible()
        summaries = page.locator("summary")
        assert await summaries.count() > 50
        assert await hidden(summaries) == 0
        assert await lower_than(36, summaries) == []


async def hidden(elements: Locator) -> int:
    """How many of them take no room."""
    count: int = await elements.evaluate_all(
        "all => all.filter(each => !each.getClientRects().length).length"
    )
    return count
