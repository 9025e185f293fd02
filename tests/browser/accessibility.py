"""What every page in a browser must pass: no rule of accessibility is broken, and nothing sticks out."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

_RULES = """rules => axe.run({resultTypes: ["violations"], ...(rules && {runOnly: rules})})
  .then(found => found.violations.map(each => [each.id, each.nodes.map(node => node.html.slice(0, 160))]))"""
"""Of all that axe finds only what is wrong is brought here: the rest is a third of the work."""


async def accessible(page: Page, name: str = "", *, colours: bool = False) -> None:
    """Axe finds nothing on the page, as it is now. `colours`: by the rule of colours alone, for a page that
    was looked at in other ones.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    assert await page.evaluate(_RULES, ["color-contrast"] if colours else None) == [], name or page.url


async def fits(page: Page, name: str = "") -> None:
    """Nothing sticks out of the screen."""
    room = await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert room[0] <= room[1], name or page.url
