"""Many lines are ordered for at once, in a browser: packs, confirmation and the orders that it made (P6)."""

import pytest
from playwright.async_api import expect

from tests.browser.ordering import Ordering, looks_right
from tests.browser.test_ordering import idle_scene, portal, scene, temporal
from tests.builders import ANA, iccid

__all__ = ["idle_scene", "portal", "scene", "temporal"]


@pytest.mark.covers("P6", "F8", "F11")
async def test_a_pack_is_chosen_what_is_irreversible_is_listed_and_the_orders_are_linked(
    portal: Ordering,
) -> None:
    async with portal.signed_in(ANA) as page:
        await page.goto("/bulk/switch_to_esim?row=L-1&row=L-2")
        choice = page.get_by_label("Order pack for the lines of Orange (1)")
        await expect(choice.locator("option")).to_have_text(["Choose a pack", "Orange Pro", "Orange pack"])
        assert await choice.evaluate("select => select.required")
        await expect(page.locator("form.confirm")).to_have_count(0)
        await looks_right(page, "bulk order, a pack to be chosen")
        await choice.select_option("Orange Pro")
        await page.get_by_role("button", name="Show what would happen").click()

        for number, pack in ((1, "Orange Pro"), (2, "Vodafone pack")):
            row = page.locator(f"#to-do-L-{number}")
            await expect(row).to_contain_text(f"+3363998000{number}")
            await expect(row).to_contain_text(iccid(number))
            await expect(row).to_contain_text(pack)
        await looks_right(page, "bulk order, to be confirmed")
        await page.get_by_label("I understand").check()
        await page.get_by_role("button", name="Confirm for 2").click()

        placed = page.locator("#placed tbody tr")
        await expect(placed).to_have_count(2)
        await looks_right(page, "bulk order, placed")
        await page.get_by_role("link", name="+33639980001").click()
        await page.wait_for_url(lambda url: "/orders/order-" in url)
        await expect(page.get_by_text("Orange Pro").first).to_be_visible()


@pytest.mark.covers("P6")
async def test_a_pack_that_is_not_chosen_is_said_at_its_field(portal: Ordering) -> None:
    async with portal.signed_in(ANA) as page:
        await page.goto("/bulk/switch_to_esim?row=L-1&pack=")
        await expect(page.locator("#pack-1-error")).to_have_text("Choose a pack.")
        await page.goto("/bulk/switch_to_esim?row=L-1&pack=P-99+Orange")
        await expect(page.get_by_label("Order pack for the lines of Orange")).to_be_visible()
