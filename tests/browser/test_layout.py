"""What the grid shows first on a screen of each width, and where the focus goes."""

import pytest
from playwright.async_api import expect

from models.language import Language
from store.session import Database
from tests.browser.inventory_site import Site
from tests.browser.test_inventory import site, whole_site
from tests.builders import run
from tests.portal.pages.people import ANA

__all__ = ["site", "whole_site"]
SHORTER = """field => {
  const drawn = document.createElement("canvas").getContext("2d");
  const style = getComputedStyle(field);
  drawn.font = style.font;
  const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return room - drawn.measureText(field.placeholder).width;
}"""
"""How many pixels the placeholder of a field is shorter than its room."""


@pytest.mark.covers("P2", "F17")
@pytest.mark.parametrize(
    ("width", "seen"),
    [(1400, ("State", "Order status", "Employee", "ICCID")), (800, ("State", "Order status"))],
)
async def test_state_and_order_are_seen_without_scrolling(
    site: Site, width: int, seen: tuple[str, ...]
) -> None:
    async with site.of(ANA, width) as page:
        await page.goto("/inventory?view=all")
        edge = await page.locator(".scroll").bounding_box()
        assert edge
        for name in seen:
            head = await page.get_by_role("columnheader", name=name, exact=True).bounding_box()
            assert head
            assert head["x"] + head["width"] <= edge["x"] + edge["width"] + 1, name


@pytest.mark.covers("P2", "F17")
async def test_the_mark_of_a_temporary_esim_pushes_no_column_beyond_the_edge(site: Site) -> None:
    database = Database(site.database_url)
    await run(database, "UPDATE inventory_rows SET temporary_id = sim_id WHERE line_id = 2 RETURNING 1")
    async with site.of(ANA) as page:
        await page.goto("/inventory?view=all")
        await expect(page.locator("#L-2").get_by_text("SIM-Temp")).to_be_visible()
        table = page.locator(".scroll")
        beyond = await table.evaluate("found => found.scrollWidth - found.clientWidth")
        assert beyond <= 0, f"{beyond} px of the last column are not seen"
    await run(database, "UPDATE inventory_rows SET temporary_id = NULL WHERE line_id = 2 RETURNING 1")
    await database.close()


@pytest.mark.covers("P13")
async def test_on_a_phone_the_list_is_not_pushed_down_by_buttons(site: Site) -> None:
    async with site.of(ANA, 390) as page:
        await page.goto("/inventory?view=all")
        title = await page.get_by_role("heading", level=1).bounding_box()
        assert title
        for name in ("Export CSV", "Views", "Import"):
            button = await page.locator(".head").get_by_role("link", name=name, exact=True).bounding_box()
            assert button
            assert button["y"] < title["y"] + title["height"], "beside the heading"
            assert button["width"] >= 40, "large enough for a finger"
        find = page.locator("#filters-find")
        assert await find.evaluate(SHORTER) > 0, "what can be typed is read in full"


@pytest.mark.covers("P13")
async def test_the_whole_row_of_an_import_leads_to_it(site: Site) -> None:
    async with site.of(ANA) as page:
        await page.goto("/imports")
        row = await page.get_by_role("listitem").filter(has_text="Import of the fleet").bounding_box()
        assert row
        await page.mouse.click(row["x"] + row["width"] - 20, row["y"] + row["height"] / 2)
        await page.wait_for_url("**/imports/import_fleet")


@pytest.mark.covers("P13")
async def test_a_window_begins_at_its_first_field(site: Site) -> None:
    async with site.of(ANA) as page:
        await page.goto("/inventory/D-1?slot=1")
        await page.get_by_role("link", name="Edit").click()
        await expect(page.get_by_role("dialog").get_by_role("textbox").first).to_be_focused()


@pytest.mark.covers("P6", "P13")
@pytest.mark.parametrize("language", Language)
async def test_the_bulk_bar_is_one_line_on_a_wide_screen(site: Site, language: Language) -> None:
    async with site.of(ANA, 1400, language) as page:
        await page.goto("/inventory?view=all")
        parts = await page.locator(".bulk > p, .bulk .actions > *").all()
        boxes = [await part.bounding_box() for part in parts]
        middles = {round(box["y"] + box["height"] / 2) for box in boxes if box}
        assert len(boxes) >= 6
        assert max(middles) - min(middles) <= 2
