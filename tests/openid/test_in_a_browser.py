"""A person signs in at the OpenID provider in a browser, and again before something sensitive."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from settings import Settings
from starter.desks import Desks
from tests.browser.conftest import chromium
from tests.browser.ordering import looks_right
from tests.browser.signed_in import serving_pages
from tests.builders import OPERATOR, run
from tests.openid.provider import Provider
from tests.portal.pages.conftest import give_password
from tests.portal.pages.people import ANA, BEN

__all__ = ["chromium"]
CARD = ".door-card"


async def log_in(page: Page, sub: str, email: str) -> None:
    await expect(page.get_by_role("heading", name="Test provider")).to_be_visible()
    await page.get_by_label("User").fill(sub)
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_role("button", name="Log in").click()


@pytest.mark.covers("P1", "P13", "P14")
async def test_a_person_provider_of_sign_in_the_provider_and_again_before_something_sensitive(
    chromium: Browser,
    desks: Desks,
    api_settings: Settings,
    provider: Provider,
) -> None:
    await give_password(desks, ANA)
    async with serving_pages(desks.client, desks.database, api_settings, chromium) as portal:
        await provider.control(redirect=f"{portal.address}/sign-in/openid/callback")
        context = await chromium.new_context(base_url=portal.address, locale="en", reduced_motion="reduce")
        page = await context.new_page()
        asked: set[str] = set()
        page.on("request", lambda sent: asked.add(re.split(r"(?<=\d)/", sent.url)[0]))
        await page.goto("/account")
        await expect(page).to_have_url(f"{portal.address}/sign-in?next=/account")
        await looks_right(page, "sign-in")
        await page.get_by_role("link", name="Continue with Acme ID").click()
        await log_in(page, "s-1", "stranger@acme.example")
        await expect(page.get_by_role("alert")).to_contain_text("The sign-in did not succeed")
        await looks_right(page, "a sign-in that failed")
        await page.get_by_role("link", name="Continue with Acme ID").click()
        await log_in(page, "s-2", ANA)
        await expect(page).to_have_url(f"{portal.address}/account")
        await expect(page.get_by_role("heading", name="Your account")).to_be_visible()
        assert ANA in await page.content()
        cookies = {each["name"]: each for each in await context.cookies(portal.address)}
        assert set(cookies) == {"esim-session"}, "what was begun is over"

        await run(
            desks.database,
            "UPDATE sessions SET confirmed_at = confirmed_at - interval '31 minutes' RETURNING 1",
        )
        ben = (await desks.users.user(OPERATOR, BEN)).id
        await page.goto(f"/people/U-{ben}/deactivate")
        await expect(page).to_have_url(re.compile("/sign-in/again"))
        await looks_right(page, "sign in again")
        await page.get_by_role("link", name="Continue with Acme ID").click()
        await log_in(page, "s-2", ANA)
        await expect(page).to_have_url(f"{portal.address}/people/U-{ben}/deactivate")
        await context.close()
        assert asked == {portal.address, provider.issuer}
