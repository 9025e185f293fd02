"""One way through all pages: from the sign-in to the swap in the grid, and to the QR code of the new eSIM."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.ordering import Ordering
from tests.browser.test_ordering import DESK, OLGA, portal
from tests.system.conftest import idle_scene, scene, temporal

__all__ = ["idle_scene", "portal", "scene", "temporal"]
ICCID = "8933012345678901230"


async def _report(desk: Page, order: str) -> None:
    """The distributor acknowledges the order, and reports it processed."""
    await desk.goto(f"/orders/{order}")
    await desk.get_by_role("link", name="Acknowledge").click()
    await desk.get_by_role("button", name="Acknowledge").click()
    await expect(desk.get_by_text("The order is acknowledged.")).to_be_visible()
    await desk.get_by_role("link", name="Processed").click()
    await desk.get_by_label("ICCID of the eSIM").fill(ICCID)
    await desk.get_by_label("I understand").check()
    await desk.get_by_role("button", name="Processed").click()
    await expect(desk.get_by_text("The eSIM was activated")).to_be_visible()


@pytest.mark.covers("P2", "P4", "P7", "P8", "P10")
async def test_a_line_is_switched_and_its_new_esim_gets_a_code(portal: Ordering) -> None:
    async with portal.signed_in(OLGA, by_form=True) as page, portal.signed_in(DESK) as desk:
        await expect(page).to_have_url(f"{portal.address}/dashboard")
        await page.get_by_role("link", name="Inventory").click()
        await page.locator("#L-2 td").nth(3).click()
        await page.get_by_role("link", name="Switch to eSIM").click()
        await page.get_by_role("button", name="Continue").click()
        await page.get_by_label("I understand").check()
        await page.get_by_role("button", name="Order", exact=True).click()
        await page.wait_for_url("**/placed")
        order = page.url.split("/")[-2]
        await page.get_by_role("link", name="Follow the order").click()
        await page.get_by_role("link", name="+336").first.click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Phone 2")
        await expect(page.locator("#order").get_by_role("link", name=order)).to_be_visible()
        await _report(desk, order)
        await page.goto("/inventory")
        await page.get_by_role("link", name=ICCID).click()
        await page.get_by_text("No file? Type the activation code").click()
        await page.locator("#code").fill("LPA:1$rsp.example.com$04386-AGYFT-A74Y8-3F815")
        await page.locator("form[action$='/enter'] button").click()
        # modal once the script has run: only then Escape closes it
        await expect(page.locator("dialog:modal")).to_contain_text("eSIM QR Code Notification")
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Show the QR code").click()
        await expect(page.get_by_text("04386-AGYFT-A74Y8-3F815").first).to_be_visible()
