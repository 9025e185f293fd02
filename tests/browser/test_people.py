"""A colleague is invited in a browser, and comes in by the link of the e-mail."""

import re

import httpx
import pytest
from playwright.async_api import Page, expect

from models.people.sign_in import Visit
from starter.people.sign_in import begin
from tests.browser.ordering import Ordering, looks_right
from tests.browser.test_ordering import OLGA, portal
from tests.builders import OPERATOR
from tests.portal.pages.people import PASSWORD
from tests.system.conftest import idle_scene, scene, temporal
from tests.temporal_server import eventually

__all__ = ["idle_scene", "portal", "scene", "temporal"]
NINA = "nina.novak@acme.example"
LINES = """cell => {
  const words = document.createRange();
  words.selectNodeContents(cell);
  return new Set([...words.getClientRects()].map((each) => each.top)).size;
}"""


@pytest.mark.covers("P1", "P13")
async def test_an_administrator_invites_a_colleague_who_chooses_a_password(portal: Ordering) -> None:
    async def link() -> list[str]:
        mails = [mail.text for mail in portal.scene.mailbox.mails if NINA in mail.to]
        return [path for text in mails for path in re.findall(r"/invitation/[\w-]+", text)]

    async with portal.signed_in(OLGA) as olga:
        await olga.goto("/people")
        await looks_right(olga, "people")
        await olga.get_by_role("link", name="Invite").click()
        await looks_right(olga, "invite")
        await olga.get_by_label("Name").fill("Nina Novak")
        await olga.get_by_label("E-mail address").fill(NINA)
        await olga.get_by_role("button", name="Send the invitation").click()
        await expect(olga.get_by_text(f"An invitation to {NINA} is on its way.")).to_be_visible()
        await expect(olga.get_by_role("row", name="Nina Novak").get_by_text("Invited")).to_be_visible()
        await olga.get_by_role("link", name="Nina Novak").click()
        await looks_right(olga, "person")
        await olga.get_by_role("link", name="Deactivate…").click()
        await looks_right(olga, "deactivate")
        (path,) = await eventually(link, bool)
        browser = await portal.portal.chromium.new_context(base_url=portal.address)
        page = await browser.new_page()
        await page.goto(path)
        for field in await page.locator("input[type=password]").all():
            await field.fill(PASSWORD)
        await page.get_by_role("button", name="Save and sign in").click()
        await expect(page).to_have_url(re.compile("/inventory"))
        await _ends_another_session(portal, page)
        await browser.close()
        await olga.goto("/people")
        await expect(olga.get_by_role("row", name="Nina Novak").get_by_text("Active")).to_be_visible()
        await olga.set_viewport_size({"width": 390, "height": 900})
        address = olga.locator("tbody td", has_text=NINA)
        assert await address.evaluate(LINES) == 1, "no address is cut on a phone"


async def _ends_another_session(portal: Ordering, page: Page) -> None:
    """Nina sees that she is signed in elsewhere, and ends that session."""
    desks = portal.portal.desks
    async with desks.database.transaction() as connection:
        begun, _ = await begin(connection, await desks.users.user(OPERATOR, NINA), Visit())
    async with httpx.AsyncClient(base_url=portal.address, cookies={"esim-session": begun.token}) as elsewhere:
        assert (await elsewhere.get("/account")).status_code == 200
        await page.goto("/account")
        rows = page.locator("#sessions tbody tr")
        await expect(rows).to_have_count(2)
        await rows.filter(has=page.get_by_role("button")).get_by_role("button").click()
        await expect(rows).to_have_count(1)
        await expect(rows.first).to_contain_text("This one")
        assert "/sign-in" in (await elsewhere.get("/account")).headers["Location"]
