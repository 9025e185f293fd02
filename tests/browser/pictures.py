"""How a picture of a document is taken: a browser of one size and language, and few colours."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from PIL import Image
from playwright.async_api import Browser, FloatRect, Locator, Page, ViewportSize

from sandbox.stage import TOP
from starter.people.sandbox_people import SignIn

PICTURES = TOP / "docs" / "pictures"
WIDE = ViewportSize(width=1600, height=830)
SCREEN = ViewportSize(width=1400, height=900)
PHONE = ViewportSize(width=390, height=844)
MARGIN = 24
DRAWN_MILLISECONDS = 1500
"""What the Web UI takes to draw itself once its text is there: it is never idle."""


@asynccontextmanager
async def a_page(browser: Browser, *, phone: bool = False) -> AsyncIterator[Page]:
    context = await browser.new_context(
        viewport=PHONE if phone else WIDE,
        device_scale_factor=2 if phone else 0.8,
        color_scheme="light",
        reduced_motion="reduce",
        timezone_id="UTC",
        locale="en-GB",
    )
    page = await context.new_page()
    try:
        yield page
    finally:
        await context.close()


async def keep(page: Page, name: str, beginning: Locator | None = None) -> None:
    """Write what is seen, or what is beside and below `beginning`.

    In as many colours as a palette holds: a quarter of the size.
    """
    size = page.viewport_size or WIDE
    await page.mouse.move(size["width"] / 2, size["height"] - 1)  # over nothing
    await page.wait_for_timeout(DRAWN_MILLISECONDS)
    part: FloatRect | None = None
    if beginning is not None and (top := await beginning.bounding_box()):
        left, above = top["x"] - MARGIN, top["y"] - MARGIN
        part = {"x": left, "y": above, "width": WIDE["width"] - left, "height": WIDE["height"] - above}
    seen = Image.open(io.BytesIO(await page.screenshot(clip=part)))
    few = seen.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(PICTURES / f"{name}.png", optimize=True)


async def fit(page: Page, most: int = SCREEN["height"], margin: int = MARGIN) -> None:
    """Make the window as high as what the page shows, at most so high."""
    size = page.viewport_size or SCREEN
    end = await page.evaluate("Math.ceil(document.querySelector('main').getBoundingClientRect().bottom)")
    await page.set_viewport_size({"width": size["width"], "height": min(most, end + margin)})


async def sign_in(page: Page, portal: str, who: SignIn) -> None:
    """Sign in by the form; the page is then the one that the person's role comes to."""
    await page.goto(f"{portal}/sign-in")
    await page.locator("[name=email]").fill(who.address)
    await page.locator("[name=password]").fill(who.password)
    await page.locator("form button[type=submit]").first.click()
    await page.wait_for_url(lambda url: "/sign-in" not in url)
