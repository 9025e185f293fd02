"""Pages fit their screen and can be read, by day and by night, in both languages, whatever names are long."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import fields
from typing import Literal

import pytest
from playwright.async_api import Locator, Page

from models.codes.activation import LONGEST_CODE, ActivationCode
from models.errors import Refused
from tests.browser.accessibility import fits
from tests.browser.conftest import Viewer
from tests.portal.desk import About, Ended

WIDTHS = (320, 390, 1280)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LONG = "Aktiengesellschaftfürgrenzüberschreitendemobilfunkangelegenheiten" * 2
_UNREADABLE = """() => {
  const once = (make, made = new Map()) => (of) => {
    if (!made.has(of)) made.set(of, make(of));
    return made.get(of);
  };
  const channels = once((text) => text.match(/[\\d.]+/g).map(Number));
  const light = ([r, g, b]) => [r, g, b]
    .map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = once((element) => {
    if (!element) return [255, 255, 255];
    const colour = channels(getComputedStyle(element).backgroundColor);
    return colour.length === 3 || colour[3] === 1 ? colour : behind(element.parentElement);
  });
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const words = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!words || !element.checkVisibility() || element.closest(".sim, .visually-hidden")) continue;
    const pair = [light(channels(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (ratio < 4.5) poor.push(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
  }
  return poor;
}"""
_NAMELESS = """() => [...document.querySelectorAll("input:not([type=hidden]), button, a, progress")]
  .filter((e) => e.checkVisibility())
  .filter((e) => !(e.labels && e.labels.length) && !e.ariaLabel && !e.textContent.trim())
  .map((e) => e.outerHTML)"""


async def every_page(viewer: Viewer, page: Page) -> AsyncIterator[str]:
    """All pages, one after the other; the name of each."""
    await page.goto(viewer.address)
    yield "home"
    await page.goto(viewer.upload)
    yield "upload"
    await page.locator("summary").last.click()
    await page.locator("#code").fill("nonsense")
    await page.locator(".typed button").click()
    await page.wait_for_selector("[aria-invalid]")
    yield "refused"
    await page.locator("#code").fill(str(viewer.desk.code))
    await page.locator(".typed button").click()
    await page.wait_for_selector(".plate")
    yield "preview"
    await page.locator("form[data-once] button").click()
    await page.wait_for_selector("dialog:modal")
    await page.locator("dialog").evaluate("d => Promise.all(d.getAnimations().map((a) => a.finished))")
    yield "done"
    await page.locator("button[form=notify]").click()
    await page.wait_for_url("**/notify")
    yield "notified"
    await page.goto(viewer.download)
    yield "landing"
    await page.locator("form button").click()
    await page.locator("summary").last.click()
    yield "code"
    await page.goto(f"{viewer.address}/u/unknown")
    yield "problem"
    for mine in (True, False):
        about = viewer.desk.about
        same = {
            field.name: getattr(about, field.name) for field in fields(Ended) if hasattr(about, field.name)
        }
        viewer.desk.ended = Ended(**same | {"answered_by_recipient": mine, "unnotified": mine})
        await page.goto(viewer.upload)
        yield "received" if mine else "over"
    viewer.desk.ended = None


@pytest.mark.parametrize("language", ["en-GB", "fr-FR"])
async def test_every_page_fits_and_can_be_read(viewer: Viewer, language: str) -> None:
    viewer.desk.about = About(account=LONG, provider=LONG, distributor=LONG, recipient_name=LONG)
    host = ".".join(["x" * 60] * 3)
    viewer.desk.code = ActivationCode(host, "Z" * (LONGEST_CODE - len(host) - 3))
    viewer.desk.warnings = ("The code was another SIM's before; make sure that it is the right one.",)
    async with viewer.page(locale=language, reduced_motion="reduce") as page:
        names = []
        async for name in every_page(viewer, page):
            names.append(name)
            assert await page.locator("html").get_attribute("lang") == language[:2]
            assert await page.locator("h1").count() == 1, name
            await fits_and_can_be_read(page, name, language)
        assert len(names) == 11


async def fits_and_can_be_read(page: Page, name: str, language: str, widths: Sequence[int] = WIDTHS) -> None:
    """As wide as it is, by day and by night: by turns, so that each width is seen in both schemes, one in
    each of the two languages.
    """
    for at, width in enumerate(widths, language == "fr-FR"):
        await page.set_viewport_size({"width": width, "height": 800})
        await fits(page, f"{name} at {width}")
        scheme = SCHEMES[at % 2]
        await page.emulate_media(color_scheme=scheme)
        assert await page.evaluate(_UNREADABLE) == [], (name, width, scheme)
        assert await page.evaluate(_NAMELESS) == [], (name, width)


async def test_what_is_tapped_is_large_enough(viewer: Viewer) -> None:
    async with viewer.page(390, has_touch=True) as page:
        async for name in every_page(viewer, page):
            assert await lower_than(36, page.locator(".button, summary")) == [], name


async def lower_than(height: int, elements: Locator) -> list[str]:
    """Those of them that are shown and lower than this."""
    found: list[str] = await elements.evaluate_all(
        """(all, height) => all
          .filter((each) => each.getClientRects().length && each.getBoundingClientRect().height < height)
          .map((each) => each.outerHTML)""",
        height,
    )
    return found


@pytest.mark.parametrize(
    ("code", "path"),
    [("link_expired", "upload"), ("too_many_tries", "download"), ("link_revoked", "download")],
)
async def test_a_problem_is_a_page_in_words(viewer: Viewer, code: str, path: str) -> None:
    viewer.desk.fails[f"{path}_page"] = Refused.because(code)
    async with viewer.page(390) as page:
        await page.goto(getattr(viewer, path))
        said = await page.locator("main").inner_text()
        assert "Ask " in said or "try again" in said, "what to do next"
        assert await page.locator("form").count() == 0
