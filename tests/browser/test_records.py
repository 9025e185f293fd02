"""The catalogue, the audit, the log of e-mails and shared views in a browser (P2, P11, A17)."""

import re
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, Page, expect

from models.language import Language
from store.session import Database
from tests.browser.inventory_site import Site, look_at_pages, site_over
from tests.browser.ordering import looks_right
from tests.callers.world import BEN, Known, build
from tests.databases import Copies
from tests.portal.pages.people import ANA

MANAGER = "manager@acme.example"
PAGES = (
    *("/administration", "/administration/catalogue", "/administration/audit", "/administration/e-mails"),
    *("/administration/api-keys", "/administration/api-keys/K-1", "/administration/api-keys/new"),
    *("/administration/service-users/new", "/administration/webhooks/new", "/administration/webhooks"),
    *(
        "/administration/webhooks/WH-1",
        "/administration/webhooks/WH-1/edit",
        "/administration/webhooks/events",
    ),
    "/views",
)


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


@pytest.mark.covers("P11", "P13")
@pytest.mark.parametrize("language", [Language.FR, pytest.param(Language.EN, marks=pytest.mark.night)])
async def test_the_pages_are_accessible_and_fit(site: Site, language: Language) -> None:
    await look_at_pages(site, PAGES, language)


@pytest.mark.covers("P2")
async def test_a_manager_shares_a_view_and_a_colleague_opens_the_inventory_with_it(site: Site) -> None:
    async with site.of(MANAGER) as manager, site.of(BEN) as ben:
        await ben.goto("/inventory?view=all")
        await expect(ben.get_by_role("navigation").get_by_role("link", name="Orange")).to_have_count(0)
        await manager.goto("/views")
        await manager.get_by_role("button", name="Share with the account").click()
        await expect(manager.get_by_text("The view is shared with the account.")).to_be_visible()
        await looks_right(manager, "own views")
        await ben.goto("/views")
        await expect(ben.get_by_text("Shared by manager")).to_be_visible()
        await looks_right(ben, "shared views")
        await ben.get_by_role("button", name="Open with it").click()
        await ben.goto("/inventory")
        await expect(ben).to_have_url(re.compile(r"/inventory\?provider=Orange"))
        await manager.get_by_role("button", name="Stop sharing").click()
        await ben.goto("/inventory")
        await expect(ben).to_have_url(re.compile(r"/inventory$"))


@pytest.mark.covers("P11", "A17")
async def test_a_change_is_found_in_the_audit_and_the_list_is_downloaded(site: Site) -> None:
    async with site.of(ANA) as ana:
        await ana.goto("/administration")
        await ana.get_by_role("link", name="Audit").click()
        await expect(ana.get_by_role("heading", level=1)).to_have_text("Audit")
        await ana.locator("details.filter-more summary").click()
        await ana.get_by_label("Type", exact=True).select_option(label="An API key was made")
        await ana.get_by_role("button", name="Apply").click()
        await expect(ana.locator("#audit tbody tr")).to_have_count(1)
        await expect(ana).to_have_url(re.compile("type=api_key.created"))
        async with ana.expect_download() as downloaded:
            await ana.get_by_role("link", name="CSV of this list").click()
        text = (await (await downloaded.value).path()).read_text()
        assert [line.split(",")[1] for line in text.splitlines()] == ["type", "api_key.created"]
        await ana.get_by_role("link", name="An API key was made", exact=True).click()
        await looks_right(ana, "a change")
        await ana.get_by_role("link", name=re.compile("^all of it")).first.click()
        await expect(ana).to_have_url(re.compile("about=K-1"))
        await _found_by_address(ana)


async def _found_by_address(ana: Page) -> None:
    """The log of e-mails, by the address that a notification was sent to."""
    await ana.goto("/administration/e-mails")
    await ana.get_by_label("E-mail address of the recipient").fill("nobody@acme.example")
    await ana.keyboard.press("Enter")
    await expect(ana.get_by_text("No e-mail is as the filter asks for.")).to_be_visible()
    await ana.get_by_role("link", name="Clear all").last.click()
    await expect(ana.get_by_role("row", name=re.compile("Notification of the QR code"))).to_be_visible()


@pytest.mark.covers("P11")
async def test_the_catalogue_is_filtered_and_leads_to_its_import(site: Site) -> None:
    async with site.of(ANA) as ana:
        await ana.goto("/administration/catalogue")
        await ana.locator("details.filter-more summary").click()
        await ana.get_by_label("Provider").select_option("Orange")
        await ana.get_by_role("button", name="Apply").click()
        await expect(ana).to_have_url(re.compile("provider=Orange"))
        await ana.get_by_role("link", name="Import a catalogue").first.click()
        await expect(ana).to_have_url(re.compile("/imports/import_catalogue"))
