"""An eSIM line as the support staff serves it in a browser, over a real worker (T rows)."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from playwright.async_api import Page, expect

from tests.browser.ordering import Ordering, looks_right
from tests.browser.travel_shop import a_line, ordered, portal
from tests.builders import OPERATOR
from tests.system.conftest import idle_scene, scene, temporal
from tests.system.scene import Received
from tests.system.travel.test_line_orders import ROSA
from tests.temporal_server import comes_true, eventually
from tests.travel_world import SUE, add_esim_line, assign_plan

__all__ = ["idle_scene", "portal", "scene", "temporal"]


@pytest.mark.covers("T4", "T5", "T21", "T22", "T23", "T28", "T29", "T30")
@pytest.mark.covers("T31", "T32", "T33", "T34", "T35", "T43")
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
        await _ends_after_thirty_days(portal, page)


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
    links = [link for mail in portal.scene.mailbox.mails for link in re.findall(r"/q/[\w-]+", mail.text)]
    assert (await page.request.get(links[-1])).status == 200
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
    assert (await page.request.get(links[-1])).status != 200, "the old code is dead"


async def _ends_after_thirty_days(portal: Ordering, page: Page) -> None:
    """A plan that started a month ago ends 30 days after its start; one that was never used has lapsed."""
    database = portal.scene.database
    line = await add_esim_line(database, 1, 50)
    used, _ = [await assign_plan(database, line, 1, ago=timedelta(days=days)) for days in (31, 400)]
    started = datetime.now(UTC) - timedelta(days=30) + timedelta(seconds=2)
    await portal.portal.desks.reports.connect(OPERATOR, f"EL-{line}", "Italy", key="a month ago", at=started)
    await eventually(lambda: portal.scene.sql("SELECT 1 FROM events WHERE type = 'plan.expired'"), bool)
    await page.goto(f"/travel/lines/EL-{line}")
    ended = page.get_by_role("row", name=f"PA-{used}")
    await expect(ended).to_contain_text("Expired")
    times = re.findall(r"\d+ \w+ \d{4}, \d\d:\d\d", await ended.inner_text())
    first, last = [datetime.strptime(f"{moment} +0000", "%d %B %Y, %H:%M %z") for moment in times]
    assert last - first == timedelta(days=30)
    await expect(page.locator("#moments")).to_contain_text("Euro 1 ended after its 30 days")
    await expect(page.locator("#plans")).to_contain_text("Lapsed, never used")
