"""Orders from the shop to the swap, in a browser (F8 to F11, F43, F48 to F51, P7, P8, P15)."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from models.people.callers import Role
from tests.browser.ordering import Ordering, looks_right, ordering
from tests.builders import ACCOUNT, ANA, OPERATOR, as_csv, empty_slot, item, line, world
from tests.system.conftest import idle_scene, scene, temporal
from tests.system.scene import Scene, msisdn
from tests.temporal_server import eventually

OLGA, BEN, CLEO, DESK = "olga@acme.example", "ben@acme.example", "cleo@bolt.example", "desk@telvia.example"
NUMBER = r"order-[a-z2-7]{16}"
__all__ = ["idle_scene", "scene", "temporal"]


@pytest.fixture
async def portal(scene: Scene, chromium: Browser) -> AsyncIterator[Ordering]:
    """Olga owns Acme, Ana orders there, Ben may only look, Dan works for the distributor; Cleo owns Bolt."""
    second = line(2, provider="Vodafone", distributor="Telvia")
    packs = (item(), item("Orange Pro", item="A better eSIM"), item("Vodafone pack", provider="Vodafone"))
    desks = await world(scene.database, line(1), second, packs=packs)
    await desks.users.create_user(OPERATOR, ACCOUNT, "Olga", OLGA, role=Role.OWNER)
    await desks.users.create_user(OPERATOR, ACCOUNT, "Ben", BEN, role=Role.VIEWER)
    await desks.users.create_user(
        OPERATOR, ACCOUNT, "Dan", DESK, role=Role.PROVIDER_DESK, distributor="Telvia"
    )
    await desks.fleet.import_fleet(OPERATOR, as_csv(empty_slot(9, account="Bolt")))
    await desks.users.create_user(OPERATOR, "Bolt", "Cleo", CLEO, role=Role.OWNER)
    async with ordering(scene, chromium) as opened:
        yield opened


async def ordered(page: Page, number: int, action: str = "switch") -> str:
    """Order for the line, of which one eSIM fits; the order's id."""
    await page.goto(f"/shop?line=%2B{msisdn(number)[1:]}&action={action}")
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("I understand").check()
    await page.get_by_role("button", name="Order", exact=True).click()
    await page.wait_for_url("**/placed")
    return page.url.split("/")[-2]


@pytest.mark.covers("F9", "P7")
async def test_of_two_tabs_the_second_leads_to_the_order_of_the_first(portal: Ordering) -> None:
    async with portal.signed_in(ANA) as page:
        await page.goto(f"/shop?line=%2B{msisdn(2)[1:]}&action=switch")
        await page.get_by_role("button", name="Continue").click()
        await page.get_by_label("I understand").check()
        other = await page.context.new_page()
        order = await ordered(other, 2)
        await page.get_by_role("button", name="Order", exact=True).click()
        await expect(page.get_by_text("Nothing can be ordered for this line now")).to_be_visible()
        await expect(page.get_by_role("button", name="Order", exact=True)).to_have_count(0)
        await page.get_by_role("link", name="Show the open order of this line").click()
        await page.wait_for_url(f"**/orders/{order}")


@pytest.mark.covers("F8", "F9", "F11", "P7")
async def test_a_line_is_switched_from_the_shop_to_the_number_of_the_order(portal: Ordering) -> None:
    async with portal.signed_in(ANA) as page:
        await page.goto("/shop?line=L-1&action=switch")
        await expect(page.get_by_role("radio")).to_have_count(2)  # of the line's provider
        await expect(page.get_by_text("The quantity is locked at 1").first).to_be_visible()
        await looks_right(page, "shop")
        await page.get_by_text("A better eSIM").click()
        await page.get_by_role("button", name="Put into the cart").click()
        await looks_right(page, "details")
        await page.get_by_label("Purchase reference").fill("PO-4711")
        await page.get_by_label("Comment").fill("To Lyon, please.\nBefore noon.")
        first = page.url
        await page.get_by_role("button", name="Continue").click()
        await expect(page.get_by_text("irreversibly").first).to_be_visible()
        await looks_right(page, "confirm")
        assert "PO-4711" not in page.url
        assert "Lyon" not in page.url
        await page.get_by_role("button", name="Change the details").click()
        assert "PO-4711" not in page.url
        await expect(page.get_by_label("Purchase reference")).to_have_value("PO-4711")
        await expect(page.get_by_label("Comment")).to_have_value("To Lyon, please.\nBefore noon.")
        await page.get_by_role("button", name="Continue").click()
        await page.get_by_role("button", name="Back").click()
        await expect(page.get_by_label("Purchase reference")).to_have_value("PO-4711")
        await page.get_by_role("button", name="Continue").click()
        await page.locator("#confirmed").evaluate("box => { box.required = false; }")
        await page.get_by_role("button", name="Order", exact=True).click()
        await expect(page.locator("#confirmed-error")).to_be_visible()
        await looks_right(page, "refused")
        await page.get_by_label("I understand").check()
        await page.get_by_role("button", name="Order", exact=True).dblclick()
        await page.wait_for_url("**/placed")
        number = page.url.split("/")[-2]
        await expect(page.get_by_text(number).first).to_be_visible()
        await looks_right(page, "placed")
        await page.goto(first)  # the key is in the address
        await expect(page.get_by_text("has an open order").first).to_be_visible()
        await page.get_by_role("link", name="Show the open order").click()
        await expect(page).to_have_url(f"{portal.address}/orders/{number}")
        await expect(page.get_by_text("PO-4711")).to_be_visible()
    assert len(await portal.scene.desk.orders(OPERATOR)) == 1
    mails = portal.scene.mailbox.mails
    await eventually(lambda: _texts(portal), lambda texts: any("PO-4711" in text for text in texts))
    assert "To Lyon, please." in mails[0].text


