"""The stock, the plans and the subscribers of travel eSIMs in a browser, over a real worker (T rows)."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.ordering import Ordering, looks_right
from tests.browser.travel_shop import a_line, csv_file, portal
from tests.builders import OPERATOR, iccid
from tests.starter.travel.files import esim, stock_file
from tests.system.conftest import idle_scene, scene, temporal
from tests.system.travel.test_withdrawn_esims import swept
from tests.temporal_server import comes_true
from tests.travel_world import ADAM, add_esim_line

__all__ = ["idle_scene", "portal", "scene", "temporal"]

_RATES = b"""country,network,imsi,data
France,Telco,7,$0.004
Germany,Telco,7,$0.004
Italy,Telco,7,$0.004
Spain,Telco,7,$0.004
France,Other,2,$0.010
"""


@pytest.mark.covers("T12", "T24", "T28", "T36", "T37", "T40")
async def test_the_stock_is_listed_with_whom_each_esim_is_allocated_to(portal: Ordering) -> None:
    async with portal.signed_in(ADAM) as page:
        line = await a_line(portal, page)
        await portal.portal.desks.stock.import_stock(
            OPERATOR, None, stock_file(esim(60, profile=2, ends_on="2099-12-31"), esim(61, profile=2))
        )
        await page.goto("/travel")
        await page.get_by_role("link", name="eSIM list").click()
        row = page.get_by_role("row", name="On a line")
        await expect(row).to_contain_text("Rosa 1")
        await looks_right(page, "stock")
        await page.goto("/travel/stock?profile=2")
        rows = page.locator("#esims tbody tr")
        await expect(rows).to_have_count(2)
        await expect(rows.first).to_contain_text("31 December 2099")
        await page.goto("/travel/stock?state=on_line")
        await expect(rows).to_have_count(1)
        async with page.expect_download() as download:
            await page.get_by_role("link", name="Export CSV").click()
        text = (await (await download.value).path()).read_text()
        assert text.count("\n") == 2
        assert ",on_line,order-" in text
        await page.goto("/travel/stock?profile=2&state=free")
        await rows.last.get_by_role("link").click()
        await looks_right(page, "an eSIM")
        await page.get_by_role("link", name="Discard…").click()
        await looks_right(page, "discard")
        await page.get_by_role("button", name="Discard").click()
        await expect(page.get_by_text("out of use for ever")).to_be_visible()
        await page.goto("/imports/import_travel_stock")
        await page.set_input_files("#file", files=[csv_file(esim(60))])
        await page.wait_for_url("**/jobs/*")
        await expect(page.get_by_text("an eSIM with this ICCID is in stock already")).to_be_visible()
        await _withdrawn(portal, page, line)


async def _withdrawn(portal: Ordering, page: Page, line: str) -> None:
    """Two eSIMs that were never installed: one whose code was sent is discarded, the other is in stock again.
    The subscriber is notified that the plan lapses soon, and that the eSIM was withdrawn.
    """
    await page.goto(f"/travel/lines/{line}")
    await expect(page.get_by_role("link", name="Add plan")).to_have_count(1)
    revealed = await page.locator("#about dd.mono").inner_text()
    await add_esim_line(portal.scene.database, 1, 90)
    await portal.scene.sql("UPDATE plan_assignments SET lapses_at = esim_now() + interval '6 days'")
    mails = len(portal.scene.mailbox.mails)
    assert (await swept(portal.scene, 91))["not_installed"] == 2
    await page.reload()
    await expect(page.get_by_text("The eSIM was withdrawn on")).to_be_visible()
    await expect(page.locator("#moments")).to_contain_text("no phone had installed it")
    await expect(page.locator("#moments")).to_contain_text("Euro 1 lapses soon; the subscriber is notified")
    await expect(page.get_by_role("link", name="Add plan")).to_have_count(0)
    await expect(page.get_by_text("The line has no eSIM in use")).to_be_visible()
    await page.goto("/travel/stock?profile=7")
    await expect(page.get_by_role("row", name=revealed)).to_contain_text("Discarded")
    await expect(page.get_by_role("row", name=iccid(70_090))).to_contain_text("Free")
    await comes_true(lambda: len(portal.scene.mailbox.mails) >= mails + 3)
    told = [mail.text for mail in portal.scene.mailbox.mails[mails:]]
    assert sum("not been installed on any phone" in text for text in told) == 2


@pytest.mark.covers("T15", "T27", "T38")
async def test_the_catalogue_says_why_a_plan_has_its_profile(portal: Ordering) -> None:
    async with portal.signed_in(ADAM) as page:
        await portal.portal.desks.travel_plans.import_rates(OPERATOR, None, _RATES)
        await page.goto("/travel/plans")
        row = page.get_by_role("row", name="Asia")
        await expect(row).to_contain_text("Cannot be sold")
        await looks_right(page, "plans")
        await page.get_by_role("link", name="Euro 1").click()
        await expect(
            page.get_by_text("The only profile with a rate in each of its countries.")
        ).to_be_visible()
        await expect(page.locator("#costs")).to_contain_text("No rate: Germany, Italy, Spain")
        await looks_right(page, "plan")
        await page.locator("#profile").get_by_role("link", name="Change").click()
        await looks_right(page, "pin")
        await page.get_by_label("IMSI profile").fill("2")
        await page.get_by_role("button", name="Save").click()
        await expect(page.locator("#profile")).to_contain_text("Pinned by hand")
        await page.get_by_role("link", name="Edit").click()
        await page.get_by_label("Countries").fill("France; Nowhere")
        await page.get_by_role("button", name="Save").click()
        await expect(page.locator("#countries-error")).to_contain_text("Nowhere")
        await looks_right(page, "edit a plan")
        await page.get_by_label("Countries").fill("France; Ivory Coast")
        await page.get_by_role("button", name="Save").click()
        await expect(page.locator("#terms")).to_contain_text("Ivoire, France")
        await page.get_by_role("link", name="Withdraw…").click()
        await looks_right(page, "withdraw")
        await page.get_by_role("button", name="Withdraw").click()
        await expect(page.get_by_role("button", name="Offer again")).to_be_visible()
        await page.goto("/travel/new-plan")
        await looks_right(page, "new plan")


@pytest.mark.covers("T41")
async def test_a_subscriber_is_added_and_edited(portal: Ordering) -> None:
    async with portal.signed_in(ADAM) as page:
        await page.goto("/travel")
        await page.get_by_role("link", name="Add a subscriber").click()
        await looks_right(page, "new subscriber")
        await page.get_by_label("Name").fill("Nina Novak")
        await page.get_by_label("Phone number").fill("12")
        await page.get_by_label("Plan at home").fill("Unlimited All")
        await page.get_by_role("button", name="Save").click()
        await expect(page.locator("#phone-error")).to_be_visible()
        await page.get_by_label("Phone number").fill("+33639981234")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Nina Novak is saved.")).to_be_visible()
        await expect(page.get_by_text("any number")).to_be_visible()
        await page.locator("#esims").get_by_role("link", name="Add line").first.click()
        await expect(page.get_by_text("Nothing can be ordered now")).to_be_visible()
        await page.get_by_role("link", name="Enter an e-mail address").click()
        await page.get_by_label("E-mail address").fill("nina@home.example")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("nina@home.example")).to_be_visible()
        content = b"name,phone,plan,bundles\nNina Novak,+33639981234,Basic,12\n"
        await portal.portal.desks.subscribers.import_subscribers(OPERATOR, None, content)
        await page.reload()
        await expect(page.locator("#complimentary")).to_contain_text("basic")
        await expect(page.locator("#complimentary")).to_contain_text("12")
