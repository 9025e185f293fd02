"""Travel eSIMs as the support staff sells and serves them in a browser, over a real worker (T rows)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from tests.browser.ordering import Ordering, looks_right, ordering
from tests.builders import OPERATOR
from tests.starter.travel.files import esim, stock_file
from tests.system.conftest import idle_scene, scene, temporal
from tests.system.scene import Received, Scene
from tests.system.travel.test_line_orders import ROSA, a_shop
from tests.temporal_server import comes_true, eventually
from tests.travel_world import ADAM, SUE

__all__ = ["idle_scene", "scene", "temporal"]
_RATES = b"""country,network,imsi,data
France,Telco,7,$0.004
Germany,Telco,7,$0.004
Italy,Telco,7,$0.004
Spain,Telco,7,$0.004
France,Other,2,$0.010
"""


@pytest.fixture
async def portal(scene: Scene, chromium: Browser) -> AsyncIterator[Ordering]:
    """Sue sells, Adam manages; Rosa is a subscriber with one bundle. Two eSIMs of profile 7 are in stock."""
    await a_shop(scene, stock=2, plan="family", bundles=1)
    async with ordering(scene, chromium) as opened:
        yield opened


def _csv(*esims: dict[str, object]) -> FilePayload:
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


@pytest.mark.covers("T1", "T2", "T3", "T7", "T8", "T9", "T10", "T11", "T13", "T18", "T19", "T20")
@pytest.mark.covers("T39", "T41", "T42")
async def test_a_subscriber_is_found_and_given_an_esim_with_a_plan(portal: Ordering) -> None:
    async with portal.signed_in(SUE, by_form=True) as page:
        await page.get_by_role("link", name="Travel").click()
        for words in ("+1212555", "0001", "rosa@home", "rosa"):
            await page.goto(f"/travel?q={words}".replace("+", "%2B"))
            await expect(page.get_by_role("row", name="Rosa 1")).to_be_visible()
        await looks_right(page, "subscribers")
        await page.get_by_role("link", name="Rosa 1").click()
        await expect(page.get_by_text("No eSIM yet")).to_be_visible()
        await looks_right(page, "subscriber")
        await page.locator("#esims").get_by_role("link", name="Add line").first.click()
        await offered(page, "Spain, Nowhere")
        await expect(page.locator("#countries-error")).to_contain_text("No country has this name")
        await offered(page, "Espagne")
        card = page.locator(".card-choice").first
        for words in ("Euro 1", "France, Germany, Italy, Spain", "1 GB", "30 days", "$9.90", "in stock: 2"):
            await expect(card).to_contain_text(words)
        await looks_right(page, "plans for a journey")
        await card.click()
        await page.get_by_role("radio", name="Complimentary").check()
        await page.get_by_role("button", name="Continue").click()
        await expect(page.get_by_text("Free of charge")).to_be_visible()
        await expect(page.get_by_text("it never renews")).to_be_visible()
        await looks_right(page, "check the order")
        await page.get_by_role("button", name="Order", exact=True).click()
        await page.wait_for_url("**/placed")
        order = page.url.split("/")[-2]
        await expect(page.get_by_text(order)).to_be_visible()
        await looks_right(page, "the order is placed")
        await portal.scene.ended(order)
        await portal.scene.mailbox.got(ROSA, ROSA)
        await page.get_by_role("link", name="To the subscriber").click()
        row = page.get_by_role("row", name="Spain")
        for words in ("Active", "Complimentary", "Euro 1", "Queued"):
            await expect(row).to_contain_text(words)
        await looks_right(page, "a subscriber with an eSIM")
        await page.locator("#esims").get_by_role("link", name="Add line").click()
        await offered(page, "Spain; France")
        await expect(page.get_by_text("Bundles of the subscriber: 1; complimentary eSIMs: 1")).to_be_visible()
        await expect(page.get_by_role("radio", name="Complimentary")).to_have_count(0)
        await ordered(page, paying="Paid")
        await page.get_by_role("link", name="To the subscriber").click()
        await page.reload()
        await expect(page.get_by_role("row", name="Euro 1").last).to_contain_text("EL-")


@pytest.mark.covers("T6", "T14", "T16", "T17", "T26", "T42")
async def test_a_plan_goes_on_an_esim_of_its_profile_and_an_order_waits_for_stock(portal: Ordering) -> None:
    async with portal.signed_in(SUE) as page, portal.signed_in(ADAM) as adam:
        line = await a_line(portal, page)
        await portal.scene.mailbox.got(ROSA, ROSA)
        await page.locator("#plans").get_by_role("link", name="Add plan").click()
        await offered(page, "Japan")
        await expect(page.get_by_text("Asia, $9.90: needs profile 10")).to_be_visible()
        await expect(page.get_by_role("radio")).to_have_count(0)
        await looks_right(page, "plans of another profile")
        await offered(page, "France")
        await expect(page.locator(".card-choice")).to_contain_text("on this eSIM of profile 7")
        await portal.scene.ended(await ordered(page))
        await portal.scene.mailbox.got(ROSA, ROSA, ROSA)
        assert "QR" not in portal.scene.mailbox.mails[-1].subject
        await page.get_by_role("link", name="To the eSIM line").click()
        await page.wait_for_url(f"**/{line}")
        await expect(page.locator("#plans tbody tr")).to_have_count(2)

        await page.locator("#plans").get_by_role("link", name="Add plan").click()
        await offered(page, "Japan")
        await page.get_by_role("link", name="Add line").click()
        await expect(page.get_by_label("Countries")).to_have_value("Japan")
        await expect(page.locator(".card-choice").first).to_contain_text("no eSIM of profile 10 is in stock")
        order = await ordered(page)
        await page.get_by_role("link", name="To the subscriber").click()
        await expect(page.get_by_text("On its way: Japan, Asia")).to_be_visible()
        await page.go_back()
        await eventually(
            lambda: portal.scene.desk.order(OPERATOR, order),
            lambda found: found.details and found.details.waits_for,
        )
        await page.reload()
        await expect(page.get_by_text("the order waits for one")).to_be_visible()
        await adam.goto("/travel/stock")
        await adam.get_by_role("link", name="Change the threshold of profile 10").click()
        await looks_right(adam, "threshold")
        await adam.get_by_label("Threshold").fill("3")
        await adam.get_by_role("button", name="Save").click()
        level = adam.get_by_role("row", name="Profile 10")
        await expect(level).to_contain_text("Low since")
        await expect(level.get_by_role("cell").nth(1)).to_have_text("1")
        await adam.get_by_role("link", name="Import eSIMs").click()
        await adam.get_by_label("Only check").uncheck()
        await adam.set_input_files("#file", files=[_csv(esim(50, profile=10))])
        await adam.wait_for_url("**/jobs/*")
        await portal.scene.ended(order)
        await page.goto("/travel/subscribers/SB-1")
        await expect(page.get_by_role("row", name="Japan")).to_contain_text("Queued")


@pytest.mark.covers("T4", "T5", "T21", "T22", "T28", "T29", "T30", "T31", "T32", "T33", "T34", "T35", "T43")
async def test_a_line_is_served_and_says_what_happened_to_it(portal: Ordering) -> None:
    async with portal.signed_in(SUE) as page:
        line = await a_line(portal, page)
        await page.goto(f"/travel/lines/{line}/add-plan?countries=Spain")
        await portal.scene.ended(await ordered(page))
        reports, now = portal.portal.desks.reports, datetime.now(UTC)
        for country in ("901", "US", "Japan", "Spain", "Spain"):
            await reports.connect(OPERATOR, line, country, key=f"seen in {country}")
        await reports.usage(OPERATOR, line, "Spain", 850_000_000, key="much")
        await reports.connect(OPERATOR, line, "Italy", key="late", at=now - timedelta(hours=2))
        await reports.connect(OPERATOR, line, "Italy", key="early", at=now + timedelta(days=2))
        await page.goto(f"/travel/lines/{line}")
        seen = page.locator("#moments")
        for words in (
            "Connected at sea or in the air: no plan starts there",
            "Connected at home, in United States: no plan starts there",
            "Connected in Japan: no plan of this eSIM covers it",
            "Euro 1 started",
            "Used 850",
            "counted on Euro 1",
            "80 % of the data is used; the subscriber is notified",
            "which was still to come",
            "The report arrived on",
        ):
            await expect(seen).to_contain_text(words)
        assert await seen.get_by_text("Euro 1 started").count() == 1
        assert await seen.get_by_text("Connected in Spain").count() == 1, "it was reported twice"
        plans = page.locator("#plans tbody tr")
        await expect(plans.nth(0)).to_contain_text("Active")
        await expect(plans.nth(0)).to_contain_text("Until")
        await expect(plans.nth(0)).to_contain_text("850")
        await expect(plans.nth(1)).to_contain_text("First use by")
        await looks_right(page, "line")
        await _revoked_against_a_connection(portal, page, line)
        await _suspended_and_resumed(page)
        await _sent_again(portal, page)
        await _replaced(portal, page)


async def _revoked_against_a_connection(portal: Ordering, page: Page, line: str) -> None:
    """The queued plan starts while the question is open; the other one is revoked."""
    await page.get_by_role("link", name="Revoke Euro 1").click()
    await looks_right(page, "revoke")
    await portal.portal.desks.reports.usage(OPERATOR, line, "Spain", 200_000_000, key="all of it")
    await portal.portal.desks.reports.connect(OPERATOR, line, "Spain", key="the next plan starts")
    await page.get_by_role("button", name="Revoke").click()
    await expect(page.locator("#errors")).to_contain_text("cannot be revoked")
    await page.goto(f"/travel/lines/{line}")
    await expect(page.locator("#plans tbody tr").nth(0)).to_contain_text("Data used up")
    await expect(page.locator("#moments")).to_contain_text("the data is used up; the subscriber is notified")
    await page.goto(f"/travel/lines/{line}/add-plan?countries=Spain")
    await portal.scene.ended(await ordered(page))
    await page.goto(f"/travel/lines/{line}")
    await page.get_by_role("link", name="Revoke Euro 1").click()
    await page.get_by_role("button", name="Revoke").click()
    await expect(page.locator("#plans tbody tr").nth(2)).to_contain_text("Revoked")


async def _suspended_and_resumed(page: Page) -> None:
    """With a reason, which the history tells."""
    await page.get_by_role("link", name="Suspend").click()
    await page.get_by_label("Reason").fill("Phone lost in Madrid.")
    await looks_right(page, "suspend")
    await page.get_by_role("button", name="Suspend").click()
    await expect(page.get_by_text("Suspended since")).to_be_visible()
    await expect(page.get_by_text("The 30 days of plans in use go on.")).to_be_visible()
    await expect(page.locator("#moments")).to_contain_text("Phone lost in Madrid.")
    await page.get_by_role("link", name="Resume").click()
    await looks_right(page, "resume")
    await page.get_by_role("button", name="Resume").click()
    await expect(page.get_by_role("link", name="Suspend")).to_be_visible()


def _more(mails: list[Received], before: int) -> bool:
    """Whether another e-mail has arrived."""
    return len(mails) > before


async def _sent_again(portal: Ordering, page: Page) -> None:
    """Either e-mail of the line, and the confirmation of a further plan."""
    await page.get_by_role("link", name="Send e-mail again").click()
    await looks_right(page, "resend")
    await page.get_by_role("link", name="Cancel").click()
    mails = portal.scene.mailbox.mails
    for which, subject in (
        ("QR code", "eSIM"),
        ("Confirmation Of the order", ""),
        ("Confirmation of Euro 1 PA-2", ""),
    ):
        before = len(mails)
        await page.get_by_role("link", name="Send e-mail again").click()
        await page.get_by_role("radio", name=which).check()
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_role("status").filter(has_text="on its way again")).to_be_visible()
        await comes_true(partial(_more, mails, before))
        assert mails[-1].to == [ROSA]
        assert subject in mails[-1].subject


async def _replaced(portal: Ordering, page: Page) -> None:
    """Another eSIM takes the line; the plans stay."""
    before = await page.locator("#about dd.mono").inner_text()
    await page.get_by_role("link", name="Replace eSIM").click()
    await page.get_by_role("radio", name="new phone").check()
    await page.get_by_role("button", name="Replace").click()
    await page.get_by_label("I understand").check()
    await looks_right(page, "replace")
    await page.get_by_role("button", name="Replace").click()
    await page.wait_for_url("**/placed")
    await portal.scene.ended(page.url.split("/")[-2])
    await page.get_by_role("link", name="To the eSIM line").click()
    await expect(page.locator("#plans tbody tr")).to_have_count(3)
    assert await page.locator("#about dd.mono").inner_text() != before


@pytest.mark.covers("T12", "T24", "T36", "T37")
async def test_the_stock_is_listed_with_whom_each_esim_is_allocated_to(portal: Ordering) -> None:
    async with portal.signed_in(ADAM) as page:
        await a_line(portal, page)
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
        await expect(page.get_by_role("link", name="Add plan")).to_have_count(0)
        await page.goto("/imports/import_travel_stock")
        await page.set_input_files("#file", files=[_csv(esim(60))])
        await page.wait_for_url("**/jobs/*")
        await expect(page.get_by_text("an eSIM with this ICCID is in stock already")).to_be_visible()


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
        await expect(page.locator("#terms")).to_contain_text("France")
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