async def _texts(portal: Ordering) -> list[str]:
    return [mail.text for mail in portal.scene.mailbox.mails]


@pytest.mark.covers("F10", "F48", "F49", "F50", "P8")
async def test_an_order_is_followed_live_and_steered_to_its_end(portal: Ordering) -> None:
    async with portal.signed_in(ANA) as ana, portal.signed_in(DESK) as desk:
        order = await ordered(ana, 2)  # one eSIM fits: the shop is skipped
        await ana.go_back()
        await expect(ana.get_by_role("heading", level=1)).to_be_visible()
        await ana.go_back()
        await expect(ana.get_by_text("has an open order").first).to_be_visible()
        await ana.goto(f"/orders/{order}")
        await expect(ana.get_by_text("Waiting for the distributor to acknowledge")).to_be_visible()
        await expect(ana.get_by_role("link", name="Acknowledge")).to_have_count(0)
        await looks_right(ana, "order")
        await desk.goto("/orders?view=open")
        await desk.get_by_role("link", name=msisdn(2)).click()
        await desk.get_by_role("link", name="Acknowledge").click()
        await looks_right(desk, "acknowledge")
        await desk.get_by_role("button", name="Acknowledge").click()
        await expect(desk.get_by_text("The order is acknowledged.")).to_be_visible()
        await expect(ana.get_by_text("A temporary eSIM was created")).to_be_visible(timeout=20_000)  # live
        await desk.get_by_role("link", name="Processed").click()
        await looks_right(desk, "processed")
        await desk.get_by_label("I understand").check()
        await desk.get_by_role("button", name="Processed").click()
        await expect(desk.locator("#iccid-error")).to_contain_text("not known")
        await desk.get_by_role("link", name=order).click()
        await desk.get_by_role("link", name="Enter the ICCID").click()
        await desk.get_by_label("ICCID of the eSIM").fill("8933")
        await desk.get_by_role("button", name="Enter the ICCID").click()
        await expect(desk.locator("#iccid-error")).to_contain_text("18 to 20 digits")
        await expect(desk.get_by_label("ICCID of the eSIM")).to_have_value("8933")
        await looks_right(desk, "iccid refused")
        await desk.get_by_label("ICCID of the eSIM").fill("8933012345678901230")
        await desk.get_by_role("button", name="Enter the ICCID").click()
        await expect(desk.get_by_role("status").filter(has_text="check digit")).to_be_visible()
        await desk.get_by_role("link", name="Processed").click()
        await desk.get_by_label("I understand").check()
        await desk.get_by_role("button", name="Processed").click()
        await expect(desk.get_by_text("The eSIM was activated")).to_be_visible()
        await expect(ana.get_by_text("The provider processed the order")).to_be_visible(timeout=20_000)
        await looks_right(ana, "order processed")
        await ana.goto("/orders")
        await looks_right(ana, "orders")
    found = (await portal.scene.line(2)).sim
    assert found is not None
    assert found.iccid == "8933012345678901230"


