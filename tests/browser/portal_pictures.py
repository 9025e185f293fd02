"""The pictures of the tour of the portal (docs/portal.md): its main pages, as the role that uses them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Locator, Page, expect

from models.people.callers import Role
from sandbox.demo.licences import NUMBER
from sandbox.demo.travel import ROSA
from tests.browser.pictures import MARGIN, SCREEN, a_page, fit, keep, sign_in
from tests.browser.portal_weeks import PROFILE, Weeks, some_weeks

_LONG = 1300
"""How high the picture of a long page may be."""


async def of_the_tour(browser: Browser) -> None:
    """Let some weeks pass in a sandbox, and look at it as each role."""
    async with some_weeks() as weeks:
        await of_the_owner(browser, weeks)
        await of_the_desk(browser, weeks)
        await of_an_administrator(browser, weeks)
        await of_the_support(browser, weeks)


@asynccontextmanager
async def signed_in(browser: Browser, weeks: Weeks, role: Role) -> AsyncIterator[Page]:
    """The browser of the person of this role."""
    who = next(one for one in weeks.work.people if one.role == role)
    async with a_page(browser) as page:
        await page.set_viewport_size(SCREEN)
        await sign_in(page, weeks.portal, who)
        yield page


async def taken(
    page: Page, address: str, name: str, shows: Locator, most: int = SCREEN["height"], margin: int = MARGIN
) -> None:
    """Open a page, wait for what the picture is about, and keep it down to the end of the page's own part, or
    to `most`.
    """
    await page.set_viewport_size(SCREEN)
    await page.goto(address)
    await expect(shows.first).to_be_visible()
    await fit(page, most, margin)
    await keep(page, name)


async def of_the_owner(browser: Browser, weeks: Weeks) -> None:
    """What waits and what was done; the licences of the account."""
    async with signed_in(browser, weeks, Role.OWNER) as page:
        await taken(page, f"{weeks.portal}/dashboard", "tour-dashboard", page.get_by_text("Late orders"))
        await taken(
            page,
            f"{weeks.portal}/licences",
            "tour-licences",
            page.get_by_role("link", name="Buy eSIM licences"),
        )


async def of_the_desk(browser: Browser, weeks: Weeks) -> None:
    """The queue of a distributor, and what its contact sees without a sign-in."""
    async with signed_in(browser, weeks, Role.PROVIDER_DESK) as page:
        await taken(page, f"{weeks.portal}/desk", "tour-desk", page.get_by_role("link", name="Acknowledge"))
    async with a_page(browser) as page:
        await taken(
            page, weeks.work.link, "tour-order-link", page.get_by_role("link", name="Acknowledge"), margin=-40
        )


async def of_an_administrator(browser: Browser, weeks: Weeks) -> None:
    """Everything that is set up, a profile, a webhook, and a number with its eSIM."""
    top = f"{weeks.portal}/administration"
    async with signed_in(browser, weeks, Role.ADMINISTRATOR) as page:
        await taken(page, top, "tour-administration", page.get_by_role("link", name="Webhooks"), _LONG)
        await page.goto(f"{top}/profiles")
        await page.get_by_role("link", name=PROFILE).click()
        await taken(page, page.url, "tour-profile", page.get_by_text("Enabled", exact=True))
        await taken(page, f"{top}/webhooks/{weeks.webhook}", "tour-webhook", page.get_by_text("400").first)
        await page.goto(f"{weeks.portal}/numbers")
        await page.get_by_role("link", name=NUMBER).click()
        await page.get_by_role("link", name="Integrations").click()
        await expect(page.get_by_text("eSIM").first).to_be_visible()
        await taken(page, page.url, "tour-number", page.get_by_role("heading", name=NUMBER))


async def of_the_support(browser: Browser, weeks: Weeks) -> None:
    """A subscriber, the timeline of an eSIM line, and the stock."""
    travel = f"{weeks.portal}/travel"
    async with signed_in(browser, weeks, Role.SUPPORT) as page:
        await page.goto(travel)
        await page.get_by_role("link", name=ROSA).click()
        await taken(page, page.url, "tour-subscriber", page.get_by_role("heading", name=ROSA))
        await taken(
            page,
            f"{travel}/lines/EL-1",
            "tour-esim-line",
            page.get_by_text("Connected in France").first,
            _LONG,
        )
        await taken(page, f"{travel}/stock", "tour-stock", page.get_by_role("heading", name="eSIM list"))
