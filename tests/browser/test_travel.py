"""Travel eSIMs as the support staff sells them in a browser, over a real worker (T rows)."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.ordering import Ordering, looks_right
from tests.browser.travel_shop import a_line, csv_file, offered, ordered, portal
from tests.builders import OPERATOR
from tests.portal.pages.people import PASSWORD
from tests.starter.travel.files import esim
from tests.system.conftest import idle_scene, scene, temporal
from tests.system.travel.test_line_orders import ROSA
from tests.temporal_server import comes_true, eventually
from tests.travel_world import ADAM, SUE, add_travel_plan

__all__ = ["idle_scene", "portal", "scene", "temporal"]


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
        await add_travel_plan(portal.scene.database, "Euro 5", data_mb=5000)
        await portal.scene.sql("UPDATE travel_plans SET price = 24.90 WHERE name = 'Euro 5'")
        await offered(page, "Espagne")
        await expect(page.locator(".card-choice")).to_contain_text(["$9.90", "$24.90"])
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
        await _is_of_the_staff_only(page)


async def _is_of_the_staff_only(page: Page) -> None:
    """A subscriber who opens the same address is asked to sign in, and cannot."""
    await page.context.clear_cookies()
    await page.reload()
    await expect(page).to_have_url(re.compile("/sign-in"))
    await page.locator("[name=email]").fill(ROSA)
    await page.locator("[name=password]").fill(PASSWORD)
    await page.locator("form button[type=submit]").first.click()
    await expect(page.locator("#errors")).to_be_visible()
    assert "/sign-in" in (await page.request.get("/travel")).url


@pytest.mark.covers("T6", "T14", "T16", "T17", "T25", "T26", "T42")
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
        portal.scene.mailbox.refused_subjects = {"is ready:": "550 5.7.1 Refused"}
        await adam.set_input_files("#file", files=[csv_file(esim(50, profile=10))])
        await adam.wait_for_url("**/jobs/*")
        await _only_the_refused_email_is_tried_again(portal, adam, order)
        await page.goto("/travel/subscribers/SB-1")
        await expect(page.get_by_role("row", name="Japan")).to_contain_text("Queued")


async def _only_the_refused_email_is_tried_again(portal: Ordering, adam: Page, order: str) -> None:
    """The order is held for its QR code; the confirmation has gone out, and does not go out again."""
    await eventually(
        lambda: portal.scene.desk.order(OPERATOR, order),
        lambda found: found.held_reason == "mail_rejected",
    )
    mails = portal.scene.mailbox.mails
    await comes_true(lambda: order in mails[-1].subject)
    before = len(mails)
    portal.scene.mailbox.refused_subjects = {}
    await adam.goto(f"/orders/{order}")
    await expect(adam.locator("#status")).to_contain_text("The mail server refused a recipient")
    await adam.get_by_role("button", name="Retry").click()
    await portal.scene.ended(order)
    assert ["is ready:" in mail.subject for mail in mails[before:]] == [True]
    await adam.reload()
    sent = adam.locator("#timeline li").filter(has_text="An e-mail was sent")
    await expect(sent.filter(has_text="Confirmation to the subscriber.")).to_have_count(1)
    await adam.goto(f"/administration/e-mails?to={ROSA}")
    rows = adam.locator("#mails tbody tr")
    await expect(rows.filter(has_text="eSIM of the subscriber").filter(has_text="Sent")).to_have_count(2)
