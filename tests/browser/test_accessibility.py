"""What the browser's tests ask of each page finds what is wrong, though each look of a text is seen once."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page

from tests.browser.accessibility import accessible

_PAGE = """<!doctype html><html lang="en"><title>Rows</title>
<style>
  .list { background: #fff; color: #111 }
  @media (prefers-color-scheme: dark) { .list { background: #111; color: #eee } .late { color: #444 } }
</style>
<main class="list"><h1>Rows</h1><p>One</p><p>Two</p>MORE</main>"""


@pytest.fixture
async def page(chromium: Browser) -> AsyncIterator[Page]:
    context = await chromium.new_context(color_scheme="light")
    yield await context.new_page()
    await context.close()


async def test_a_page_that_is_right_is_found_right(page: Page) -> None:
    await page.set_content(_PAGE.replace("MORE", "<p class=late>Three</p>"))
    await accessible(page)
    await accessible(page, every=True)


@pytest.mark.parametrize(
    "wrong",
    [
        "<p style='color: #bbb'>Three</p>",
        "<div style='background: #222'><p>Three</p></div>",
        "<p style='opacity: 0.3'>Three</p>",
        "<p style='color: #bbb'>\u2026</p><p style='color: #bbb'>Three</p>",
        "<p style='color: #bbb' hidden>Three</p><p style='color: #bbb'>Three</p>",
        "<label>Three <input value=Three style='color: #bbb'></label>",
        "<button style='color: #bbb' disabled>Three</button><button style='color: #bbb'>Three</button>",
        "<img src='data:,'>",
        "<input>",
    ],
)
async def test_what_is_wrong_is_found_each_time_among_what_is_right(page: Page, wrong: str) -> None:
    await page.set_content(_PAGE.replace("MORE", ""))
    await accessible(page)
    await page.set_content(_PAGE.replace("MORE", f"<p>Four</p>{wrong}"))
    for every in (False, False, True):
        with pytest.raises(AssertionError, match="rows"):
            await accessible(page, "rows", every=every)


async def test_colours_are_looked_at_again_in_another_scheme(page: Page) -> None:
    await page.set_content(_PAGE.replace("MORE", "<p class=late>Three</p>"))
    await accessible(page)
    await page.emulate_media(color_scheme="dark")
    with pytest.raises(AssertionError, match="rows"):
        await accessible(page, "rows", colours=True)
