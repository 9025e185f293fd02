"""The shop of travel eSIMs in a browser: Sue sells, Adam manages, Rosa is a subscriber."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, FilePayload, Page

from tests.browser.ordering import Ordering, ordering
from tests.starter.travel.files import stock_file
from tests.system.scene import Scene
from tests.system.travel.test_line_orders import a_shop


@pytest.fixture
async def portal(scene: Scene, chromium: Browser) -> AsyncIterator[Ordering]:
    """Sue sells, Adam manages; Rosa is a subscriber with one bundle. Two eSIMs of profile 7 are in stock."""
    await a_shop(scene, stock=2, plan="family", bundles=1)
    async with ordering(scene, chromium) as opened:
        yield opened


def csv_file(*esims: dict[str, object]) -> FilePayload:
    """A file of stock."""
    return FilePayload(name="stock.csv", mimeType="text/csv", buffer=stock_file(*esims))


async def offered(page: Page, countries: str) -> None:
    """Ask for the plans of these countries."""
    await page.get_by_label("Countries").fill(countries)
    await page.get_by_role("button", name="Find plans").click()


async def ordered(page: Page, *, paying: str = "") -> str:
    """Order the first plan that is offered; the order's id."""
    await page.get_by_role("radio").first.check()
    if paying:
        await page.get_by_role("radio", name=paying).check()
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("button", name="Order", exact=True).click()
    await page.wait_for_url("**/placed")
    return page.url.split("/")[-2]


async def a_line(portal: Ordering, page: Page, countries: str = "Spain") -> str:
    """Rosa has an eSIM line; its id. The page is the line's."""
    await page.goto(f"/travel/subscribers/SB-1/add-line?countries={countries}")
    await portal.scene.ended(await ordered(page))
    await page.get_by_role("link", name="To the subscriber").click()
    await page.locator("#lines tbody th a").last.click()
    await page.wait_for_url("**/travel/lines/*")
    return page.url.split("/")[-1]