@pytest.mark.covers("F20", "F48", "P8")
async def test_an_iccid_that_is_typed_with_processed_is_the_esims(portal: Ordering) -> None:
    async with portal.signed_in(ANA) as ana, portal.signed_in(DESK) as desk:
        order = await ordered(ana, 2)
        await desk.goto(f"/orders/{order}/acknowledge")
        await desk.get_by_role("button", name="Acknowledge").click()
        await expect(desk.get_by_text("The order is acknowledged.")).to_be_visible()
        await desk.get_by_role("link", name="Processed").click()
        typed = desk.get_by_label("ICCID of the eSIM")
        await expect(typed).to_have_value("")
        for wrong in ("8933", "89330123456789012X0"):
            await typed.fill(wrong)
            await desk.get_by_label("I understand").check()
            await desk.get_by_role("button", name="Processed").click()
            await expect(desk.locator("#iccid-error")).to_contain_text("18 to 20 digits")
            await expect(typed).to_have_value(wrong)
        await looks_right(desk, "iccid refused with processed")
        await typed.fill("8933 0123 4567 8901 231")
        await desk.get_by_label("I understand").check()
        await desk.get_by_role("button", name="Processed").click()
        await expect(desk).to_have_url(f"{portal.address}/orders/{order}")
        for person in (desk, ana):
            await person.goto(f"/orders/{order}")
            await expect(person.get_by_text("8933012345678901231").first).to_be_visible()
    found = (await portal.scene.line(2)).sim
    assert found is not None
    assert found.iccid == "8933012345678901231"


@pytest.mark.covers("F43", "F44", "F51", "P8")
async def test_an_order_is_cancelled_and_a_late_answer_is_refused_with_the_reason(portal: Ordering) -> None:
    async with portal.signed_in(ANA, java_script_enabled=False) as ana, portal.signed_in(DESK) as desk:
        order = await ordered(ana, 2)
        await ana.get_by_role("link", name="Follow the order").click()
        await expect(ana.get_by_role("link", name="Reload")).to_be_visible()  # without script
        await ana.get_by_role("link", name="Cancel the order").click()
        await ana.get_by_label("Reason").fill("Leaves the company")
        await ana.get_by_label("I want to cancel").check()
        await ana.get_by_role("button", name="Cancel the order").click()
        await expect(ana.get_by_text("The order is cancelled.")).to_be_visible()
        await expect(ana.get_by_text("Leaves the company")).to_be_visible()
        await desk.goto(f"/orders/{order}/processed")
        await desk.get_by_label("ICCID of the eSIM").fill("8933012345678901234")
        await desk.get_by_label("I understand").check()
        await desk.get_by_role("button", name="Processed").click()
        await expect(desk.locator("#errors")).to_contain_text("cancelled")
        await desk.goto(f"/orders/{order}")
        await expect(desk.get_by_text("Incident: processed after it was cancelled").first).to_be_visible()
        await looks_right(desk, "incident")


@pytest.mark.covers("P15", "W5", "P8")
async def test_held_work_says_what_to_do_and_is_retried(portal: Ordering) -> None:
    portal.scene.mailbox.answer = "550 5.1.1 No such user"
    async with portal.signed_in(OLGA) as ana:
        order = await ordered(ana, 2)
        await eventually(lambda: portal.scene.desk.order(OPERATOR, order), lambda found: found.held_reason)
        await ana.goto(f"/orders/{order}")
        await expect(ana.get_by_text("The mail server refused a recipient for good").first).to_be_visible()
        await looks_right(ana, "held order")
        await ana.goto("/held")
        await expect(ana.get_by_text("Correct it, then retry").first).to_be_visible()
        await looks_right(ana, "held")
        await ana.get_by_role("button", name="Retry the selected").click()
        await expect(ana.get_by_text("Select what to retry").first).to_be_visible()
        portal.scene.mailbox.answer = "250 2.0.0 taken"
        await ana.get_by_role("checkbox", name=f"Select {order}").check()
        await ana.get_by_role("button", name="Retry the selected").click()
        await expect(ana.get_by_text("Retried: 1.")).to_be_visible()
    await eventually(lambda: portal.scene.events(order), lambda events: "mail.sent" in events)


@pytest.mark.covers("P14", "S1")
async def test_who_may_only_look_sees_no_button_and_a_stranger_sees_nothing(portal: Ordering) -> None:
    order = await portal.scene.placed(2, key="look")
    async with portal.signed_in(BEN) as ben, portal.signed_in(CLEO) as cleo:
        await ben.goto(f"/orders/{order}")
        await expect(ben.get_by_role("heading", name="Switch to eSIM")).to_be_visible()
        for name in ("Cancel the order", "Acknowledge", "Processed", "Retry"):
            await expect(ben.get_by_role("link", name=name)).to_have_count(0)
        await ben.goto(f"/orders/{order}/cancel")
        await expect(ben.get_by_role("button", name="Cancel the order")).to_have_count(0)
        await expect(ben.get_by_text("cancel orders")).to_be_visible()
        for path in ("/held", "/shop?line=L-1&action=switch", f"/orders/{order}/processed"):
            answer = await ben.goto(path)
            assert answer is not None
            assert answer.status == 403, path
        for path in (f"/orders/{order}", f"/orders/{order}/cancel", "/shop?line=L-1", "/orders?line=L-1"):
            answer = await cleo.goto(path)
            assert answer is not None
            assert answer.status == 404, path
        await cleo.goto("/orders")
        await expect(cleo.get_by_text("There are no such orders")).to_be_visible()
