"""A number gets, loses and regains an eSIM on its tab Integrations, over a real worker (L4 to L31, L39)."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from models.licences.numbers import LineType
from models.people.callers import Role
from tests.browser.licences_office import ADD_ON, HUGO, Office, assigned, office_of, order_in
from tests.browser.ordering import looks_right
from tests.builders import ACCOUNT, OPERATOR
from tests.licences_world import ADAM, GINA, add_number, number_msisdn
from tests.system.conftest import idle_scene, scene, temporal
from tests.system.licences.scene import EsimEmail
from tests.system.scene import Scene

__all__ = ["idle_scene", "scene", "temporal"]


@pytest.fixture
async def office(scene: Scene, chromium: Browser) -> AsyncIterator[Office]:
    async with office_of(scene, chromium, line_type=LineType.SHARED) as office:
        yield office


@pytest.mark.covers("L4", "L5", "L6", "L7", "L8", "L9", "L10", "L11", "L12", "L18", "L19", "L20")
@pytest.mark.covers("L21", "L28", "L31")
async def test_a_shared_line_is_converted_and_gets_an_esim(office: Office) -> None:
    await office.bought()
    await office.bought("voice_sms")
    await office.scene.sql(
        "UPDATE licences SET number_id = 2 WHERE add_on = 'voice_sms'"  # by the other number
    )
    msisdn = number_msisdn(1)
    async with office.portal.person(ADAM) as page:
        await _only_french_mobiles_qualify(office, page)
        await page.goto("/numbers")
        await looks_right(page, "numbers")
        await page.get_by_role("searchbox", name="Phone number, last digits").fill("gina")
        await expect(page.locator("#numbers tbody tr")).to_have_count(1)
        await page.get_by_role("link", name=msisdn).click()
        await looks_right(page, "number")
        await page.get_by_role("link", name="Integrations").click()
        await expect(page.get_by_text("This is a shared line")).to_be_visible()
        await expect(page.get_by_role("link", name="Assign eSIM licence")).to_have_count(0)
        await looks_right(page, "integrations, shared")
        await page.get_by_role("button", name="Convert to a direct number").click()
        await expect(page.get_by_text(f"{number_msisdn(1)} is a direct number now.")).to_be_visible()
        await _an_agent_cannot_assign(office)

        await page.get_by_role("link", name="Assign eSIM licence").click()
        await looks_right(page, "assign")
        other = await page.context.new_page()
        await other.goto(page.url)
        await page.locator("input[value=voice_sms]").check()
        await page.get_by_label("The phone of Gina supports eSIM.").check()
        await page.get_by_role("button", name="Continue").click()
        await expect(page.locator("#errors")).to_contain_text("No licence of Voice+SMS is free: 1 of 1")
        await page.locator(f"input[value={ADD_ON}]").check()
        await page.get_by_label("The phone of Gina supports eSIM.").uncheck()
        await page.get_by_role("button", name="Continue").click()
        await expect(page.locator("#errors")).to_contain_text("To be confirmed: the agent's phone")
        await page.get_by_label("The phone of Gina supports eSIM.").check()
        await page.get_by_label("A certain licence").select_option(index=1)
        await page.get_by_role("button", name="Continue").click()
        await expect(page.get_by_text("LI-1 · Voice+SMS+Data")).to_be_visible()
        await expect(page.get_by_text("Telvia gets the order by e-mail")).to_be_visible()
        await looks_right(page, "assign, confirm")
        await page.get_by_role("button", name="Assign").click()
        order = await order_in(page).inner_text()
        await expect(page.get_by_text("Waiting for the distributor to acknowledge.")).to_be_visible()
        await looks_right(page, "integrations, order")
        await other.reload()
        await expect(other.get_by_text(f"has an open order already: {order}")).to_be_visible()
        await expect(other.get_by_role("button", name="Continue")).to_have_count(0)
        await other.close()

        await page.goto("/numbers?view=assigned")
        row = page.locator("#N-1")
        await expect(row).to_contain_text("Voice+SMS+Data")
        await expect(row).to_contain_text("Submitted")
        await row.get_by_role("link", name=msisdn).click()
        await page.get_by_role("link", name="Integrations").click()
        await office.delivered(order)
        _has_instructions(await office.world.esim_email())
        await expect(page.locator("#esim").get_by_text("Active")).to_be_visible(timeout=15_000)
        await expect(page.get_by_text("The agent has it by e-mail.")).to_be_visible(timeout=15_000)
        first = await office.world.download_link(GINA)
        await _installs_by_the_page(page, first)

        await page.goto("/numbers/N-1/integrations")
        await page.get_by_role("link", name="e-mail again").click()
        await expect(page.get_by_text(f"It goes to {GINA}.")).to_be_visible()
        await looks_right(page, "resend")
        await page.get_by_role("button", name="Send again").click()
        await expect(page.get_by_text(f"The e-mail to {GINA} is on its way.")).to_be_visible()
        await office.world.download_link(GINA, mails=2)
        assert (await page.request.get(first)).status != 200, "the link of the earlier e-mail is dead"
        await page.get_by_role("link", name="History").click()
        for what in ("The number was converted to a direct number", "The eSIM was activated"):
            await expect(page.get_by_text(what).first).to_be_visible()
        await looks_right(page, "history")


async def _only_french_mobiles_qualify(office: Office, page: Page) -> None:
    """Neither the number of a machine nor an overseas one is offered a licence."""
    machine, overseas = [
        await add_number(office.scene.database, msisdn=msisdn, agent_id=2)
        for msisdn in ("+337001234567890", "+262692123456")
    ]
    only = "An eSIM licence is for French mobile numbers"
    await page.goto(f"/numbers/N-{machine}/integrations")
    await expect(page.get_by_text(only)).to_be_visible()
    await expect(page.get_by_role("link", name="Assign eSIM licence")).to_have_count(0)
    assert only in await (await page.request.get(f"/numbers/N-{overseas}/integrations")).text()


async def _an_agent_cannot_assign(office: Office) -> None:
    """Gina may look at her number, and is sent to an administrator."""
    await office.portal.desks.users.create_user(OPERATOR, ACCOUNT, "Gina", GINA, role=Role.VIEWER)
    async with office.portal.person(GINA) as gina:
        await gina.goto("/numbers/N-1/integrations")
        await expect(gina.get_by_text("An administrator of your account assigns licences.")).to_be_visible()
        await expect(gina.get_by_role("link", name="Assign eSIM licence")).to_have_count(0)
        assert (await gina.request.get("/numbers/N-1/assign")).status == 403


def _has_instructions(email: EsimEmail) -> None:
    """The e-mail shows the QR code, and says what to do on an iPhone and on an Android phone."""
    assert len(email.scanned) == 1
    apple, _, android = email.text.partition("On an Android phone")
    for step in (
        "Mobile Service",
        "Tap Add eSIM.",
        "Scan the QR code",
        "redirected",
        "confirm: it is required",
    ):
        assert step in apple
    for step in ("Scan the QR code", "Follow the steps on the screen"):
        assert step in android


async def _installs_by_the_page(page: Page, link: str) -> None:
    """The link of the e-mail shows the code with the same steps."""
    await page.goto(link)
    await page.get_by_role("button", name="Show the QR code").click()
    apple, android = page.locator(".how ol").first, page.locator(".how ol").last
    for step in ("Open Settings, then Mobile Service", "Tap Add eSIM", "Scan the code", "it is required"):
        await expect(apple).to_contain_text(step)
    for step in ("Scan the code", "Follow the steps on the screen."):
        await expect(android).to_contain_text(step)


@pytest.mark.covers("L13", "L14", "L15", "L16", "L17", "L22", "L23", "L24", "L25", "L26", "L29", "L30", "L39")
async def test_an_esim_is_replaced_suspended_lost_and_ends_with_its_user(office: Office) -> None:
    await office.bought()
    await office.scene.sql("UPDATE numbers SET line_type = 'direct'")
    await office.scene.sql("UPDATE agents SET phone_confirmed_at = esim_now()")
    async with office.portal.person(ADAM) as page:
        await page.goto("/numbers/N-1/integrations")
        await office.delivered(await assigned(page))
        await office.world.esim_email()
        await page.reload()

        await page.get_by_role("link", name="Replace the eSIM").click()
        await looks_right(page, "replace")
        await page.locator("input[value=new_phone]").check()
        await page.get_by_label("I understand").check()
        await page.get_by_role("button", name="Replace").click()
        await expect(page.get_by_text("The present eSIM works until it is processed.")).to_be_visible()
        await expect(page.locator("#esim").get_by_text("Active")).to_be_visible()
        await office.delivered(await order_in(page).inner_text())
        await office.world.esim_email(mails=2)

        await page.goto("/numbers/N-1")
        await page.get_by_role("link", name="Suspend").click()
        await looks_right(page, "suspend")
        await page.get_by_label("Reason").fill("Parental leave")
        await page.get_by_role("button", name="Suspend").click()
        await expect(page.get_by_text("The provider is asked to suspend")).to_be_visible()
        await page.get_by_role("link", name="Number", exact=True).click()
        await expect(page.get_by_text("Parental leave")).to_be_visible()
        await looks_right(page, "number, suspended")
        await page.get_by_role("button", name="Resume").click()
        await expect(page.get_by_text(f"{number_msisdn(1)} is no longer suspended.")).to_be_visible()
        await page.get_by_role("button", name="Convert to a shared line").click()
        await expect(page.locator("#errors")).to_contain_text("The number has an eSIM already: S-")

        await page.get_by_role("link", name="Change user").click()
        await page.get_by_role("button", name="Change the user").click()
        await looks_right(page, "change user")
        await page.get_by_label("New agent").fill(GINA)
        await page.get_by_label("I understand").check()
        await page.get_by_role("button", name="Change the user").click()
        await expect(page.get_by_text(f"{number_msisdn(1)}: nothing changed.")).to_be_visible()
        await expect(page.locator("#esim").get_by_text("Active")).to_be_visible()

        await page.get_by_role("link", name="Replace the eSIM").click()
        await page.locator("input[value=stolen]").check()
        await page.get_by_label("I understand").check()
        await page.get_by_role("button", name="Replace").click()
        await expect(page.get_by_text("The eSIM has stopped, and its replacement is ordered")).to_be_visible()
        await expect(page.locator("#esim")).to_have_count(0)
        await office.delivered(await order_in(page).inner_text())
        await office.world.esim_email(mails=3)

        await page.goto("/numbers/N-1/user")
        await page.get_by_label("New agent").fill(HUGO)
        await page.get_by_label("I understand").check()
        await page.get_by_role("button", name="Change the user").click()
        await expect(page.get_by_text(f"The user of {number_msisdn(1)} has changed.")).to_be_visible()
        await expect(page.get_by_role("heading", name="No eSIM is assigned")).to_be_visible()
        await expect(page.locator("#order")).to_have_count(0)
        link = await office.world.download_link(GINA, mails=3)
        assert (await page.request.get(link)).status != 200, "the old code is dead"
        await office.delivered(await assigned(page))
        await office.world.esim_email(HUGO)

        await page.goto("/numbers/N-1")
        await page.get_by_role("link", name="Delete").click()
        await looks_right(page, "delete")
        await page.get_by_label("I want to delete").check()
        await page.get_by_role("button", name="Delete").click()
        await expect(page.get_by_text(f"{number_msisdn(1)} is deleted.")).to_be_visible()
        await page.goto("/numbers?view=deleted")
        await page.get_by_role("link", name=number_msisdn(1)).click()
        await expect(page.get_by_text("It can be recovered until")).to_be_visible()
        await page.get_by_role("button", name="Recover").click()
        await expect(page.get_by_text("without an agent or an eSIM.")).to_be_visible()
        await page.get_by_role("link", name="Integrations").click()
        await expect(page.get_by_text("No agent uses this number").first).to_be_visible()
        await page.get_by_role("link", name="Change user").click()
        await page.get_by_label("New agent").fill(HUGO)
        await page.get_by_role("button", name="Change the user").click()
        order = await assigned(page)
        await page.goto("/numbers/N-1/delete")
        await page.get_by_label("I want to delete").check()
        await page.get_by_role("button", name="Delete").click()
        await expect(page.get_by_text(f"The order {order} is cancelled.")).to_be_visible()
