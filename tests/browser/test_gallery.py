"""The frame and macros of the signed-in pages: on every screen, in both languages, without script too."""

import gzip
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.accessibility import accessible, fits
from tests.browser.gallery import NAMES, serving_gallery

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (320, 390, 800, 1400)
WEIGHT = 60 * 1024
SCRIPTS = 15 * 1024


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    with serving_gallery() as address:
        yield address


@pytest.fixture
def complaints(gallery: str) -> Iterator[list[str]]:
    """No script fails, no rule of the policy is broken, no other host is asked."""
    heard: list[str] = []
    yield heard
    assert heard == []


@pytest.fixture
def opened(chromium: Browser, gallery: str, complaints: list[str]) -> Any:
    @asynccontextmanager
    async def page(width: int = 1400, **options: Any) -> AsyncIterator[Page]:
        context = await chromium.new_context(
            viewport={"width": width, "height": 900},
            base_url=f"{gallery}/gallery/",
            reduced_motion="reduce",
            **options,
        )
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text)
                if said.type in ("error", "warning") and "status of 422" not in said.text
                else None
            ),
        )
        page.on(
            "request",
            lambda asked: None if asked.url.startswith((gallery, "data:")) else complaints.append(asked.url),
        )
        try:
            yield page
        finally:
            await context.close()

    return page


@pytest.mark.covers("P13")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param("?lang=en", NAMES, marks=pytest.mark.night),  # the real pages are looked at by day
        ("?lang=fr&long=1&errors=1&flash=1", NAMES),
        ("?empty=1", ("inventory",)),
    ],
)
async def test_every_page_is_accessible_and_fits_by_day_and_by_night(
    opened: Any, query: str, names: tuple[str, ...]
) -> None:
    async with opened() as page:
        for name in names:
            await page.emulate_media(color_scheme="light")
            await page.goto(f"{name}{query}&rows=10")
            assert await page.locator("h1").count() == 1, name
            for width in WIDTHS:
                await page.set_viewport_size({"width": width, "height": 800})
                await fits(page, f"{name} at {width}")
                for scheme in SCHEMES if width == (320 if "long" in query else 1400) else ():
                    await page.emulate_media(color_scheme=scheme)
                    await accessible(page, f"{name} at {width}, {scheme}", colours=scheme == "dark")


@pytest.mark.covers("P13")
@pytest.mark.parametrize("width", [320, 1400])
async def test_what_opens_is_accessible_too(opened: Any, width: int) -> None:
    async def looked_at(name: str) -> None:
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            await accessible(page, f"{name}, {scheme}", colours=scheme == "dark")

    async with opened(width) as page:
        await page.goto("detail")
        await page.get_by_role("link", name="Generate an eSIM QR code").click()
        await expect(page.get_by_role("dialog", name="E-mail to the distributor")).to_be_visible()
        await looked_at("dialog")
        await page.keyboard.press("Escape")
        await page.locator(".account summary").click()
        await looked_at("account menu")
        await page.get_by_role("button", name="Keyboard shortcuts").first.click()
        await looked_at("keys")
        await page.goto("inventory?rows=10")
        await page.locator(".filter-more summary").click()
        await looked_at("filters")
        if width == 320:
            await page.goto("inventory?rows=10")
            await page.get_by_role("button", name="Open the navigation").click()
            await expect(page.get_by_role("link", name="Held work")).to_be_visible()
            await looked_at("navigation")


@pytest.mark.covers("P13")
async def test_every_page_works_without_script(opened: Any) -> None:
    async with opened(390, java_script_enabled=False) as page:
        await page.goto("inventory")
        await page.get_by_role("button", name="Open the navigation").click()
        await expect(page.get_by_role("link", name="Held work")).to_be_visible()
        await page.goto("detail")
        assert await page.locator(".copy").first.is_hidden(), "a button that does nothing is absent"
        await page.get_by_role("link", name="Generate an eSIM QR code").click()
        await expect(page).to_have_url("/gallery/window")
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.get_by_role("link", name="Close").click()
        await expect(page).to_have_url("/gallery/detail")
        await page.goto("forms")
        await expect(page.locator("#file")).to_be_visible()
        await page.goto("inventory")
        await page.get_by_role("searchbox", name="Number, ICCID or name").fill("1234")
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(
            "/gallery/inventory?sort=number&q=1234&provider=orange&kind=esim&state=active&employee=Camille+Lef%C3%A8vre&qr="
        )


