"""The inventory in a real browser: grid, detail, edits, bulk actions, imports."""

import re
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, expect

from models.language import Language
from store.session import Database
from tests.browser.inventory_site import Site, look_at_pages, site_over
from tests.builders import iccid
from tests.callers.world import Known, build
from tests.databases import Copies
from tests.portal.pages.people import ANA


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


PAGES = (
    *(
        "/inventory?view=all",
        "/inventory?to_do=true",
        "/inventory/D-1?slot=1",
        "/inventory/D-4",
        "/inventory/sims/S-1",
    ),
    *("/lines/L-4/edit", "/lines/L-1/why", "/views", "/search?q=Employee"),
    *("/bulk/set_groups?all=yes&groups=Lyon", "/bulk/switch_to_esim?row=L-1&row=L-2&row=L-4"),
    *("/imports", "/imports/import_fleet", "/jobs", "/jobs/J-1", "/jobs/J-1/cancel"),
)


@pytest.mark.covers("P13", "P2", "P4", "P6")
@pytest.mark.parametrize("language", [Language.FR, pytest.param(Language.EN, marks=pytest.mark.night)])
async def test_the_pages_are_accessible_and_fit(site: Site, language: Language) -> None:
    await look_at_pages(site, PAGES, language)


@pytest.mark.covers("P4", "P13")
async def test_a_click_beside_a_row_opens_it_and_escape_comes_back_to_it(site: Site) -> None:
    async with site.of(ANA) as page:
        await page.goto("/inventory?sim_type=esim")
        await page.locator("#L-3 td").nth(3).click()
        await expect(page).to_have_url(re.compile(r"/inventory/D-\d+\?slot=1&list="))
        await expect(page.get_by_role("heading", level=1)).to_have_text("Phone 3")
        await page.keyboard.press("Escape")
        await expect(page).to_have_url(re.compile(r"/inventory\?sim_type=esim#L-3$"))
        await page.get_by_role("link", name="8933010000000000010").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Phone 1")


@pytest.mark.covers("P3")
async def test_one_search_box_finds_lines_sims_orders_and_people(site: Site) -> None:
    async with site.of(ANA) as page:
        await page.goto("/search")
        box = page.get_by_role("searchbox", name="Search lines, SIMs, orders and people")
        await box.fill("Employee")
        await box.press("Enter")
        hits = page.locator("#hits tbody tr")
        await hits.filter(has_text="Employee 3").first.get_by_role("link").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Phone 3")
        await box.fill(iccid(2)[-5:])
        await box.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Phone 2")
        for typed, path in (
            ("0639980002", "/inventory/D-2?slot=1"),
            (site.acme.order, f"/orders/{site.acme.order}"),
            ("zed@acme", f"/people/{site.acme.user}"),
        ):
            assert (await page.request.get("/search", params={"q": typed})).url == site.address + path


@pytest.mark.covers("P13")
async def test_a_row_that_is_scrolled_to_is_not_below_the_head_of_its_table(site: Site) -> None:
    async with site.of(ANA) as page:
        await page.goto("/inventory?view=all")
        await page.locator(".scroll").evaluate("it => { it.style.maxHeight = '6rem' }")
        row = page.locator("#L-1")
        for _ in range(2):
            await page.locator("tbody tr").last.evaluate("row => row.scrollIntoView({block: 'nearest'})")
            await row.evaluate("row => row.scrollIntoView({block: 'nearest'})")
        head, box = await page.locator("thead th").first.bounding_box(), await row.bounding_box()
        assert head is not None
        assert box is not None
        assert box["y"] >= head["y"] + head["height"] - 1


@pytest.mark.covers("P13")
async def test_the_blocks_of_a_person_do_not_touch(site: Site) -> None:
    async with site.of("administrator@acme.example") as page:
        for width in (1400, 390):
            await page.set_viewport_size({"width": width, "height": 900})
            await page.goto("/people")
            await page.get_by_role("link", name="owner", exact=True).click()
            above = await page.locator("main .panel").last.bounding_box()
            note = await page.locator("main .callout").last.bounding_box()
            assert above is not None
            assert note is not None
            assert note["y"] >= above["y"] + above["height"] + 8


@pytest.mark.covers("P2")
async def test_the_csv_and_a_saved_view_are_of_the_list_that_is_shown(site: Site) -> None:
    async with site.of(ANA) as page:
        await page.goto("/inventory?view=all")
        await page.locator("#filters-find").fill("0639980002")
        await expect(page).to_have_url(re.compile(r"q=0639980002"))
        for there in ("/inventory.csv", "/views"):
            link = page.locator(f'.head a[href*="{there}?"]')
            await expect(link).to_have_attribute("href", re.compile("0639980002"))


@pytest.mark.covers("P6", "P13")
async def test_rows_are_chosen_previewed_and_confirmed_without_script(site: Site) -> None:
    async with site.of(ANA, java_script_enabled=False) as page:
        await page.goto("/inventory?view=all")
        await page.get_by_label("Select +33639980002").check()
        await page.get_by_role("button", name="Set groups").click()
        await page.get_by_role("textbox", name="Groups").fill("Lyon")
        await page.get_by_role("button", name="Show what would happen").click()
        await page.get_by_role("button", name="Confirm for 1").click()
        await expect(page.get_by_text("Done for 1 row.")).to_be_visible()