@pytest.mark.covers("P13")
async def test_a_filter_changes_the_list_and_the_address_and_keeps_the_focus(opened: Any) -> None:
    async with opened() as page:
        await page.goto("inventory")
        await page.evaluate("window.kept = true")
        box = page.get_by_role("searchbox", name="Number, ICCID or name")
        await box.press_sequentially("1234")
        await expect(page).to_have_url(re.compile("q=1234"))
        await expect(box).to_be_focused()
        await expect(box).to_have_value("1234")
        await page.locator(".filter-more summary").click()
        await page.get_by_label("Kind of SIM").select_option("physical")
        await expect(page).to_have_url(re.compile("kind=physical"))
        await expect(page.get_by_label("Kind of SIM")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_label("Kind of SIM")).to_be_hidden()
        await page.get_by_role("link", name="Employee", exact=True).click()
        await expect(page).to_have_url(re.compile(r"\?sort=employee$"))
        assert await page.evaluate("window.kept"), "the page itself was not loaded again"


@pytest.mark.covers("P13")
async def test_rows_are_walked_chosen_and_opened_by_keys_and_by_a_click(opened: Any) -> None:
    async with opened() as page:
        await page.goto("inventory")
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        await page.keyboard.press("x")
        assert await page.locator("tbody tr").nth(1).locator("input").is_checked()
        await expect(page.get_by_text("1 selected")).to_be_visible()
        await page.keyboard.press("Enter")
        await expect(page).to_have_url("/gallery/detail?slot=2")
        await page.keyboard.press("Escape")
        await expect(page).to_have_url("/gallery/inventory#slot-D-1041")
        await page.locator("#slot-D-1042 td").nth(2).click()
        await expect(page).to_have_url("/gallery/detail?slot=3")
        await page.go_back()
        await expect(page).to_have_url("/gallery/inventory#slot-D-1042")
        await page.keyboard.press("/")
        await expect(
            page.get_by_role("searchbox", name="Search lines, SIMs, orders and people")
        ).to_be_focused()


@pytest.mark.covers("P13")
async def test_keys_of_one_letter_can_be_switched_off_and_on(opened: Any) -> None:
    async with opened() as page:
        await page.goto("inventory")
        await page.keyboard.press("?")
        await page.get_by_label("Use shortcuts of one key").uncheck()
        await page.keyboard.press("Escape")
        await page.keyboard.press("j")
        assert await page.locator("tr.at").count() == 0
        await page.reload()
        await page.keyboard.press("j")
        assert await page.locator("tr.at").count() == 0
        await page.get_by_role("button", name="Keyboard shortcuts").last.click()
        await page.get_by_label("Use shortcuts of one key").check()
        await page.keyboard.press("Escape")
        await page.keyboard.press("j")
        assert await page.locator("tr.at").count() == 1


@pytest.mark.covers("P13")
async def test_a_history_goes_on_while_it_is_looked_at(opened: Any) -> None:
    async with opened() as page:
        await page.goto("order")
        await expect(
            page.locator(".timeline").get_by_text("The provider processed the order.")
        ).to_be_visible()
        await expect(
            page.get_by_role("status").filter(has_text="The provider processed the order.")
        ).to_be_attached()
        assert await page.locator("[data-live]").count() == 0, "it has ended"


async def test_an_iccid_is_copied(opened: Any) -> None:
    async with opened(permissions=["clipboard-read", "clipboard-write"]) as page:
        await page.goto("detail")
        await page.get_by_role("button", name="Copy ICCID").click()
        assert await page.evaluate("navigator.clipboard.readText()") == "8933012345678901234"
        await expect(page.get_by_role("button", name="Copied")).to_be_visible()


async def test_errors_have_the_focus_and_lead_to_their_fields(opened: Any) -> None:
    async with opened() as page:
        await page.goto("forms?errors=1")
        await expect(page.locator("#errors")).to_be_focused()
        for link in await page.locator("#errors a").all():
            await link.click()
            field = (await link.get_attribute("href") or "").removeprefix("#")
            await expect(page.locator(f'[id="{field}"]')).to_be_focused()


async def test_a_code_prints_large_and_without_the_frame(opened: Any) -> None:
    async with opened(color_scheme="dark") as page:
        await page.goto("qr_code")
        await page.emulate_media(media="print")
        assert await page.locator(".top").is_hidden()
        assert await page.locator("#nav").is_hidden()
        plate = await page.locator(".qr-plate").bounding_box()
        assert plate is not None
        assert plate["width"] > 250
        assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize("name", ["inventory", "detail", "forms"])
async def test_a_page_weighs_little_with_all_that_it_loads(opened: Any, gallery: str, name: str) -> None:
    async with opened() as page:
        loaded: list[str] = []
        page.on("request", lambda request: loaded.append(request.url))
        await page.goto(name)
        await page.wait_for_load_state("networkidle")
    weights = {}
    async with httpx.AsyncClient() as client:
        for url in set(loaded):
            answer = await client.get(url)
            weights[urlsplit(url).path] = len(gzip.compress(answer.content))
    assert sum(weights.values()) < WEIGHT, weights
    assert len([path for path in weights if path.endswith(".css")]) == 5


async def test_the_scripts_are_small(gallery: str) -> None:
    from portal.http.static import FILES  # noqa: PLC0415

    assert sum(len(path.read_bytes()) for path in (FILES / "app").glob("*.js")) < SCRIPTS
